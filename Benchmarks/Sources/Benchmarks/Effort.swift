/// How much is measured.
struct Effort {
    /// What the form is called.
    let name: String
    /// How many rounds count.
    var rounds: Int
    /// How long a round of a server under load lasts.
    var seconds: Int
    /// How long a round within this process lasts, in seconds.
    let localSeconds: Double
    /// At how many stored keys the cost is measured.
    var storedKeys: [Int]
    /// With how many connections servers are loaded.
    var connections: [Int]
    /// By how many callers at once stores are measured.
    var callers = [1, 8, 64]
    /// How many operations come and go in a table whose size is looked at.
    let operations: Int
    /// The number of connections whose figures go into the summary.
    let citedConnections: Int

    /// A look in some minutes.
    static let quick = Effort(
        name: "quick", rounds: 3, seconds: 1, localSeconds: 0.3, storedKeys: [1_000, 20_000], connections: [1, 32],
        operations: 20_000, citedConnections: 32)
    /// What documents cite; less than half an hour.
    static let full = Effort(
        name: "full", rounds: 5, seconds: 3, localSeconds: 1.5, storedKeys: [1_000, 100_000, 1_000_000],
        connections: [1, 32, 256], operations: 1_000_000, citedConnections: 256)

    /// A number of connections as titles say it.
    static func connections(_ count: Int) -> String { count == 1 ? "1 connection" : "\(count) connections" }
}

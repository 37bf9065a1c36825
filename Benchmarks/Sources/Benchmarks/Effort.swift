import ArgumentParser

/// How much is measured.
struct Effort {
    /// What the form is called.
    let name: String
    /// How many rounds count.
    var rounds: Int
    /// How long a round of a server under load lasts.
    var seconds: Int
    /// By how much the repetitions of a round within this process are multiplied.
    let repetitions: Int
    /// At how many stored keys the cost is measured.
    var storedKeys: [Int]
    /// With how many connections servers are loaded.
    var connections: [Int]

    /// A look in two minutes.
    static let quick = Effort(
        name: "quick", rounds: 3, seconds: 1, repetitions: 1, storedKeys: [1_000, 20_000], connections: [1, 32])
    /// What documents cite; about half an hour.
    static let full = Effort(
        name: "full", rounds: 5, seconds: 3, repetitions: 4, storedKeys: [1_000, 100_000, 1_000_000],
        connections: [1, 32, 256])
}

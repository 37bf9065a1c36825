/// What the test has ordered on the command line.
struct WorkOrder: Sendable {
    let task: String
    private var values: [String: String] = [:]

    init(_ arguments: some Sequence<String>) {
        var arguments = arguments.makeIterator()
        task = arguments.next() ?? ""
        while let name = arguments.next(), let value = arguments.next() { values[name] = value }
    }

    var store: String { values["--store"] ?? "" }
    var ledger: String { values["--ledger"] ?? "" }
    var key: String { values["--key"] ?? "" }
    var count: Int { values["--count"].flatMap { Int($0) } ?? 0 }
    var interrupted: String { values["--interrupted"] ?? "hold" }
    var lease: Duration { milliseconds("--lease", 30_000) }
    var wait: Duration { milliseconds("--wait", 0) }
    var drain: Duration { milliseconds("--drain", 30_000) }
    var pausesAt: Set<String> { Set((values["--pause-at"] ?? "").split(separator: ",").map(String.init)) }

    private func milliseconds(_ name: String, _ standard: Int) -> Duration {
        .milliseconds(values[name].flatMap { Int($0) } ?? standard)
    }
}

/// The Hummingbird service under load; its own count of handled payments tells whether it did what it was measured for.
final class MeasuredService {
    let port: Int
    /// The memory that it held before the first request, in bytes.
    let memoryAtStart: Int
    private let process: ServerProcess
    private let load: Load

    /// Starts it bare, or with the middleware in front if there is a database.
    init(database: String?, load: Load, log: String) throws {
        port = try Ports.free()
        process = try ServerProcess(
            try Executables.built("bench-service"), ["\(port)"] + [database].compactMap { $0 }, log: log, ready: nil)
        try Ports.waitForListener(on: port)
        memoryAtStart = process.memory.now
        self.load = load
    }

    var memory: (now: Int, peak: Int) { process.memory }

    /// How many payments it has handled so far.
    func handled() throws -> Int {
        let text = try Executables.output(
            of: try Executables.find("curl"), ["-fsS", "http://127.0.0.1:\(port)/handled"])
        guard let count = Int(text) else { throw BenchmarkError("the service does not tell its count: \(text)") }
        return count
    }

    /// A round of load on a port, behind which this service is at work.
    ///
    /// It fails unless the service has handled every payment (those cut off by the end of the round may come on top),
    /// or none at all where they are replays.
    func contender(
        _ name: String, port: Int, keys: Load.Keys = .fresh, executes: Bool, connections: Int, seconds: Int
    ) -> Contender {
        let runs = RunCounter()
        return Contender(name) { [self] in
            let before = try steady(handled)
            let sample = try load.run(
                port: port, connections: connections, seconds: seconds, keys: keys,
                run: keys == .fresh ? "\(connections)-\(runs.next())" : "replays")
            let count = try steady(handled) - before
            guard executes ? (sample.operations...sample.operations + connections).contains(count) : count == 0 else {
                throw BenchmarkError("of \(sample.operations) requests, the service has handled \(count)")
            }
            return sample
        }
    }

    func stop() { process.stop() }
}

/// Counts runs, so that no two of them share keys.
private final class RunCounter {
    private var count = 0

    func next() -> Int {
        count += 1
        return count
    }
}

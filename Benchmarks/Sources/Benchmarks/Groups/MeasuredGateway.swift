import Foundation

/// Where a gateway under measurement keeps its records.
struct GatewayStore {
    let name: String
    let url: String
}

/// A gateway under load, whose own counters tell whether it did what it was measured for.
final class MeasuredGateway {
    let name: String
    /// The memory that it held before the first request, in bytes.
    let memoryAtStart: Int
    private let gateway: OnceGateway
    private let load: Load
    /// Goes into fresh keys: a store that outlives the gateway must not have seen them.
    private let session = String(UInt32.random(in: 0...UInt32.max), radix: 36)
    private var runs = 0

    init(_ store: GatewayStore, upstream: Int, load: Load, folder: String) throws {
        name = store.name
        gateway = try OnceGateway(store: store.url, upstream: upstream, log: "\(folder)/gateway-\(store.name).log")
        memoryAtStart = gateway.memory.now
        self.load = load
    }

    var memory: (now: Int, peak: Int) { gateway.memory }

    /// Uses the keys that replays will ask for.
    func prepareReplays() throws { try load.useReplayedKeys(port: gateway.port) }

    /// A round of load with such keys.
    func contender(_ keys: Load.Keys, connections: Int, seconds: Int, pause: Int = 0) -> Contender {
        Contender("\(name), \(keys == .fresh ? "fresh keys" : "replays")") { [self] in
            try measure(keys, connections: connections, seconds: seconds, pause: pause)
        }
    }

    /// Loads it for some seconds; fails when it did not do with every request what such keys ask for.
    @discardableResult
    func measure(_ keys: Load.Keys, connections: Int, seconds: Int, pause: Int = 0) throws -> Sample {
        runs += 1
        let before = try steady(gateway.outcomes)
        let sample = try load.run(
            port: gateway.port, connections: connections, seconds: seconds, keys: keys,
            run: keys == .fresh ? "\(session)-\(runs)" : "replays", pause: pause)
        try check(before, try steady(gateway.outcomes), keys, sample.operations)
        return sample
    }

    func stop() { gateway.stop() }

    /// Every request was executed, or every one was replayed; those cut off by the end of the round may come on top.
    private func check(_ before: [String: Int], _ after: [String: Int], _ keys: Load.Keys, _ count: Int) throws {
        let wanted = keys == .fresh ? "executed" : "replayed"
        for outcome in Set(after.keys).union([wanted]) {
            let number = after[outcome, default: 0] - before[outcome, default: 0]
            guard outcome == wanted ? number >= count : number == 0 else {
                throw BenchmarkError("of \(count) requests, which should be \(wanted), \(number) were \(outcome)")
            }
        }
    }
}

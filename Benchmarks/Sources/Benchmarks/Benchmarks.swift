import ArgumentParser
import Foundation

/// Everything that is claimed about speed, as ratios measured side by side in one run.
@main struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmarks",
        abstract: "Measures the libraries, the stores and the gateway; prints tables in Markdown.")

    /// What can be measured by itself.
    enum Group: String, CaseIterable, ExpressibleByArgument {
        case memory, embedded, gateway, latency, middleware, scale, postgres, redis, cached, tiers, growth, encrypted
    }

    @Flag(help: "Measure as documents cite it: less than half an hour instead of some minutes.")
    var full = false

    @Option(parsing: .upToNextOption, help: "Measure only these groups.")
    var only = Group.allCases

    @Option(parsing: .upToNextOption, help: "The embedded stores to measure.")
    var stores = EmbeddedStore.allCases

    @Option(help: "A store URL to measure the gateway with besides the embedded stores.")
    var gatewayStore: [String] = []

    @Option(parsing: .upToNextOption, help: "At how many stored keys the cost is measured, ascending.")
    var keys: [Int] = []

    @Option(help: "How many rounds count.")
    var rounds: Int?

    @Option(help: "How many seconds a round of a server under load lasts.")
    var seconds: Int?

    @Option(parsing: .upToNextOption, help: "With how many connections servers are loaded.")
    var connections: [Int] = []
    @Option(parsing: .upToNextOption, help: "By how many callers at once stores are measured.")
    var callers: [Int] = []

    @Option(help: "A folder on the disk to measure; the system's folder for temporary files by default.")
    var folder = NSTemporaryDirectory()

    @Option(help: "The folder that keeps the tables of this run and of those before it.")
    var results = ".build/benchmark-results"

    @Option(parsing: .upToNextOption, help: "Documents to put the tables and the summary into, at their marks.")
    var update: [String] = []

    @Flag(help: "Measure nothing; put what the results folder keeps into the documents.")
    var noMeasuring = false

    func run() async throws {
        let results = ResultsFolder(path: self.results)
        let failures = noMeasuring ? [] : try await measure(into: results)
        for path in update {
            let remarks = try Document(path: path).update(
                only.map(\.rawValue), of: Group.allCases.map(\.rawValue), from: results)
            for remark in remarks { Console.warn(remark) }
        }
        guard failures.isEmpty else {
            throw BenchmarkError("\(failures.count) failed:\n" + failures.joined(separator: "\n"))
        }
    }

    /// Measures group by group; one that fails does not keep the others from it. What failed.
    private func measure(into results: ResultsFolder) async throws -> [String] {
        let folder = self.folder + "/once-benchmarks-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let interruption = Interruption(removing: folder)
        defer {
            interruption.end()
            try? FileManager.default.removeItem(atPath: folder)
        }
        let run = RunDescription(machine: try Machine(folder: folder), effort: effort)
        Console.say(run.heading)
        var report = Report(run: run, folder: results)
        for group in Group.allCases where only.contains(group) {
            report.group = group.rawValue
            do {
                // The servers of one group must not find the files of those of another.
                let folder = "\(folder)/\(group.rawValue)"
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                try await measure(group, in: folder, into: &report)
            } catch {
                report.fail("\(error)")
            }
        }
        return report.failures
    }

    private func measure(_ group: Group, in folder: String, into report: inout Report) async throws {
        let urls = gatewayStores(in: folder, of: group)
        switch group {
        case .memory: try await MemoryGroup(effort: effort).run(into: &report)
        case .embedded: try await EmbeddedGroup(effort: effort, folder: folder, stores: stores).run(into: &report)
        case .gateway: try await GatewayGroup(effort: effort, folder: folder, stores: urls).run(into: &report)
        case .latency: try await LatencyGroup(effort: effort, folder: folder, stores: urls).run(into: &report)
        case .middleware: try await MiddlewareGroup(effort: effort, folder: folder).run(into: &report)
        case .postgres: try await PostgresGroup(effort: effort, folder: folder).run(into: &report)
        case .redis: try await RedisGroup(effort: effort, folder: folder).run(into: &report)
        case .cached: try await CachedGroup(effort: effort, folder: folder).run(into: &report)
        case .tiers: try await TiersGroup(effort: effort, folder: folder).run(into: &report)
        case .encrypted: try await EncryptedGroup(effort: effort, folder: folder).run(into: &report)
        case .growth: try await GrowthGroup(effort: effort, folder: folder).run(into: &report)
        case .scale: try await ScaleGroup(effort: effort, folder: folder, stores: stores).run(into: &report)
        }
    }

    private var effort: Effort {
        var effort = full ? Effort.full : .quick
        if let rounds { effort.rounds = max(rounds, 1) }
        if let seconds { effort.seconds = max(seconds, 1) }
        if !keys.isEmpty { effort.storedKeys = keys }
        if !connections.isEmpty { effort.connections = connections }
        if !callers.isEmpty { effort.callers = callers }
        return effort
    }

    private func gatewayStores(in folder: String, of group: Group) -> [GatewayStore] {
        stores.map { GatewayStore(name: $0.name, url: $0.url(in: folder, name: group.rawValue)) }
            + gatewayStore.map { url in GatewayStore(name: String(url.prefix { $0 != ":" }), url: url) }
    }
}

extension EmbeddedStore: ExpressibleByArgument {}

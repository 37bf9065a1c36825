import ArgumentParser
import Foundation

/// Everything that is claimed about speed, as ratios measured side by side in one run.
@main struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmarks",
        abstract: "Measures the libraries, the stores and the gateway; prints tables in Markdown.")

    /// What can be measured by itself.
    enum Group: String, CaseIterable, ExpressibleByArgument {
        case memory, embedded, gateway, middleware, scale
    }

    @Flag(help: "Measure as documents cite it: half an hour instead of two or three minutes.")
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

    @Option(help: "A folder on the disk to measure; the system's folder for temporary files by default.")
    var folder = NSTemporaryDirectory()

    @Option(parsing: .upToNextOption, help: "Documents to put the tables and the summary into, at their marks.")
    var update: [String] = []

    func run() async throws {
        let folder = self.folder + "/once-benchmarks-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let effort = effort
        var report = Report(machine: try Machine(folder: folder), effort: effort)
        print(report.machine.description)
        for group in Group.allCases where only.contains(group) {
            report.section = group.rawValue
            switch group {
            case .memory: try await MemoryGroup(effort: effort).run(into: &report)
            case .embedded: try await EmbeddedGroup(effort: effort, folder: folder, stores: stores).run(into: &report)
            case .gateway:
                let urls = gatewayStores(in: folder)
                try await GatewayGroup(effort: effort, folder: folder, stores: urls).run(into: &report)
            case .middleware: try await MiddlewareGroup(effort: effort, folder: folder).run(into: &report)
            case .scale: try await ScaleGroup(effort: effort, folder: folder, stores: stores).run(into: &report)
            }
        }
        print("\n### Summary\n\n" + report.summary)
        for document in update { try report.update(document: document) }
    }

    private var effort: Effort {
        var effort = full ? Effort.full : .quick
        if let rounds { effort.rounds = max(rounds, 1) }
        if let seconds { effort.seconds = max(seconds, 1) }
        if !keys.isEmpty { effort.storedKeys = keys }
        if !connections.isEmpty { effort.connections = connections }
        return effort
    }

    private func gatewayStores(in folder: String) -> [GatewayStore] {
        stores.map { GatewayStore(name: $0.name, url: $0.url(in: folder, name: "gateway")) }
            + gatewayStore.map { url in GatewayStore(name: String(url.prefix { $0 != ":" }), url: url) }
    }
}

extension EmbeddedStore: ExpressibleByArgument {}

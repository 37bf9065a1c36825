import ArgumentParser
import Idempotency
import IdempotencySQLite
import Logging
import OnceTools

/// Which store is worked on.
struct StoreChoice: ParsableArguments {
    /// What a commit waits for. Weaker than full only to see that the harness notices what it costs.
    enum Sync: String, CaseIterable, ExpressibleByArgument {
        case full, normal, off
    }

    @Option(help: "The URL of the store.") var store: String
    @Option(help: "What a commit waits for; other than full only with sqlite:.") var sync = Sync.full

    /// Opens the store.
    func open() async throws -> (store: any OperableStore, close: @Sendable () async -> Void) {
        let logger = Logger(label: "store-lab") { _ in SwiftLogNoOpLogHandler() }
        if sync == .full {
            let opened = try await StoreURL(store).open(for: .serving(orphansLapseAtOnce: false), logger: logger)
            return (opened.store, { await opened.close() })
        }
        guard store.hasPrefix("sqlite:") else { throw LabError("--sync \(sync) goes with sqlite: only") }
        var configuration = SQLiteStore.Configuration()
        configuration.orphansLapseAtOnce = false
        configuration.synchronous = sync == .normal ? .normal : .off
        let opened = try await SQLiteStore.open(
            String(store.dropFirst("sqlite:".count)), configuration: configuration, logger: logger)
        return (opened, { await opened.close() })
    }
}

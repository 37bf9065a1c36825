import Idempotency
import IdempotencyPostgres
import IdempotencySQLite
import Logging
import ServiceLifecycle
import UnixSignals

/// A process for a test to kill, stop or shut down: it performs an operation over a shared SQLite file or a
/// PostgreSQL server, says on standard output which step it has come to, and waits at the steps that the test has
/// named.
///
///     scenario-worker perform --store FILE|URL --ledger FILE --key KEY [--lease MS] [--wait MS] [--drain MS]
///                             [--interrupted hold|rerun|ask] [--pause-at STEP,STEP]
///     scenario-worker load     … --key PREFIX --count N    many keys, eight at a time
///     scenario-worker stampede … --key KEY --count N       one key, all at once
///     scenario-worker transact … --key KEY                 key and business row in one transaction, in the ledger's
///                                                          place
@main struct ScenarioWorker {
    static func main() async throws {
        let order = WorkOrder(CommandLine.arguments.dropFirst())
        let steps = Steps(pausesAt: order.pausesAt)
        if order.task == "transact" { return try await TransactionWork(path: order.ledger, steps: steps).run(order) }
        let (store, close) = try await open(order.store)
        await steps.reach("opened")
        let ledger = EffectFile(path: order.ledger)
        let once = Once(
            store: AnnouncingStore(base: store, steps: steps), interrupted: policy(order, ledger),
            configuration: configuration(order))
        let work = Work(once: once, ledger: ledger, steps: steps)
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: once)], gracefulShutdownSignals: [.sigterm], logger: silent))
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                try? await group.run()
                if once.executionsUnderWay > 0 { steps.end("left running") }
            }
            switch order.task {
            case "load": await work.perform((0..<order.count).map { "\(order.key)-\($0)" }, atOnce: 8)
            case "stampede": await work.perform(Array(repeating: order.key, count: order.count), atOnce: order.count)
            default: await steps.reach("answer \(await work.perform(order.key))")
            }
            await group.triggerGracefulShutdown()
        }
        await close()
    }

    /// Opens the store at a path or a URL of PostgreSQL.
    private static func open(
        _ place: String
    ) async throws -> (store: any RecordStore, close: @Sendable () async -> Void) {
        if place.hasPrefix("postgres:") {
            let store = try await PostgresStore.open(place, logger: silent)
            return (store, { await store.close() })
        }
        let store = try await SQLiteStore.open(place, logger: silent)
        return (store, { await store.close() })
    }

    private static let silent = Logger(label: "scenario-worker") { _ in SwiftLogNoOpLogHandler() }

    private static func configuration(_ order: WorkOrder) -> Once.Configuration {
        var configuration = Once.Configuration()
        configuration.lease = order.lease
        configuration.wait = order.wait
        configuration.drain = order.drain
        return configuration
    }

    private static func policy(_ order: WorkOrder, _ ledger: EffectFile) -> Interrupted {
        switch order.interrupted {
        case "rerun": .rerun
        case "ask":
            .reconcile { _ in
                guard let receipt = ledger.receipts(of: order.key).first else { return .didNothing }
                return try .tookEffect(returning: receipt)
            }
        default: .hold
        }
    }
}

import ServiceLifecycle
import UnixSignals

/// Does something at every SIGHUP, one after the other, until graceful shutdown.
struct ReloadService: Service {
    let signals: UnixSignalsSequence
    let reload: @Sendable () async -> Void

    func run() async throws {
        for await _ in signals.cancelOnGracefulShutdown() { await reload() }
    }
}

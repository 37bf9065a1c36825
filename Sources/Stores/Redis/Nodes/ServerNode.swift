import Idempotency
import Logging
import NIOCore
import Synchronization

/// One primary: a connection for exchanges, one for reading many records, and the watch over its data.
final class ServerNode: Sendable {
    private struct Watch {
        var quarantineEnd: NIODeadline?
        var runID = ""
        var isClosed = false
    }

    let exchanges: ServerLink
    let listings: ServerLink
    private let context: StoreContext
    /// The lowest slot that it serves, in a cluster.
    let slot: Int?
    private let marker: String?
    private let lost: @Sendable () -> Void
    private let line: NIOLoopBound<ServerLine>
    private let watch = Mutex(Watch())

    /// A node at a place that `locate` finds. Made on the event loop of the context.
    ///
    /// - Parameters:
    ///   - marker: The key of what is remembered of its data, or `nil` where that is not known.
    ///   - slot: The lowest slot that it serves, in a cluster.
    ///   - redirect: Takes requests over that belong elsewhere, in a cluster.
    ///   - lost: Told when a connection for exchanges was lost or could not be made.
    init(
        _ context: StoreContext, locate: @escaping ServerConnector.Locator, marker: String?, slot: Int? = nil,
        redirect: @escaping (ServerRequest, ServerFailure) -> Bool = { _, _ in false },
        lost: @escaping @Sendable () -> Void = {}
    ) {
        self.context = context
        self.marker = marker
        self.slot = slot
        self.lost = lost
        let configuration = context.configuration
        let connector = ServerConnector(configuration, tls: context.tls, on: context.loop, locate: locate)
        func line(_ purpose: Handshake.Purpose) -> ServerLine {
            let handshake = Handshake(
                purpose, configuration: configuration, scripts: context.encoding.scripts, markerKey: marker,
                watch: .none)
            return ServerLine(
                connector, handshake: handshake, timeout: configuration.timeout, watches: context.watches)
        }
        let exchangeLine = line(.exchanges)
        self.line = NIOLoopBound(exchangeLine, eventLoop: context.loop)
        exchanges = ServerLink(exchangeLine, limit: configuration.queueLimit)
        listings = ServerLink(line(.listings), limit: configuration.queueLimit)
        exchangeLine.redirect = redirect
        exchangeLine.connected = { [weak self] in self?.connected($0) }
        exchangeLine.disconnected = { [weak self] in self?.disconnected($0) }
        exchangeLine.admission = { [weak self] in self?.admit(&$0) }
    }

    deinit {
        // Whoever forgets to close a store leaves no connection behind.
        let (exchanges, listings) = (exchanges, listings)
        exchanges.abandon()
        listings.abandon()
    }

    /// Begins to watch over the data of the server. Called once, on the event loop.
    func startBeating() {
        scheduleBeat()
    }

    /// Ends all connections.
    func close() async {
        let wasClosed = watch.withLock { watch in
            defer { watch.isClosed = true }
            return watch.isClosed
        }
        let farewell = marker.map { context.watches[$0].farewell(marker: $0) }
        await listings.close()
        await exchanges.close(saying: wasClosed ? nil : farewell)
    }

    /// Gives the node up because it serves other slots than it did.
    func retire() {
        watch.withLock { $0.isClosed = true }
        let reason = ServerFailure("CLUSTERDOWN The slots have moved").error
        exchanges.abandon(because: reason)
        listings.abandon(because: reason)
    }

    private func scheduleBeat() {
        guard !watch.withLock({ $0.isClosed }) else { return }
        let interval = TimeAmount(context.configuration.beat)
        context.loop.scheduleTask(in: interval) { [weak self] in
            guard let self else { return }
            self.line.value.beat { [weak self] in self?.take($0) }
            self.scheduleBeat()
        }
    }

    // MARK: - What the server tells

    private func connected(_ outcome: Handshake.Outcome) {
        context.count { $0.connections += 1 }
        context.note(outcome.durability)
        let before = watch.withLock { watch in
            defer { watch.runID = outcome.report.runID }
            return watch.runID
        }
        if before == "" {
            context.logger.debug("Connected to the Redis server")
        } else if before == outcome.report.runID {
            context.logger.notice("The connection to the Redis server is back")
        } else {
            // What was written since the last look may be gone without a trace, unless every write was on the disk.
            context.logger.log(
                level: outcome.durability.isWeak ? .warning : .notice,
                "Connected to another or a restarted Redis server",
                metadata: ["idempotency.promise": "\(outcome.durability.promise)"])
        }
        if let reading = outcome.reading { take(reading) }
    }

    private func disconnected(_ reason: StoreError) {
        context.count { $0.disconnections += 1 }
        context.logger.debug(
            "There is no connection to the Redis server", metadata: ["idempotency.error": "\(reason)"])
        lost()
    }

    private func take(_ reading: ServerWatch.Reading) {
        watch.withLock {
            $0.quarantineEnd = reading.quarantine > .zero ? .now() + TimeAmount(reading.quarantine) : nil
        }
        guard reading.verdict.isLoss else { return }
        context.count { $0.losses += 1 }
        let consequence: Logger.MetadataValue =
            reading.quarantine > .zero
            ? "new keys are refused for \(reading.quarantine)" : "operations of lost keys may run twice"
        context.logger.critical(
            "The Redis server has lost keys that it had acknowledged",
            metadata: [
                "idempotency.loss": "\(reading.verdict.rawValue)", "idempotency.consequence": consequence,
            ])
    }

    private func admit(_ command: inout ExchangeCommand) {
        guard command.isClaim, command.exchange.expecting == .vacant else { return }
        command.onlyLooks = watch.withLock { $0.quarantineEnd.map { $0 > .now() } ?? false }
    }
}

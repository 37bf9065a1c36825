import Idempotency
import NIOCore
import Synchronization

/// Hears of changes that other processes have made, on a connection of its own, for the keys that somebody waits for.
///
/// The exchange script publishes the name of a key when it is no longer running. A subscription stays for two seconds
/// after the last waiter has gone, as those who wait look at the store in between and come back.
final class ChangeListener: Sendable {
    private struct Channel {
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        /// Whether it has rung since somebody waited last.
        var hasRung = false
    }

    private struct State {
        var next: UInt64 = 0
        var channels: [RecordID: Channel] = [:]
    }

    private static let linger = TimeAmount.seconds(2)

    private let state = Mutex(State())
    private let link: ServerLink
    private let keys: KeySpace
    /// Looks whether the key is running; the subscription may have come too late for the change.
    private let look: @Sendable (RecordID, _ isRunning: @escaping @Sendable (Bool) -> Void) -> Void

    /// Made on the event loop of the context.
    init(
        _ context: StoreContext, locate: @escaping ServerConnector.Locator,
        look: @escaping @Sendable (RecordID, @escaping @Sendable (Bool) -> Void) -> Void
    ) {
        keys = context.encoding.keys
        self.look = look
        let configuration = context.configuration
        let handshake = Handshake(
            .plain, configuration: configuration, scripts: context.encoding.scripts, markerKey: nil, watch: .none)
        let connector = ServerConnector(configuration, tls: context.tls, on: context.loop, locate: locate)
        let line = ServerLine(connector, handshake: handshake, timeout: configuration.timeout)
        link = ServerLink(line, limit: configuration.queueLimit)
        line.connected = { [weak self] _ in self?.subscribeAgain() }
        line.push = { [weak self] in self?.receive($0) }
    }

    deinit {
        link.abandon()
    }

    func close() async {
        await link.close()
        let waiters = state.withLock { state in
            defer { state.channels = [:] }
            return state.channels.values.flatMap(\.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until a key may have changed, or until the task is cancelled.
    func wait(for id: RecordID) async {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in enter(id, number, waiter) }
        } onCancel: {
            leave(id, number)
        }
    }

    private func enter(_ id: RecordID, _ number: UInt64, _ waiter: CheckedContinuation<Void, Never>) {
        enum Next { case resume, subscribe, wait }
        let next: Next = state.withLock { state in
            if Task.isCancelled { return .resume }
            guard var channel = state.channels[id] else {
                state.channels[id] = Channel(waiters: [number: waiter])
                return .subscribe
            }
            defer { state.channels[id] = channel }
            if channel.hasRung {
                channel.hasRung = false
                return .resume
            }
            channel.waiters[number] = waiter
            return .wait
        }
        switch next {
        case .resume: waiter.resume()
        case .subscribe: tell(["SUBSCRIBE", keys.key(id)])
        case .wait: break
        }
    }

    private func leave(_ id: RecordID, _ number: UInt64) {
        let waiter = state.withLock { $0.channels[id]?.waiters.removeValue(forKey: number) }
        waiter?.resume()
        if waiter != nil { scheduleEnd(id) }
    }

    private func ring(_ id: RecordID) {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard var channel = state.channels[id] else { return [] }
            defer { state.channels[id] = channel }
            if channel.waiters.isEmpty { channel.hasRung = true }
            let waiters = Array(channel.waiters.values)
            channel.waiters = [:]
            return waiters
        }
        for waiter in waiters { waiter.resume() }
        if !waiters.isEmpty { scheduleEnd(id) }
    }

    private func scheduleEnd(_ id: RecordID) {
        link.loop.scheduleTask(in: Self.linger) { [weak self] in self?.end(id) }
    }

    private func end(_ id: RecordID) {
        let isOver = state.withLock { state in
            guard let channel = state.channels[id], channel.waiters.isEmpty else { return false }
            state.channels[id] = nil
            return true
        }
        if isOver { tell(["UNSUBSCRIBE", keys.key(id)]) }
    }

    private func subscribeAgain() {
        let ids = state.withLock { Array($0.channels.keys) }
        if !ids.isEmpty { tell(["SUBSCRIBE"] + ids.map(keys.key)) }
    }

    private func tell(_ command: [String]) {
        link.submit(ServerRequest(notice: command))
    }

    private func receive(_ value: RESPValue) {
        guard let parts = value.members, parts.count == 3, let kind = parts[0].text, case .bytes(let key) = parts[1],
            let id = keys.id(key)
        else { return }
        switch kind {
        case "message": ring(id)
        case "subscribe": look(id) { [weak self] isRunning in if !isRunning { self?.ring(id) } }
        default: break
        }
    }
}

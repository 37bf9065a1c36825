import Idempotency
import IdempotencyLanes
import Synchronization

/// Hears what other processes notify, over a connection of its own that is made when somebody first waits.
final class Listener: Sendable {
    private struct State {
        var isStarted = false
        var isListening = false
        var isClosed = false
        var waiting: [RecordID: Int] = [:]
    }

    private let state = Mutex(State())
    private let lane: Lane<ListenWorker>

    /// How long it takes at most to notice that the store is closed.
    fileprivate static let patience = Duration.milliseconds(250)

    private init(_ lane: Lane<ListenWorker>) {
        self.lane = lane
    }

    /// Makes ready; connects to nothing yet.
    static func start(_ keeper: ConnectionKeeper, context: StoreContext) async -> Listener {
        let box = KeeperBox(keeper)
        let (lane, _) = await Lane<ListenWorker>.start(
            name: "once-pg-listen", limits: LaneLimits(capacity: 1, batch: 1, idleDelay: .seconds(3600))
        ) { () throws(Never) in (ListenWorker(keeper: box.keeper, context: context), ()) }
        return Listener(lane)
    }

    /// Enters somebody who waits for a key; whether nobody else did.
    func enter(_ id: RecordID) -> Bool {
        let (isFirst, starts) = state.withLock { state in
            state.waiting[id, default: 0] += 1
            defer { state.isStarted = true }
            return (state.waiting[id] == 1, !state.isStarted && !state.isClosed)
        }
        if starts { lane.submit(ListenWorker.Listen(listener: self)) }
        return isFirst
    }

    /// Takes out somebody who has waited.
    func leave(_ id: RecordID) {
        state.withLock { state in
            let left = (state.waiting[id] ?? 1) - 1
            state.waiting[id] = left > 0 ? left : nil
        }
    }

    /// Whether notifications arrive.
    var isListening: Bool {
        get { state.withLock { $0.isListening } }
        set { state.withLock { $0.isListening = newValue } }
    }

    /// Whether it is over.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Ends the listening soon; does not wait.
    func close() {
        state.withLock { $0.isClosed = true }
        lane.close()
    }

    /// Waits until the connection is given back.
    func shutDown() async {
        close()
        await lane.shutDown()
    }
}

/// Carries a keeper that has no connection yet to the thread that will use it.
private struct KeeperBox: @unchecked Sendable {
    let keeper: ConnectionKeeper

    init(_ keeper: ConnectionKeeper) {
        precondition(keeper.current == nil, "a connection belongs to the thread that made it")
        self.keeper = keeper
    }
}

/// Listens on its lane until it is told to end: its one job.
struct ListenWorker: LaneWorker {
    /// The order to listen.
    struct Listen: Sendable {
        let listener: Listener
    }

    var keeper: ConnectionKeeper
    let context: StoreContext

    mutating func perform(_ jobs: [Listen]) {
        for job in jobs { listen(for: job.listener) }
    }

    private mutating func listen(for listener: Listener) {
        var isFirst = true
        while !listener.isClosed {
            do {
                let connection = try keeper.connection(until: .now + Listener.patience)
                let channel = WaitStatements.channel(of: connection.session.table)
                _ = try connection.run(Statement("once_listen", "LISTEN \(channel)"), until: .now + .seconds(5))
                listener.isListening = true
                // What was notified since the last connection broke is lost: everybody looks once more.
                if !isFirst { context.bell.strikeAll() }
                isFirst = false
                while !listener.isClosed {
                    for payload in try connection.notifications(until: .now + Listener.patience) {
                        if let digest = Digest(hexadecimal: payload) { context.bell.strike(RecordID(digest)) }
                    }
                }
            } catch {
                keeper.drop()
            }
            listener.isListening = false
            // Who has to wait longer than the patience is told so at once.
            if !listener.isClosed { keeper.waitForNextTry(atMost: Listener.patience) }
        }
    }

    mutating func idle() {}

    mutating func close() { keeper.drop() }

    static func refuse(_ job: Listen, because reason: LaneRefusal) {}
}

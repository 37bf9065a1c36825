public import Idempotency
import Synchronization

/// A store with faults put in front of another one: lost requests, lost replies, errors, delays, outages.
///
/// It submits, lists and sweeps when the wrapped store does. Faults come from the plan; an outage, which the test
/// begins and ends, comes before it. All of it may be used from any thread.
public final class FaultyStore<Base: RecordStore>: RecordStore {
    struct State {
        var plan: FaultPlan
        var calls = 0
        var outage: StoreFault?
    }

    /// The wrapped store, without any fault.
    public let base: Base
    let timer: FaultTimer
    let state: Mutex<State>

    /// Puts `plan` in front of `base`.
    ///
    /// - Parameters:
    ///   - base: The store that does the work.
    ///   - plan: What goes wrong.
    ///   - timer: How delays pass.
    public init(_ base: Base, plan: FaultPlan = .none, timer: FaultTimer = .real) {
        self.base = base
        self.timer = timer
        state = Mutex(State(plan: plan))
    }

    /// How many calls came in so far, faulty ones included.
    public var calls: Int { state.withLock { $0.calls } }

    /// Goes over to another plan, whose count of calls starts from 0.
    public func follow(_ plan: FaultPlan) {
        state.withLock { state in
            state.plan = plan
            state.calls = 0
        }
    }

    /// From now on every call goes wrong in this way, until `endOutage()`.
    public func beginOutage(_ fault: StoreFault = .refuse) {
        state.withLock { $0.outage = fault }
    }

    /// Calls go through again, as far as the plan lets them.
    public func endOutage() {
        state.withLock { $0.outage = nil }
    }

    /// Does the exchange with the fault that the plan has for it.
    ///
    /// A task that is cancelled in a delay before the store was reached gets `unavailable`, not applied; in a delay
    /// afterwards it gets `unavailable`, effect unknown.
    public func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        let fault = nextFault(exchange)
        if case .repeatLater(let duration)? = fault { repeatLater(exchange, after: duration) }
        return try await call(fault) { () async throws(StoreError) in try await self.base.exchange(exchange) }
    }

    /// What goes wrong with the call that comes in now.
    func nextFault(_ exchange: Exchange?) -> StoreFault? {
        state.withLock { state in
            defer { state.calls += 1 }
            return state.outage ?? state.plan.fault(call: state.calls, exchange: exchange)
        }
    }

    /// Runs one call with its fault.
    func call<Reply>(
        _ fault: StoreFault?, _ body: () async throws(StoreError) -> Reply
    ) async throws(StoreError) -> Reply {
        if let fault, !fault.reachesStore, let error = fault.error { throw error }
        if case .delayRequest(let duration)? = fault { try await pause(duration, effect: .notApplied) }
        let reply = try await body()
        if case .delayReply(let duration)? = fault { try await pause(duration, effect: .unknown) }
        if let error = fault?.error { throw error }
        return reply
    }

    private func pause(_ duration: Duration, effect: StoreError.Effect) async throws(StoreError) {
        do {
            try await timer.sleep(duration)
        } catch {
            throw StoreError(.unavailable, "The call was cancelled while the test delayed it.", effect: effect)
        }
    }

    /// Sends an exchange once more, its reply unread.
    private func repeatLater(_ exchange: Exchange, after duration: Duration) {
        guard let base = base as? any SubmittingStore else {
            preconditionFailure("repeating a write later needs a store that takes submissions (SubmittingStore)")
        }
        timer.schedule(duration) { base.submit(exchange) { _ in } }
    }
}

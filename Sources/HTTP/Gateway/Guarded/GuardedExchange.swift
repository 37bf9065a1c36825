import Idempotency
import IdempotencyHTTP
import NIOCore
import NIOHTTP1

/// The event-loop shell of an execution: carries its writes to the store, its operation to the upstream and its answer
/// to the client. It outlives its client: a hang-up cancels nothing.
final class GuardedExchange: RequestWork {
    let loop: GatewayLoop
    /// What held when the request came, which holds for all of it.
    let epoch: Epoch
    let request: GuardedRequest
    private(set) var client: (any ClientExchange)?
    private(set) var attempt: UpstreamAttempt?
    private let report: RequestReport
    var execution: Execution
    /// Its place in the quota, where there is one.
    private var place: QuotaPlace?
    private var reconciliation: Reconciliation?
    private var isWaiting = false
    private(set) var isBrokenOff = false
    /// The exchange with the upstream is kept open after its time-out.
    var isKeptOpen = false
    /// The memory that is held for it, in bytes.
    var heldBytes: Int

    /// - Parameter heldBytes: The memory that was taken for it: its body, and a place for its answer.
    init(
        _ request: GuardedRequest, holding heldBytes: Int, in epoch: Epoch, from client: any ClientExchange,
        report: RequestReport
    ) {
        self.epoch = epoch
        self.request = request
        self.heldBytes = heldBytes
        self.client = client
        self.report = report
        loop = client.loop
        var terms = request.route.terms(interrupted: epoch.configuration.interrupted.rule)
        terms.claimPatience = epoch.configuration.storePatience
        place =
            epoch.plan.isQuotaLimited ? QuotaPlace(in: loop.shared.quota, of: request.request.label.scope) : nil
        execution = Execution(request.request, terms: terms, owner: .fresh(), excess: place?.excess)
    }

    func begin() {
        loop.entered(self)
        perform(execution.begin(at: loop.now))
    }

    /// News from another thread.
    func receive(_ letter: Mailbox.Letter) {
        switch letter {
        case .reply(.success(let reply), let purpose):
            // Known before the doubt is written, so that nobody who may wait meets the doubt without it.
            if execution.terms.wait > .zero {
                execution.expectLateEnd(loop.shared.room.expectsLateEnd(of: request.request.id))
            }
            perform(execution.replied(reply, to: purpose, at: loop.now))
        case .reply(.failure(let error), let purpose): perform(execution.failed(error, to: purpose, at: loop.now))
        case .nudge(let answer, let fingerprint, let expectsLateEnd):
            execution.expectLateEnd(expectsLateEnd)
            perform(execution.nudge(answer, of: fingerprint, at: loop.now))
        case .look:
            execution.hurry(at: loop.now)
            tick(now: loop.now)
        }
    }

    /// Lets the execution look at the time.
    func tick(now: Moment) {
        guard let wake = execution.wake, wake <= now else { return }
        perform(execution.tick(at: now))
    }

    /// Whether its lease has not ended; a renewal, or the watchdog, may be late.
    var holdsLease: Bool { !execution.isLeaseLost && loop.now < execution.leaseEnd }

    /// The attempt at the upstream has ended.
    func attemptEnded(_ end: Execution.End) {
        guard !isBrokenOff else { return }
        perform(execution.operationEnded(end, at: loop.now))
    }

    /// Takes memory for more of the answer; `false` when there is none.
    func hold(_ bytes: Int) -> Bool {
        guard loop.memory.hold(bytes, for: .answer) else { return false }
        heldBytes += bytes
        return true
    }

    /// It is known, or known to be unknowable, what became of the attempt before.
    func reconciled(_ finding: Execution.Finding) {
        reconciliation = nil
        guard !isBrokenOff else { return }
        // Right after a broken connection or a time-out "nothing" may only mean "not yet": the upstream may be at work
        // still. The record is left to lapse; whoever takes it over asks again.
        let isEarly = attempt != nil && (finding == .didNothing || finding == .unanswered)
        perform(execution.reconciled(isEarly ? .nothingYet : finding, at: loop.now))
    }

    /// The gateway is about to stop. Where interrupted attempts are asked about, this one is left to lapse: whoever
    /// takes it over has the time to ask.
    func breakOff() {
        guard execution.terms.interrupted == .reconcile, execution.isOperating else { return }
        isBrokenOff = true
        loop.left(self)
    }

    func receive(_ body: ByteBuffer) {}

    func receiveEnd(trailers: Headers?) {}

    func readCompleted() {}

    func clientWritabilityChanged(isWritable: Bool) {
        attempt?.holdReads(!isWritable)
    }

    func clientGone() {
        client = nil
        attempt?.holdReads(false)
        if execution.isWaiting { perform(execution.abandon(at: loop.now)) }
    }

    func perform(_ effects: Effects) {
        if place != nil { place?.follow(effects, isDone: execution.isDone) }
        if let write = effects.write { submit(write) }
        switch effects.start {
        case .operation(let record): operate(under: record)
        case .reconciliation(let record): reconcile(under: record)
        case nil: break
        }
        // A lost lease stops nothing here: the request is with the upstream, and its end may still settle the doubt.
        if let answer = effects.answer { tell(answer) }
        if let late = effects.lateAnswer { settled(late) }
        settleIn()
        if execution.isDone, !isKeptOpen { loop.left(self) }
    }

    private func submit(_ write: Effects.Write) {
        let mailbox = loop.mailbox
        let address = NIOLoopBound(self, eventLoop: loop.eventLoop)
        loop.shared.store.submit(write.exchange) { result in
            mailbox.post(.reply(result, write.purpose), to: address)
        }
    }

    private func operate(under record: Record) {
        let attempt = UpstreamAttempt(for: self)
        self.attempt = attempt
        attempt.start(fence: record.fence)
    }

    private func reconcile(under record: Record) {
        guard case .ask(let url) = epoch.configuration.interrupted else { return reconciled(.unknown) }
        let reconciliation = Reconciliation(of: request, at: url, under: record.fence, for: self)
        self.reconciliation = reconciliation
        reconciliation.start()
    }

    private func tell(_ answer: Answer) {
        if execution.record != nil {
            loop.shared.room.announce(answer, of: request.request, expectsLateEnd: isKeptOpen)
        }
        let attempt = attempt
        attempt?.willBeTold(answer)
        let client = client
        self.attempt = nil
        let reply = GuardedReply(
            to: request, answer: answer, attempt: attempt, under: epoch.configuration,
            on: client == nil ? nil : loop)
        report.end(reply.outcome, status: client == nil ? nil : reply.status)
        if let client { reply.send(to: client, attempt: attempt) }
        self.client = nil
    }

    /// Enters or leaves the waiting room, as the execution does.
    private func settleIn() {
        guard execution.isWaiting != isWaiting else { return }
        let id = request.request.id
        if isWaiting {
            isWaiting = false
            loop.shared.room.leave(self, of: id)
        } else if loop.shared.room.enter(self, of: id, mailbox: loop.mailbox, on: loop.eventLoop) {
            isWaiting = true
            // It may have been given up between the look at the store and now.
            if execution.expectsLateEnd, !loop.shared.room.expectsLateEnd(of: id) {
                execution.expectLateEnd(false)
                perform(execution.nudge(.inDoubt(.unknownEnd), of: request.request.fingerprint, at: loop.now))
            }
        } else {
            perform(execution.abandon(at: loop.now))
        }
    }
}

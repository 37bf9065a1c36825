import Idempotency
import NIOCore

/// One exchange on its way: sent, sent again with the same mark as long as it makes sense, and answered once.
///
/// Of a try that may have been applied (no answer, an internal error, a damaged answer) it is first read what became of
/// it: the mark in the item tells. Only then it is sent again. All of it ends with the deadline; what is not known by
/// then is told as *unknown*.
struct ExchangeRun: Sendable {
    /// What is known from the tries so far.
    struct Past: Sendable {
        var failures = 0
        /// Whether one of them may have been applied.
        var isUnknown = false
        /// A fence that the next one has to exceed, or `nil` if none is known.
        var lastFence: Fence?
    }

    let exchange: Exchange
    /// What tells this exchange from all others; the same in all its tries.
    let mark: String
    /// On the boot clock.
    let deadline: Duration
    let context: StoreContext
    let completion: @Sendable (Result<ExchangeReply, StoreError>) -> Void

    /// Begins.
    func start() {
        send(Past())
    }

    private func send(_ past: Past) {
        let reading = context.clock.read()
        let request = ExchangeRequest(
            table: context.table, exchange: exchange, now: reading.now, clock: reading.clock, write: mark,
            memory: context.configuration.fenceMemory, lastFence: past.lastFence)
        let body: [UInt8]
        do throws(StoreError) {
            if RecordCoding.size(request.item) > RecordCoding.sizeLimit { throw Self.tooLarge }
            body = try request.body.json()
        } catch {
            return completion(.failure(error))
        }
        let timeout = min(context.configuration.tryTimeout, deadline - reading.uptime)
        context.client.call("PutItem", body, timeout: timeout).whenSuccess { outcome in
            receive(outcome, reading, request.fence, past)
        }
    }

    private func receive(
        _ outcome: CallOutcome, _ reading: ServerClock.Reading, _ fence: Fence, _ past: Past
    ) {
        switch outcome {
        case .answered:
            completion(.success(.stored(exchange.next?.stamped(at: reading.now, fence: fence), now: reading.now)))
        case .refused(let failure, let body) where failure.kind == .conditionFailed:
            conflict(body, at: reading, past)
        case .refused(let failure, _):
            if failure.kind == .throttled { context.count { $0.throttled += 1 } }
            if failure.kind == .expired { context.client.keeper.drop() }
            let error = failure.error(afterUnknown: past.isUnknown)
            guard failure.isWorthRepeating else { return completion(.failure(error)) }
            repeatLater(error, isUnknown: failure.isUnknown, past)
        case .lost(let call):
            let error = call.error(afterUnknown: past.isUnknown)
            guard call.code == .unavailable else { return completion(.failure(error)) }
            repeatLater(error, isUnknown: call.wasSent, past)
        }
    }

    /// The condition did not hold: something else is there, or this very write.
    private func conflict(_ body: [UInt8], at reading: ServerClock.Reading, _ past: Past) {
        do throws(StoreError) {
            let answer = try ServiceAnswers.read(ServiceAnswers.OneItem.self, body)
            let item = try ServiceAnswers.record(answer.Item)
            if let item, let reply = own(item) {
                context.count { $0.recognised += 1 }
                return completion(.success(reply))
            }
            if let item, exchange.expecting.holds(for: item.record, at: reading.now) {
                // All but the fence was as expected: some clock was ahead.
                var past = past
                past.lastFence = item.fence
                return repeatLater(Self.raced, isUnknown: false, past)
            }
            if past.isUnknown { throw Self.overtaken }
            let record = item.flatMap {
                context.leases.judge($0, of: exchange.id, at: reading, seen: context.clock.uptime)
            }
            let current = record.flatMap { $0.isExpired(at: reading.now) ? nil : $0 }
            completion(.success(.conflict(current, now: reading.now)))
        } catch {
            completion(.failure(error))
        }
    }

    /// What this exchange wrote, if it is what is there.
    private func own(_ item: RecordCoding.StoredItem) -> ExchangeReply? {
        guard item.write == mark else { return nil }
        return .stored(item.record, now: item.moment)
    }

    private func repeatLater(_ error: StoreError, isUnknown: Bool, _ past: Past) {
        var past = past
        past.failures += 1
        past.isUnknown = past.isUnknown || isUnknown
        let delay = FullJitter().delay(after: past.failures, share: .random(in: 0...1))
        guard !context.isClosed, context.clock.uptime + delay < deadline else {
            return completion(.failure(error))
        }
        context.count { $0.repeats += 1 }
        context.loop.scheduleTask(in: TimeAmount(delay)) { [past] in
            if past.isUnknown { readBack(past) } else { send(past) }
        }
    }

    /// Looks what became of a try that may have been applied.
    private func readBack(_ past: Past) {
        let timeout = min(context.configuration.tryTimeout, deadline - context.clock.uptime)
        context.read(exchange.id, timeout: timeout) { result in
            if case .success(let item?) = result, let reply = own(item) {
                context.count { $0.recognised += 1 }
                return completion(.success(reply))
            }
            send(past)
        }
    }

    static let tooLarge = StoreError(
        .tooLarge, "The record is larger than the 400 KB that an item of DynamoDB may have.", effect: .notApplied)

    private static let raced = StoreError(
        .unavailable, "The fence of the key was raised again and again; try again.", effect: .notApplied)

    private static let overtaken = StoreError(
        .unavailable,
        "A write whose answer was lost is not there, and something else is: it was not done, or was overtaken.",
        effect: .unknown)
}

import Idempotency

/// A store and its specification side by side: every exchange goes to both, and every reply must be the same.
///
/// The stamps of the store are taken as they come (its `now`, its fence) after it was checked that the clock does not
/// run backwards and that fences grow; all else must be exactly what `Register` makes of them. For one caller at a
/// time.
final class Oracle {
    private let trial: Trial
    private let send: (Exchange) async throws -> ExchangeReply
    private var registers: [RecordID: Register] = [:]
    private var fences: [RecordID: Fence] = [:]
    private var lastNow = Timestamp(microseconds: .min)

    /// Compares what `send` answers; without it, what the store answers to `exchange`.
    init(_ trial: Trial, send: ((Exchange) async throws -> ExchangeReply)? = nil) {
        self.trial = trial
        self.send = send ?? { try await trial.store.exchange($0) }
    }

    /// The record of a key as it must be at the time of the last reply.
    func current(_ id: RecordID) -> Record? { registers[id]?.current(at: lastNow) }

    /// Whether an expired record of the key may still lie in the store.
    func holdsExpired(_ id: RecordID) -> Bool { registers[id]?.record?.isExpired(at: lastNow) ?? false }

    /// The record of a key that must be there.
    func record(_ id: RecordID) throws -> Record {
        guard let record = current(id) else { throw trial.failure("The check has lost its record.") }
        return record
    }

    /// The store's clock at the last reply.
    var now: Timestamp { lastNow }

    /// All keys used so far.
    var ids: [RecordID] { Array(registers.keys) }

    @discardableResult
    func exchange(_ id: RecordID, _ expecting: Expectation, _ next: Draft?) async throws -> ExchangeReply {
        let exchange = Exchange(id, expecting: expecting, next: next)
        let reply = try await send(exchange)
        try trial.require(
            reply.now >= lastNow + (.zero - trial.effort.clockTolerance),
            "The clock ran backwards, from \(lastNow.microseconds) to \(reply.now.microseconds).\n\(exchange.summary)")
        var fence = fences[id] ?? Fence(0)
        if case .stored(let record?, _) = reply, next?.fence == nil {
            try trial.require(
                record.fence > fence,
                "Fence \(record.fence) follows fence \(fence) of the same key.\n\(exchange.summary)")
            fence = Fence(record.fence.number - 1)
        }
        let before = registers[id] ?? Register()
        var register = before
        let expected = register.exchange(expecting: expecting, next: next, now: reply.now, lastFence: &fence)
        try trial.require(
            reply.isIdentical(to: expected),
            """
            Exchange: \(exchange.summary)
            Before:   \(before.record?.summary ?? "nothing")
            Expected: \(expected.summary)
            Found:    \(reply.summary)
            """)
        registers[id] = register
        if let record = register.record { fences[id] = max(record.fence, fences[id] ?? Fence(0)) }
        lastNow = max(lastNow, reply.now)
        return reply
    }

    /// Exchanges and demands that the write happened.
    @discardableResult
    func store(_ id: RecordID, _ expecting: Expectation, _ next: Draft) async throws -> Record {
        let reply = try await exchange(id, expecting, next)
        guard case .stored(let record?, _) = reply else {
            throw trial.failure("The check expected to write: \(reply.summary)")
        }
        return record
    }

    /// Reads a key by an exchange that never writes.
    @discardableResult
    func read(_ id: RecordID) async throws -> Record? {
        try await exchange(id, .inDoubt(Owner(high: .max, low: .max)), nil).record
    }

    /// Writes nothing until `time` but asks again and again, so that replies on both sides of that instant are
    /// compared.
    func watch(_ id: RecordID, until time: Timestamp) async throws {
        if let clock = trial.clock {
            clock.set(to: Timestamp(microseconds: time.microseconds - 1))
            try await read(id)
            clock.set(to: time)
        }
        let deadline = ContinuousClock.now + .seconds(60)
        repeat {
            try await read(id)
            try trial.require(ContinuousClock.now < deadline, "The store's clock did not reach the expiry in 60 s.")
        } while lastNow < time
    }
}

extension ExchangeReply {
    /// Equal to the last byte of every label: texts that only look alike are different.
    func isIdentical(to other: ExchangeReply) -> Bool {
        guard self == other, let a = record?.label, let b = other.record?.label else { return self == other }
        return a.key.utf8.elementsEqual(b.key.utf8) && a.scope.utf8.elementsEqual(b.scope.utf8)
            && a.operation.utf8.elementsEqual(b.operation.utf8)
    }
}

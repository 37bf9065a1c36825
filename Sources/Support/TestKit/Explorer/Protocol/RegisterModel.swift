import Idempotency

/// What stands in for the store in an exploration: `Register`, or one with a fault put in on purpose.
struct RegisterModel: Sendable {
    let exchange:
        @Sendable (_ register: inout Register, _ exchange: Exchange, _ now: Timestamp, _ lastFence: inout Fence)
            -> ExchangeReply

    /// The specification itself.
    static let real = RegisterModel { register, exchange, now, lastFence in
        register.exchange(expecting: exchange.expecting, next: exchange.next, now: now, lastFence: &lastFence)
    }

    /// The specification, looked at through another expectation.
    static func expecting(_ change: @escaping @Sendable (Expectation, Record?, Timestamp) -> Expectation)
        -> RegisterModel
    {
        RegisterModel { register, exchange, now, lastFence in
            let expecting = change(exchange.expecting, register.current(at: now), now)
            return register.exchange(expecting: expecting, next: exchange.next, now: now, lastFence: &lastFence)
        }
    }

    /// The specification, with a counter of fences that this closure sets before each exchange.
    static func fences(_ set: @escaping @Sendable (_ current: Record?) -> Fence) -> RegisterModel {
        RegisterModel { register, exchange, now, lastFence in
            lastFence = set(register.current(at: now))
            return register.exchange(
                expecting: exchange.expecting, next: exchange.next, now: now, lastFence: &lastFence)
        }
    }

    /// The specification, but what lies there counts as gone when the closure says so.
    static func vacating(_ isGone: @escaping @Sendable (Record, Timestamp) -> Bool) -> RegisterModel {
        RegisterModel { register, exchange, now, lastFence in
            if let record = register.record, isGone(record, now) { register = Register() }
            return register.exchange(
                expecting: exchange.expecting, next: exchange.next, now: now, lastFence: &lastFence)
        }
    }
}

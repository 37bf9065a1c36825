public import Idempotency

extension Attempt {
    /// The attempt that the present task works for: in a handler behind `IdempotencyMiddleware` the one that was
    /// granted for the request, elsewhere `nil`.
    ///
    /// A handler takes from it the fence and the keys for the systems that it calls:
    ///
    ///     let key = Attempt.current?.derivedKey("bank")
    ///
    /// Child tasks inherit it; a detached task does not.
    @TaskLocal public static var current: Attempt?
}

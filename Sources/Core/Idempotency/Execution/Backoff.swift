/// How long to wait before the store is asked again.
enum Backoff {
    /// 10 ms, doubled with every try up to 1 s, of which the upper half is spread by `jitter`.
    static func delay(_ tries: Int, jitter: UInt64) -> Duration {
        let ceiling = min(10_000 << min(tries, 7), 1_000_000)
        let half = ceiling / 2
        // A multiplicative hash: tries of one attempt and of many attempts spread evenly without a generator.
        let spread = (jitter &+ UInt64(truncatingIfNeeded: tries)) &* 0x9E37_79B9_7F4A_7C15 >> 33
        return .microseconds(half + Int(spread % UInt64(half + 1)))
    }
}

import IdempotencyReconnecting
import Testing

/// How long a broken connection waits.
@Suite struct ReconnectDelayTests {
    @Test("The first try is at once, the next ones wait twice as long each, up to 1.6 seconds")
    func growth() {
        var delay = ReconnectDelay()
        let waits = (0..<10).map { _ in delay.next(share: 1) }
        #expect(waits == [0, 25, 50, 100, 200, 400, 800, 1600, 1600, 1600].map { .milliseconds($0) })
        delay.succeeded()
        #expect(delay.next(share: 1) == .zero)
    }

    @Test("Half of a wait is left to chance")
    func jitter() {
        var (least, most) = (ReconnectDelay(), ReconnectDelay())
        for _ in 0..<5 {
            let (a, b) = (least.next(share: 0), most.next(share: 1))
            #expect(a * 2 == b)
        }
    }
}

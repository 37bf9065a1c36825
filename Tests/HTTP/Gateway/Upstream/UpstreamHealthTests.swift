import NIOCore
import Testing

@testable import IdempotencyGateway

@Suite("The health of an upstream's address")
struct UpstreamHealthTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    @Test("The first connection that fails puts it aside; those that were under way change nothing")
    func ejection() {
        var health = UpstreamHealth()
        #expect(health.isUsable)
        #expect(health.connectFailed(at: start) == .ejected)
        #expect(!health.isUsable && !health.isReachable)
        let before = health
        #expect(health.connectFailed(at: start + .milliseconds(1)) == nil)
        #expect(health == before)
    }

    @Test("Trials come after rests that double up to the longest")
    func trials() {
        var health = UpstreamHealth()
        #expect(health.beginsTrial(at: start) == false)
        _ = health.connectFailed(at: start)
        var now = start
        var rest = UpstreamHealth.firstRest
        for _ in 1...10 {
            #expect(health.beginsTrial(at: now + rest - .nanoseconds(1)) == false)
            now = now + rest
            #expect(health.beginsTrial(at: now) == true)
            #expect(health.beginsTrial(at: now) == false)
            rest = min(rest + rest, UpstreamHealth.longestRest)
        }
        #expect(rest == UpstreamHealth.longestRest)
    }

    @Test("A connection that is made brings it back, and the next failure begins with a short rest")
    func reconnection() {
        var health = UpstreamHealth()
        _ = health.connectFailed(at: start)
        #expect(health.beginsTrial(at: start + .seconds(1)) == true)
        #expect(health.connected() == .reconnected)
        #expect(health.isUsable)
        #expect(health.connected() == nil)
        #expect(health.connectFailed(at: start + .seconds(2)) == .ejected)
        #expect(health.beginsTrial(at: start + .seconds(2) + UpstreamHealth.firstRest) == true)
    }

    @Test("After something has changed the next trial is due at once")
    func hurry() {
        var health = UpstreamHealth()
        _ = health.connectFailed(at: start)
        health.hurry(at: start)
        #expect(health.beginsTrial(at: start) == true)
        #expect(health.beginsTrial(at: start + .milliseconds(1)) == false)
    }

    @Test("Only so many bad answers in a row take it out, and so many good ones bring it back")
    func thresholds() {
        var check = UpstreamHealthCheck(path: "/")
        check.fall = 3
        check.rise = 2
        var health = UpstreamHealth()
        for isGood in [false, false, true, false, false] { #expect(health.checked(isGood: isGood, by: check) == nil) }
        #expect(health.isUsable)
        #expect(health.checked(isGood: false, by: check) == .tookIll)
        #expect(!health.isUsable && health.isReachable)
        for isGood in [true, false, true] { #expect(health.checked(isGood: isGood, by: check) == nil) }
        #expect(health.checked(isGood: true, by: check) == .recovered)
        #expect(health.isUsable)
    }

    @Test("It is out as long as either speaks against it")
    func both() {
        var check = UpstreamHealthCheck(path: "/")
        check.fall = 1
        check.rise = 1
        var health = UpstreamHealth()
        _ = health.connectFailed(at: start)
        #expect(health.checked(isGood: false, by: check) == .tookIll)
        _ = health.connected()
        #expect(!health.isUsable)
        health.isNoLongerChecked()
        #expect(health.isUsable)
    }
}

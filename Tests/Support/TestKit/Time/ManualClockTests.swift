import Idempotency
import IdempotencyTestKit
import Synchronization
import Testing

@Suite("The manual clock") struct ManualClockTests {
    @Test("It stands still until it is moved")
    func standsStill() {
        let clock = ManualClock()
        let start = clock.now
        #expect(clock.now == start)
        clock.advance(by: .microseconds(3))
        #expect(clock.now - start == .microseconds(3))
    }

    @Test("It wakes sleepers at their deadline, not before, the earliest first")
    func wakes() async throws {
        let clock = ManualClock()
        let woken = Mutex<[Int]>([])
        for delay in [3, 1, 2] {
            clock.schedule(after: .seconds(delay)) { woken.withLock { $0.append(delay) } }
        }
        clock.advance(by: .microseconds(999_999))
        #expect(woken.withLock { $0 } == [])
        clock.advance(by: .microseconds(1))
        #expect(woken.withLock { $0 } == [1])
        clock.advance(by: .seconds(5))
        #expect(woken.withLock { $0 } == [1, 2, 3])
        #expect(clock.waiting == 0)
    }

    @Test("A sleeping task goes on when its time has come")
    func sleeps() async throws {
        let clock = ManualClock()
        async let sleeper: Void = clock.sleep(for: .seconds(1))
        while clock.waiting == 0 { await Task.yield() }
        clock.advance(by: .seconds(1))
        try await sleeper
    }

    @Test("A cancelled sleeper wakes with CancellationError")
    func cancels() async throws {
        let clock = ManualClock()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await clock.sleep(for: .seconds(1)) }
            while clock.waiting == 0 { await Task.yield() }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        #expect(clock.waiting == 0)
    }

    @Test("Moved by many at once it never goes back, and no step is lost")
    func concurrentSteps() async {
        let clock = ManualClock()
        let start = clock.now
        await withTaskGroup { tasks in
            for _ in 0..<8 {
                tasks.addTask { for _ in 0..<5_000 { clock.advance(by: .microseconds(1)) } }
            }
        }
        #expect(clock.now - start == .milliseconds(40))
    }
}

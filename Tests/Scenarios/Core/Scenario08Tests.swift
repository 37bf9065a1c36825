import Idempotency
import IdempotencyTestKit
import Synchronization
import Testing

@Suite("A thousand callers") struct Scenario08Tests {
    @Test(
        "Scenario 8: 1,000 concurrent callers of two processes that wait: one execution, all others get its answer",
        arguments: Backing.allCases)
    func waiting(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            let door = Door()
            let processes = [0, 1].map { _ in stage.process { $0.wait = .seconds(3600) } }
            let isOver = Mutex(false)
            let told = Task {
                defer { isOver.withLock { $0 = true } }
                return await withTaskGroup(of: Told.self, returning: [Told: Int].self) { group in
                    for number in 0..<1000 {
                        group.addTask { await stage.call(processes[number % 2]) { _ in try await door.pass() } }
                    }
                    return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
                }
            }
            await door.arrival()
            // 999 wait, and the pacemaker.
            try await eventually("all wait") { stage.time.waiting >= 1000 }
            let asked = stage.store.calls
            door.open()
            try await eventually("the outcome is recorded") { try await stage.record()?.outcome != nil }
            try await eventually("all have their answer") {
                stage.time.advance(by: .seconds(1))
                return isOver.withLock { $0 }
            }

            // It is over, so that this does not wait.
            #expect(await told.value == [.performed("receipt-1"): 1, .replayed("receipt-1"): 999])
            #expect(stage.ledger.effects == [1])
            #expect(try await stage.record()?.attempt == 1)
            // No thundering: everyone looks once before and once after, and those of the same process not even that.
            #expect(asked <= 1000 && stage.store.calls - asked <= 1001, "\(asked), then \(stage.store.calls)")
        }
    }

    @Test("Scenario 8: 1,000 concurrent callers that do not wait: one execution, all others are refused with a hint")
    func refused() async throws {
        try await Stage.play(on: .memory) { stage in
            let door = Door()
            let process = stage.process()
            let first = Call { await stage.call(process) { _ in try await door.pass() } }
            await door.arrival()
            let told = await withTaskGroup(of: Told.self, returning: Set<Told>.self) { group in
                for _ in 1..<1000 { group.addTask { await stage.call(process) } }
                return await group.reduce(into: []) { $0.insert($1) }
            }
            #expect(told == [.inProgress])
            #expect(stage.store.calls == 1, "those of the same process never ask the store")
            door.open()
            let answer = try await first.answer()
            #expect(answer == .performed("receipt-1"))
            #expect(stage.ledger.effects == [1])
        }
    }

    @Test("Scenario 8: 1,000 callers at once, of two processes, over one file on the disk: one execution")
    func real() async throws {
        try await WorkPlace.use { place in
            async let one = place.stampede()
            async let other = place.stampede()
            let told = try await one + other
            #expect(told.filter { $0.hasPrefix("performed") } == ["performed 1"])
            #expect(told.contains { $0.hasPrefix("replayed") })
            #expect(told.reduce(0) { $0 + (Int($1.split(separator: " ")[1]) ?? 0) } == 1000, "\(told)")
            #expect(!told.contains { $0.hasPrefix("refused") || $0.hasPrefix("failed") }, "\(told)")
            #expect(try place.effects().count == 1)
        }
    }
}

import Idempotency
import IdempotencyAdmin
import Testing

@Suite("Settling")
struct SettleTests {
    private let outcome = Outcome(.success, [1, 2, 3])

    @Test("A record in doubt becomes completed with the outcome that the operator gives")
    func resolve() async throws {
        let desk = Desk()
        let doubt = try await desk.doubt("k")
        let settled = try await desk.operations.settle(
            desk.id("k"), as: .completed(outcome, retention: .seconds(60)), reason: "seen at the bank", author: "ann")
        let after = try #require(settled.after)
        let now = desk.clock.now
        #expect(after.state == .completed(outcome, at: now, expires: now + .seconds(60)))
        #expect(after.fingerprint == doubt.fingerprint && after.fence == doubt.fence)
        #expect(try await desk.store.record(desk.id("k")).record == after)
    }

    @Test("The attempt that was in doubt does not take the operator's outcome for its own")
    func ownerChanges() async throws {
        let desk = Desk()
        let doubt = try await desk.doubt("k")
        let settled = try await desk.operations.settle(
            desk.id("k"), as: .completed(outcome, retention: .seconds(60)), reason: "r", author: "ann")
        #expect(settled.after?.owner != doubt.owner)
        let late = Draft(doubt, state: .completed(Outcome(.success, [9]), retention: .seconds(60)))
        let reply = try await desk.store.exchange(
            Exchange(desk.id("k"), expecting: .inDoubt(doubt.owner), next: late))
        #expect(reply == .conflict(settled.after, now: desk.clock.now))
    }

    @Test("A release makes the key vacant")
    func release() async throws {
        let desk = Desk()
        try await desk.doubt("k")
        let settled = try await desk.operations.settle(desk.id("k"), as: .vacant, reason: "r", author: "ann")
        #expect(settled.after == nil)
        #expect(try await desk.store.record(desk.id("k")).record == nil)
    }

    @Test("A live attempt is never touched, with force neither", arguments: [false, true])
    func live(force: Bool) async throws {
        let desk = Desk()
        let record = try await desk.claim("k")
        await #expect {
            try await desk.operations.settle(
                desk.id("k"), as: .vacant, reason: "r", author: "ann", force: force)
        } throws: { ($0 as? OperationError)?.code == .running }
        #expect(try await desk.store.record(desk.id("k")).record == record)
        #expect(desk.audit.lines.isEmpty)
    }

    @Test("A lapsed attempt is settled by force only")
    func lapsed() async throws {
        let desk = Desk()
        try await desk.claim("k")
        desk.clock.advance(by: .seconds(31))
        await #expect {
            try await desk.operations.settle(desk.id("k"), as: .vacant, reason: "r", author: "ann")
        } throws: { ($0 as? OperationError)?.code == .lapsed }
        let settled = try await desk.operations.settle(
            desk.id("k"), as: .vacant, reason: "r", author: "ann", force: true)
        #expect(settled.after == nil)
        #expect(desk.audit.lines.map(\.forced) == [true, true])
    }

    @Test("An outcome never changes")
    func completed() async throws {
        let desk = Desk()
        try await desk.doubt("k")
        try await desk.operations.settle(
            desk.id("k"), as: .completed(outcome, retention: .seconds(60)), reason: "r", author: "ann")
        await #expect {
            try await desk.operations.settle(
                desk.id("k"), as: .vacant, reason: "r", author: "ann", force: true)
        } throws: { ($0 as? OperationError)?.code == .completed }
    }

    @Test("A vacant key cannot be settled")
    func vacant() async throws {
        let desk = Desk()
        await #expect {
            try await desk.operations.settle(desk.id("k"), as: .vacant, reason: "r", author: "ann")
        } throws: { ($0 as? OperationError)?.code == .notFound }
    }

    @Test("Without a reason nothing is done", arguments: ["", " \t"])
    func reason(_ reason: String) async throws {
        let desk = Desk()
        try await desk.doubt("k")
        await #expect {
            try await desk.operations.settle(desk.id("k"), as: .vacant, reason: reason, author: "ann")
        } throws: { ($0 as? OperationError)?.code == .reasonMissing }
        #expect(try await desk.store.record(desk.id("k")).record != nil)
    }
}

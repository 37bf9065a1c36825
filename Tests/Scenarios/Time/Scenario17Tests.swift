import GRDB
import Idempotency
import IdempotencySQLite
import IdempotencyTestKit
import Testing

@Suite("A claim that waits in the store") struct Scenario17Tests {
    @Test("Scenario 17: a claim blocked for 2 s is granted a lease of full length", arguments: Backing.allCases)
    func simulated(backing: Backing) async throws {
        try await Stage.play(on: backing) { stage in
            stage.store.follow(.script(.delayRequest(.seconds(2))))
            let sent = stage.time.now
            let door = Door()
            let told = Call { await stage.call(stage.process()) { _ in try await door.pass() } }
            try await stage.passes(.seconds(2))
            await door.arrival()
            let record = try #require(try await stage.record())
            #expect(record.created == sent + .seconds(2))
            #expect(record.leaseEnd == sent + .seconds(2) + Stage.lease)
            door.open()
            #expect(try await told.answer() == .performed("receipt-1"))
        }
    }

    @Test("Scenario 17: while the database is locked the claim waits, and its lease counts from the grant")
    func locked() async throws {
        try await withFolder { folder in
            let store = try await SQLiteStore.open(folder + "/once.db", logger: .silent)
            let other = try DatabaseQueue(path: folder + "/once.db", configuration: .openEnded)
            try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
            var generator = SystemRandomNumberGenerator()
            let draft = Draft(claiming: .none, owner: .random(using: &generator), lease: Stage.lease)
            let id = RecordID(scope: "scenario", key: try IdempotencyKey("order-1"))
            let sent = SystemMachineClock.machine.now
            async let reply = store.exchange(Exchange(id, expecting: .vacant, next: draft))
            try await Task.sleep(for: .milliseconds(500))
            let released = SystemMachineClock.machine.now
            try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }

            let record = try #require(try await reply.record)
            #expect(record.created >= released && released - sent >= .milliseconds(500))
            let length = try #require(record.leaseEnd) - record.created
            #expect(length == Stage.lease)
            await store.close()
        }
    }
}

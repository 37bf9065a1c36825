import Foundation
import Idempotency
import IdempotencyAdmin
import Synchronization
import Testing

@Suite("The audit log of settlements")
struct SettleAuditTests {
    @Test("The intent is written before the change, the result after, both under one change")
    func order() async throws {
        let desk = Desk()
        let doubt = try await desk.doubt("k")
        try await desk.operations.settle(desk.id("k"), as: .vacant, reason: "no trace at the bank", author: "ann")
        let lines = desk.audit.lines
        #expect(lines.map(\.phase) == [.intent, .done])
        #expect(lines.map(\.action) == [.release, .release])
        #expect(Set(lines.map(\.change)).count == 1)
        #expect(lines.allSatisfy { $0.author == "ann" && $0.reason == "no trace at the bank" && $0.before == doubt })
    }

    @Test("When the intent cannot be written, nothing is changed")
    func auditFails() async throws {
        let desk = Desk(auditCapacity: 0)
        let doubt = try await desk.doubt("k")
        await #expect {
            try await desk.operations.settle(desk.id("k"), as: .vacant, reason: "r", author: "ann")
        } throws: { ($0 as? OperationError)?.code == .auditFailed }
        #expect(try await desk.store.record(desk.id("k")).record == doubt)
    }

    @Test("When only the result cannot be written, the change is made and said to be incomplete in the log")
    func resultFails() async throws {
        let desk = Desk(auditCapacity: 1)
        try await desk.doubt("k")
        await #expect {
            try await desk.operations.settle(desk.id("k"), as: .vacant, reason: "r", author: "ann")
        } throws: { ($0 as? OperationError)?.code == .auditIncomplete }
        #expect(try await desk.store.record(desk.id("k")).record == nil)
    }

    @Test("A record that changes between the look and the write is left alone, and the log says refused")
    func changed() async throws {
        let desk = Desk()
        let doubt = try await desk.doubt("k")
        let late = Draft(doubt, state: .completed(Outcome(.success, [7]), retention: .seconds(60)))
        let store = InterferingStore(desk.store) {
            Exchange($0.id, expecting: .inDoubt(doubt.owner), next: late)
        }
        let operations = KeyOperations(store: store, audit: desk.audit, clock: desk.clock)
        await #expect {
            try await operations.settle(desk.id("k"), as: .vacant, reason: "r", author: "ann")
        } throws: { ($0 as? OperationError)?.code == .changed }
        #expect(desk.audit.lines.map(\.phase) == [.intent, .refused])
        #expect(try await desk.store.record(desk.id("k")).record?.owner == doubt.owner)
    }

    @Test("A write whose acknowledgement was lost counts as made", arguments: [false, true])
    func lostAcknowledgement(releases: Bool) async throws {
        let desk = Desk()
        try await desk.doubt("k")
        let operations = KeyOperations(store: ForgetfulStore(desk.store), audit: desk.audit, clock: desk.clock)
        let settlement =
            releases ? Settlement.vacant : .completed(Outcome(.success, [1]), retention: .seconds(60))
        let settled = try await operations.settle(desk.id("k"), as: settlement, reason: "r", author: "ann")
        #expect((settled.after == nil) == releases)
        #expect(desk.audit.lines.map(\.phase) == [.intent, .done])
    }

    @Test("A line is one JSON object that names who, what, why, before and after")
    func line() async throws {
        let desk = Desk()
        try await desk.doubt("k")
        try await desk.operations.settle(
            desk.id("k"), as: .completed(Outcome(.success, [1]), retention: .seconds(60)), reason: "a \"reason\"\n",
            author: "ann")
        let line = try #require(desk.audit.lines.last).line
        #expect(!line.contains("\n"))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["who"] as? String == "ann")
        #expect(object["action"] as? String == "resolve")
        #expect(object["reason"] as? String == "a \"reason\"\n")
        #expect(object["record"] as? String == (try desk.id("k").description))
        #expect((object["before"] as? [String: Any])?["state"] as? String == "in-doubt")
        #expect((object["after"] as? [String: Any])?["state"] as? String == "completed")
    }

    @Test("A file keeps lines in order, is readable by its owner only, and its folder must be there")
    func file() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "audit-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let desk = Desk()
        try await desk.doubt("k")
        let log = FileAuditLog(path: folder.appending(path: "audit.jsonl").path)
        let operations = KeyOperations(store: desk.store, audit: log, clock: desk.clock)
        try await operations.settle(desk.id("k"), as: .vacant, reason: "r", author: "ann")
        let lines = try String(contentsOfFile: log.path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2 && lines[0].contains("\"intent\"") && lines[1].contains("\"done\""))
        let mode = try FileManager.default.attributesOfItem(atPath: log.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let entry = try #require(desk.audit.lines.first ?? AuditEntry.sample)
        await #expect(throws: AppendFailure.self) {
            try await FileAuditLog(path: folder.appending(path: "no/audit.jsonl").path).append(entry)
        }
    }
}

extension AuditEntry {
    fileprivate static var sample: AuditEntry? {
        let owner = Owner(high: 0, low: 0)
        let time = Timestamp(microseconds: 0)
        let record = Record(
            fingerprint: .none, owner: owner, fence: Fence(1), attempt: 1, renewals: 0, created: time,
            state: .inDoubt(.unknownEnd, since: time))
        return AuditEntry(
            time: time, change: "c", author: "a", action: .release, id: RecordID(Digest(0, 0, 0, 0)), reason: "r",
            forced: false, before: record)
    }
}

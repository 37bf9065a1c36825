import Idempotency
import IdempotencyAdmin
import Testing

@Suite("Finding records")
struct FindTests {
    @Test("A record is found by its id, by the first digits of it, by key, and by key and scope")
    func found() async throws {
        let desk = Desk()
        try await desk.doubt("k")
        try await desk.doubt("other")
        let id = try desk.id("k")
        let selectors = [
            RecordSelector(digits: id.description),
            RecordSelector(digits: String(id.description.prefix(8)).uppercased()),
            .key("k", scope: []), .key("k", scope: ["tenant"]),
        ]
        for selector in selectors {
            #expect(try await desk.operations.find(try #require(selector)).id == id)
        }
    }

    @Test("One key in two scopes is ambiguous until the scope is named")
    func ambiguous() async throws {
        let desk = Desk()
        try await desk.doubt("k", scope: "a")
        try await desk.doubt("k", scope: Scope("b", "c"))
        await #expect {
            try await desk.operations.find(.key("k", scope: []))
        } throws: { ($0 as? OperationError)?.code == .ambiguous }
        let id = try desk.id("k", scope: Scope("b", "c"))
        #expect(try await desk.operations.find(.key("k", scope: ["b", "c"])).id == id)
        #expect(try await desk.operations.find(.key("k", scope: ["b/c"])).id == id)
        await #expect {
            try await desk.operations.find(.key("k", scope: ["b"]))
        } throws: { ($0 as? OperationError)?.code == .notFound }
    }

    @Test("Fewer than eight digits, or other letters, name no record", arguments: ["", "1234567", "123456789g"])
    func digits(_ text: String) {
        #expect(RecordSelector(digits: text) == nil)
    }

    @Test("A cursor is read as it was written")
    func cursor() throws {
        let cursor = RecordQuery.Cursor(
            created: Timestamp(microseconds: 12), id: RecordID(Digest(1, 2, 3, 4)))
        #expect(RecordQuery.Cursor(text: cursor.text) == cursor)
        #expect(RecordQuery.Cursor(text: "12") == nil)
    }
}

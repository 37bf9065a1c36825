import Idempotency
import Testing

@testable import IdempotencyHTTP

@Suite("A stored answer")
struct StoredAnswerTests {
    private let sample = StoredResponse(
        status: 201, headers: ["Content-Type": "application/json", "Link": "</a>", "Link": "</b>", "X": ""],
        body: [0, 255, 13, 10, 0], flags: [.cookiesStripped])

    @Test("comes back as it was stored, binary body and repeated headers included")
    func roundTrip() throws {
        #expect(try StoredAnswer(StoredAnswer.response(sample).outcome) == .response(sample))
        let empty = StoredResponse(status: 204, headers: [:], body: [])
        #expect(try StoredAnswer(StoredAnswer.response(empty).outcome) == .response(empty))
    }

    @Test("of version 1 keeps its bytes for ever")
    func format() {
        let response = StoredResponse(status: 404, headers: ["A": "b"], body: [7], flags: [.trailersStripped])
        #expect(response.encoded() == [1, 2, 0x01, 0x94, 1, 1, 0x41, 1, 0x62, 1, 7])
        #expect(Tombstone(reason: .stream, status: 200).encoded() == [1, 2, 0, 200])
    }

    @Test("with a status of 400 or more is a failure, one without its answer a tombstone")
    func kinds() {
        var response = sample
        #expect(StoredAnswer.response(response).outcome.kind == .success)
        response.status = 400
        #expect(StoredAnswer.response(response).outcome.kind == .failure)
        #expect(StoredAnswer.tombstone(Tombstone(reason: .tooLarge, status: 200)).outcome.kind == .tombstone)
    }

    @Test("that was erased is a tombstone whose refusal says that the request took effect, and tells no status")
    func erased() throws {
        let answer = try StoredAnswer(.erased)
        #expect(answer == .tombstone(Tombstone(reason: .erased, status: 0)))
        guard case .tombstone(let tombstone) = answer else { return }
        let refusal = Refusal.answerNotKept(tombstone)
        #expect(refusal.detail.contains("took effect") && refusal.detail.contains("erased"))
        #expect(!refusal.detail.contains("status"))
    }

    @Test("The tombstone of an answer that the store refused as too large is understood")
    func refusedByStore() throws {
        let outcome = Outcome(.tombstone, Array("The answer was too large for the store.".utf8))
        #expect(try StoredAnswer(outcome) == .tombstone(Tombstone(reason: .tooLarge, status: 200)))
        #expect(throws: StoredAnswerError.self) {
            try StoredAnswer(Outcome(.tombstone, Array("The answer was too large for the store?".utf8)))
        }
    }

    @Test("may be a tombstone, which keeps its reason and status", arguments: Tombstone.Reason.allCases)
    func tombstones(reason: Tombstone.Reason) throws {
        let tombstone = Tombstone(reason: reason, status: 302)
        #expect(try StoredAnswer(StoredAnswer.tombstone(tombstone).outcome) == .tombstone(tombstone))
    }

    @Test("leaves out header lines that no message can have")
    func unsafeHeaders() throws {
        let response = StoredResponse(
            status: 200, headers: ["A": "x\r\nSet-Cookie: y", "B C": "1", "": "2", "D": "a\tb é"], body: [])
        #expect(try StoredResponse(decoding: response.encoded()).headers == ["D": "a\tb é"])
    }

    @Test("is refused when an unknown version wrote it")
    func unknownVersion() {
        #expect(throws: StoredAnswerError.unknownVersion(2)) { try StoredResponse(decoding: [2, 0, 0, 200, 0, 0]) }
        #expect(throws: StoredAnswerError.unknownVersion(0)) { try Tombstone(decoding: [0, 1, 0, 200]) }
    }

    @Test("is refused when it was cut off anywhere, or something follows it")
    func cutOff() {
        let bytes = sample.encoded()
        for count in 0..<bytes.count {
            #expect(throws: StoredAnswerError.self) { try StoredResponse(decoding: Array(bytes.prefix(count))) }
        }
        #expect(throws: StoredAnswerError.damaged(offset: bytes.count)) { try StoredResponse(decoding: bytes + [0]) }
    }

    @Test(
        "is refused when a value cannot be",
        arguments: [
            [1, 0x80, 0, 200, 0, 0], [1, 0, 0, 100, 0, 0], [1, 0, 0xFF, 0xFF, 0, 0],
            [1, 0, 0, 200, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            [1, 0, 0, 200, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 0], [1, 0, 0, 200, 1, 1, 0x41, 1, 0x0A, 0],
            [1, 0, 0, 200, 1, 1, 0x20, 0, 0], [1, 0, 0, 200, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
            // A number in more bytes than it takes, text that is no UTF-8: nobody writes that.
            [1, 0, 0, 200, 0x80, 0, 0], [1, 0, 0, 200, 0, 0x81, 0, 7], [1, 0, 0, 200, 1, 1, 0x41, 1, 0xFF, 0],
        ] as [[UInt8]])
    func impossibleValues(bytes: [UInt8]) {
        #expect(throws: StoredAnswerError.self) { try StoredResponse(decoding: bytes) }
    }

    @Test("shares the memory of the record it was read from")
    func sharesMemory() throws {
        let bytes = StoredResponse(status: 200, headers: [:], body: ArraySlice(repeating: 9, count: 1000)).encoded()
        let decoded = try StoredResponse(decoding: bytes)
        let original = bytes.withUnsafeBufferPointer { $0.baseAddress }
        let shared = decoded.body.withUnsafeBufferPointer { $0.baseAddress }
        #expect(shared == original.map { $0 + (bytes.count - 1000) })
    }

    @Test("never makes the reader trap, whatever the bytes")
    func fuzz() {
        var random = Seeded(seed: 0xB17E5)
        let bytes = sample.encoded()
        for round in 0..<50_000 {
            var damaged = bytes
            for _ in 0...random.below(3) {
                damaged[random.below(damaged.count)] = UInt8(truncatingIfNeeded: random.next())
            }
            if round % 3 == 0 { damaged.removeLast(random.below(damaged.count)) }
            if round % 5 == 0 { damaged = (0..<random.below(20)).map { _ in UInt8(truncatingIfNeeded: random.next()) } }
            let kind = Outcome.Kind(rawValue: UInt8(random.below(3))) ?? .success
            guard let read = try? StoredAnswer(Outcome(kind, damaged)) else { continue }
            guard case .response(let response) = read else { continue }
            #expect((try? StoredResponse(decoding: response.encoded())) == response)
        }
    }
}

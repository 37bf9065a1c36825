import Idempotency
import IdempotencyEmbedded
import Testing

@Suite struct DraftSizeTests {
    @Test("The size of a draft is that of all its parts without a fixed size, to the byte")
    func everyPart() {
        var draft = Draft(
            claiming: Fingerprint(algorithm: 1, digest: Digest(1, 2, 3, 4)), owner: Owner(high: 1, low: 2),
            lease: .seconds(1), label: Label(key: "é", scope: "abc", operation: "abcde"))
        #expect(draft.size == 10)
        draft.checkpoint = [1, 2, 3, 4]
        #expect(draft.size == 14)
        draft.state = .completed(Outcome(.success, [UInt8](repeating: 0, count: 100)), retention: .seconds(1))
        #expect(draft.size == 114)
        draft.state = .inDoubt(.unknownEnd)
        #expect(draft.size == 14)
    }
}

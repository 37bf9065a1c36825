import Idempotency
import Testing

@Suite("Records and exchanges as values") struct SharedContentTests {
    private func record() -> Record {
        Record(
            fingerprint: World.fingerprint, owner: Owner(high: 1, low: 2), fence: Fence(3), attempt: 4, renewals: 5,
            created: Timestamp(microseconds: 6), state: .inDoubt(.leaseLapsed, since: Timestamp(microseconds: 7)),
            checkpoint: [8], label: Label(key: "k"))
    }

    private static let changes: [@Sendable (inout Record) -> Void] = [
        { $0.fingerprint = World.other }, { $0.owner = Owner(high: 9, low: 9) }, { $0.fence = Fence(9) },
        { $0.attempt = 9 }, { $0.renewals = 9 }, { $0.created = Timestamp(microseconds: 9) },
        { $0.state = .running(leaseEnd: Timestamp(microseconds: 9)) }, { $0.checkpoint.append(9) },
        { $0.label.key = "other" },
    ]

    @Test("A change of one copy of a record changes no other, and each part counts for equality")
    func records() {
        let original = record()
        for (number, change) in Self.changes.enumerated() {
            var copy = original
            change(&copy)
            #expect(original == record() && copy != original, "part \(number)")
            #expect(copy.hashValue != original.hashValue, "part \(number)")
            change(&copy)
            var again = record()
            change(&again)
            if number != 7 { #expect(copy == again && copy.hashValue == again.hashValue, "part \(number)") }
        }
    }

    @Test("Exchanges are equal when they want the same of the same key")
    func exchanges() {
        let draft = Draft(record(), state: .inDoubt(.unknownEnd))
        let owner = Owner(high: 1, low: 2)
        let exchange = Exchange(World.id, expecting: .running(owner), next: draft)
        let same = Exchange(World.id, expecting: .running(owner), next: draft)
        #expect(exchange == same && exchange.hashValue == same.hashValue)
        let others = [
            Exchange(RecordID(Digest(9, 9, 9, 9)), expecting: .running(owner), next: draft),
            Exchange(World.id, expecting: .inDoubt(owner), next: draft),
            Exchange(World.id, expecting: .running(owner), next: nil),
        ]
        for other in others { #expect(other != exchange && other.hashValue != exchange.hashValue) }
    }
}

package import Idempotency

/// A key by number, and what a peer does with it.
package struct PeerKey {
    package let number: Int

    package init(_ number: Int) {
        self.number = number
    }

    package var id: RecordID { RecordID(Digest(UInt64(number) &* 0x9E37_79B9_7F4A_7C15, UInt64(number), 0, 0)) }

    /// What a peer asks for.
    package static let fingerprint = Fingerprint(algorithm: 1, digest: Digest(0, 0, 0, 1))

    /// The claim, for an hour.
    package func claim(owner: UInt64) -> Exchange {
        let draft = Draft(
            claiming: Self.fingerprint, owner: Owner(high: owner, low: UInt64(number)), lease: .seconds(3600))
        return Exchange(id, expecting: .vacant, next: draft)
    }

    /// The completion, kept for a day; its outcome tells the key.
    package func completion(of record: Record) -> Exchange {
        Exchange(
            id, expecting: .running(record.owner),
            next: Draft(record, state: .completed(Outcome(.success, outcome), retention: .seconds(86_400))))
    }

    /// 200 bytes, as an answer of a small service has them.
    package var outcome: [UInt8] {
        let text = Array("outcome of \(number) ".utf8)
        return (0..<200).map { text[$0 % text.count] }
    }
}

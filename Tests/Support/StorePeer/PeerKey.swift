import Idempotency

/// A key by number, and what a peer does with it.
struct PeerKey {
    let number: Int

    init(_ number: Int) {
        self.number = number
    }

    var id: RecordID { RecordID(Digest(UInt64(number) &* 0x9E37_79B9_7F4A_7C15, UInt64(number), 0, 0)) }

    /// The claim, for an hour.
    func claim(owner: UInt64) -> Exchange {
        let fingerprint = Fingerprint(algorithm: 1, digest: Digest(0, 0, 0, 1))
        let draft = Draft(
            claiming: fingerprint, owner: Owner(high: owner, low: UInt64(number)), lease: .seconds(3600))
        return Exchange(id, expecting: .vacant, next: draft)
    }

    /// The completion, kept for a day; its outcome tells the key.
    func completion(of record: Record) -> Exchange {
        Exchange(
            id, expecting: .running(record.owner),
            next: Draft(record, state: .completed(Outcome(.success, outcome), retention: .seconds(86_400))))
    }

    /// 200 bytes, as an answer of a small service has them.
    var outcome: [UInt8] {
        let text = Array("outcome of \(number) ".utf8)
        return (0..<200).map { text[$0 % text.count] }
    }
}

package import Idempotency

extension RecordID {
    /// An id for a test; ids of the same prefix collide in the index.
    package static func test(_ number: Int, prefix: UInt64? = nil) -> RecordID {
        let word = UInt64(number)
        return RecordID(Digest(prefix ?? word &* 0x9E37_79B9_7F4A_7C15, word, ~word, 7))
    }
}

extension Owner {
    package static func test(_ number: Int) -> Owner { Owner(high: UInt64(number), low: ~UInt64(number)) }
}

extension Fingerprint {
    package static func test(_ number: Int) -> Fingerprint {
        Fingerprint(algorithm: 1, digest: Digest(1, 2, 3, UInt64(number)))
    }
}

extension Exchange {
    /// The claim of a vacant key.
    package static func claim(_ id: RecordID, _ owner: Owner, lease: Duration = .seconds(30)) -> Exchange {
        Exchange(id, expecting: .vacant, next: Draft(claiming: .test(1), owner: owner, lease: lease))
    }

    /// The completion of a running record.
    package static func complete(
        _ id: RecordID, _ record: Record, _ bytes: [UInt8] = [1, 2, 3], retention: Duration = .seconds(3600)
    ) -> Exchange {
        Exchange(
            id, expecting: .running(record.owner),
            next: Draft(record, state: .completed(Outcome(.success, bytes), retention: retention)))
    }
}

extension ExchangeReply {
    /// Whether the write happened.
    package var isStored: Bool { if case .stored = self { true } else { false } }
}

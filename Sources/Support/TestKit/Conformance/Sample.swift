import Idempotency

/// The makings of records in checks.
enum Sample {
    static let lease = Duration.seconds(30)
    static let retention = Duration.seconds(86_400)
    static let label = Label(key: "order-4711", scope: "tenant-1", operation: "POST /payments")

    static func id(_ number: UInt64, _ family: UInt64 = 0) -> RecordID {
        // Spread like the real ones, which are SHA-256: the first word alone tells most apart.
        RecordID(Digest(number &* 0x9E37_79B9_7F4A_7C15 ^ family, number, family, ~number))
    }

    static func owner(_ number: UInt64) -> Owner {
        Owner(high: number &* 0xBF58_476D_1CE4_E5B9 ^ 0x0A11_CE00, low: number)
    }

    static func fingerprint(_ number: UInt64 = 1) -> Fingerprint {
        Fingerprint(algorithm: 1, digest: Digest(number, 2, 3, 4))
    }

    static func claim(_ owner: Owner, lease: Duration = lease, label: Label = label) -> Draft {
        Draft(claiming: fingerprint(), owner: owner, lease: lease, label: label)
    }

    static func completed(_ bytes: [UInt8] = [1, 2, 3], retention: Duration = retention) -> Draft.State {
        .completed(Outcome(.success, bytes), retention: retention)
    }
}

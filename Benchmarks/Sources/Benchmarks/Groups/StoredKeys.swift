import Idempotency

/// The keys that fill a store: numbered, so that any of them can be asked for again.
///
/// `count` of them stay for a day. A twentieth as many more expire over the ten minutes after they were written, so
/// that sweeping finds old records among the others all the time.
struct StoredKeys: Sendable {
    let count: Int

    private static let scope: Scope = "stored"
    /// Over how many milliseconds the expiry of those that do not stay is spread.
    private static let spread: UInt64 = 600_000

    /// How many are written altogether.
    var total: Int { count + count / 20 }

    /// Under what a key is stored.
    func id(_ number: Int) throws -> RecordID {
        RecordID(scope: Self.scope, key: try IdempotencyKey(Self.key(number)))
    }

    /// Writes the record of a key as its completion leaves it.
    ///
    /// One write instead of claim and completion: the same record, in half the time.
    func completion(_ number: Int, _ id: RecordID) -> Exchange {
        var draft = Self.claim(number)
        let retention: Duration =
            number < count ? .seconds(86_400) : .milliseconds(Int64(Self.scattered(number) % Self.spread))
        draft.state = .completed(Self.outcome(number), retention: retention)
        return Exchange(id, expecting: .vacant, next: draft)
    }

    /// Asks for one of those that stay, far from the one that was asked for before, as a retry does.
    func replay(scattered number: Int, in store: any RecordStore) async throws {
        let scattered = Int(Self.scattered(number) % UInt64(count))
        let reply = try await store.exchange(
            Exchange(try id(scattered), expecting: .vacant, next: Self.claim(scattered)))
        guard case .conflict(let record?, _) = reply, case .completed(let outcome, _, _) = record.state,
            outcome == Self.outcome(scattered)
        else { throw BenchmarkError("stored key \(scattered) does not give its outcome") }
    }

    private static func key(_ number: Int) -> String { "order-\(number)-payment" }

    /// What claims it: with a label and an owner of its own.
    static func claim(_ number: Int) -> Draft {
        var random = SystemRandomNumberGenerator()
        let word = scattered(number)
        return Draft(
            claiming: Fingerprint(algorithm: 1, digest: Digest(word, ~word, word &* 3, word &* 5)),
            owner: .random(using: &random), lease: .seconds(30),
            label: Label(key: key(number), scope: "stored", operation: "POST /payments"))
    }

    /// An answer of 200 bytes, most of which no compression shortens.
    private static func outcome(_ number: Int) -> Outcome {
        var text = #"{"id":"pay_\#(number)","status":"succeeded","receipt":""#
        var word = UInt64(truncatingIfNeeded: number)
        while text.utf8.count < 196 {
            word = scrambled(word)
            text += String(word, radix: 36)
        }
        return Outcome(.success, Array(text.utf8.prefix(198)) + Array("\"}".utf8))
    }

    /// A number that looks random: consecutive ones land all over the store.
    private static func scattered(_ number: Int) -> UInt64 {
        scrambled(UInt64(truncatingIfNeeded: number)) >> 16
    }

    /// SplitMix64.
    private static func scrambled(_ word: UInt64) -> UInt64 {
        var mixed = word &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

import Crypto

/// The secret that opens the keys API. Only its digest is kept, and digests are compared in constant time.
public struct AdminToken: Hashable, Sendable {
    /// The fewest characters that a given token must have: shorter ones can be guessed.
    public static let minimumLength = 16

    private let digest: SHA256Digest

    /// A token that was given; `nil` when it is too short or has something that no header can carry.
    public init?(_ text: String) {
        guard text.utf8.count >= Self.minimumLength, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        digest = SHA256.hash(data: Array(text.utf8))
    }

    /// A new token of 32 random bytes, and its text, which is told once.
    public static func random() -> (token: AdminToken, text: String) {
        var generator = SystemRandomNumberGenerator()
        let text = (0..<4).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
        return (AdminToken(digest: SHA256.hash(data: Array(text.utf8))), text)
    }

    private init(digest: SHA256Digest) {
        self.digest = digest
    }

    /// Whether an `Authorization` header carries it (RFC 6750 section 2.1).
    func isCarried(by authorization: String?) -> Bool {
        guard let authorization else { return false }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return false }
        return SHA256.hash(data: Array(parts[1].utf8)) == digest
    }
}

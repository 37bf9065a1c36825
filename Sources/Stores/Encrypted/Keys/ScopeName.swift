import Idempotency

/// What stands in a record for the name of a scope: 128 bits that only the holder of the keys can make from the name.
struct ScopeName: Hashable, Sendable {
    let bytes: [UInt8]

    /// The leaf of the tree of secrets.
    var leaf: UInt64 { bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }

    /// The text that stands in the record.
    var text: String { Pseudonym.text(bytes) }

    init(_ name: String, names: KeyedHash) {
        bytes = Pseudonym.bytes("scope", name, names)
    }

    /// Reads the text back; `nil` if it is none.
    init?(text: String) {
        guard let bytes = Pseudonym.bytes(of: text) else { return nil }
        self.bytes = bytes
    }
}

/// Texts that stand for names: equal for equal names, so that records can be found and counted by them.
enum Pseudonym {
    private static let mark: Character = "~"
    private static let size = 16

    /// HMAC-SHA-256, cut to 128 bits.
    static func bytes(_ kind: String, _ name: String, _ names: KeyedHash) -> [UInt8] {
        Digest(hash: names.code(of: kind.utf8 + [0] + name.utf8)).bytes.dropLast(32 - size)
    }

    static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(mark)
            + String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    static func bytes(of text: String) -> [UInt8]? {
        guard text.first == mark, text.utf8.count == 1 + 2 * size else { return nil }
        var rest = text.dropFirst()
        var bytes: [UInt8] = []
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return bytes
    }

    /// What stands in a record for its key; nothing for no key.
    static func key(_ key: String, _ names: KeyedHash) -> String {
        key.isEmpty ? "" : text(bytes("key", key, names))
    }
}

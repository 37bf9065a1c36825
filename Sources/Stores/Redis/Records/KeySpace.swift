import Idempotency
import NIOCore

/// The names of the keys in the server: a prefix, a colon, and the record id in hexadecimal digits.
struct KeySpace: Hashable, Sendable {
    /// What all keys of a store begin with.
    let prefix: String
    private let start: [UInt8]

    /// The size of every key of a record.
    let keySize: Int

    init(prefix: String) {
        self.prefix = prefix
        start = Array(prefix.utf8) + [UInt8(ascii: ":")]
        keySize = start.count + 64
    }

    /// What a scan asks for: all keys of the store, the markers included.
    var pattern: String {
        let special: Set<Character> = ["*", "?", "[", "]", "\\", "^"]
        return prefix.map { special.contains($0) ? "\\\($0)" : String($0) }.joined() + ":*"
    }

    /// The key of what is remembered of the server itself; `tag` puts it into a slot of a cluster.
    func marker(tag: String? = nil) -> String {
        tag.map { "\(prefix):server:{\($0)}" } ?? "\(prefix):server"
    }

    /// The key of a record.
    func key(_ id: RecordID) -> String {
        "\(prefix):\(id)"
    }

    /// The record that a key belongs to, or `nil` if it belongs to none of this store.
    func id(_ key: ByteBuffer) -> RecordID? {
        let view = key.readableBytesView
        guard view.count == keySize, view.starts(with: start),
            let text = String(validating: view.dropFirst(start.count), as: UTF8.self), text == text.lowercased()
        else { return nil }
        return Digest(hexadecimal: text).map(RecordID.init)
    }

    /// Writes the key of a record as an argument of a command.
    func write(_ id: RecordID, into buffer: inout ByteBuffer) {
        buffer.writeRESP(argumentOf: keySize) { buffer in
            buffer.writeBytes(start)
            let words = id.digest.words
            for word in [words.0, words.1, words.2, words.3] { Self.write(word, into: &buffer) }
        }
    }

    private static func write(_ word: UInt64, into buffer: inout ByteBuffer) {
        // Two integers of eight digits each, without a string in between.
        for half in [UInt32(word >> 32), UInt32(truncatingIfNeeded: word)] {
            var digits: UInt64 = 0
            for shift in stride(from: 28, through: 0, by: -4) {
                let nibble = UInt64(half >> UInt32(shift)) & 15
                digits = digits << 8 | (nibble < 10 ? 0x30 + nibble : 0x57 + nibble)
            }
            buffer.writeInteger(digits)
        }
    }
}

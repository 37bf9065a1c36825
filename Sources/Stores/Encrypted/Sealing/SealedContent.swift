import Idempotency

/// What is encrypted of every record besides its outcome: what was asked, what operators recognise it by, and its
/// recovery point.
///
///     0  algorithm of the fingerprint
///     1  fingerprint (32)
///    33  lengths of key, scope and operation (4 each), then the three; the rest is the checkpoint
struct SealedContent: Hashable {
    var fingerprint: Fingerprint
    var label: Label
    var checkpoint: [UInt8]

    init(fingerprint: Fingerprint, label: Label, checkpoint: [UInt8]) {
        self.fingerprint = fingerprint
        self.label = label
        self.checkpoint = checkpoint
    }

    var encoded: [UInt8] {
        var bytes: [UInt8] = [fingerprint.algorithm]
        bytes += fingerprint.digest.bytes
        let texts = [label.key, label.scope, label.operation]
        for text in texts { bytes.append(UInt32(clamping: text.utf8.count)) }
        for text in texts { bytes += text.utf8 }
        bytes += checkpoint
        return bytes
    }

    /// Reads what `encoded` made; `nil` for anything else.
    init?(decoding bytes: [UInt8]) {
        guard bytes.count >= 45, let digest = Digest(bytes: bytes[1..<33]) else { return nil }
        var position = 45
        var texts: [String] = []
        for index in 0..<3 {
            let length = Int(bytes[(33 + 4 * index)...].prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
            guard length <= bytes.count - position,
                let text = String(validating: bytes[position..<position + length], as: UTF8.self)
            else { return nil }
            texts.append(text)
            position += length
        }
        fingerprint = Fingerprint(algorithm: bytes[0], digest: digest)
        label = Label(key: texts[0], scope: texts[1], operation: texts[2])
        checkpoint = Array(bytes[position...])
    }
}

extension [UInt8] {
    /// Appends a number, most significant byte first.
    mutating func append(_ number: some FixedWidthInteger & UnsignedInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }
}

import Crypto

/// One try at an operation, as the operation sees it.
public struct Attempt: Sendable {
    /// Which key, as stores and logs know it.
    public let id: RecordID
    /// The fence: pass it on, so that the systems behind can refuse an attempt that was overtaken.
    public let fence: Fence
    /// Which try it is since the key was vacant; 1 for the first.
    public let number: Int
    /// The recovery point that the attempt before has saved, or empty.
    public let checkpoint: [UInt8]

    let saving: @Sendable ([UInt8]) async -> Bool

    init(_ id: RecordID, _ record: Record, saving: @escaping @Sendable ([UInt8]) async -> Bool) {
        self.id = id
        fence = record.fence
        number = Int(record.attempt)
        checkpoint = record.checkpoint
        self.saving = saving
    }

    /// A key for a system that this operation calls: the same in every attempt under the same key, another for every
    /// name, so that idempotency goes on downstream.
    ///
    /// - Parameter name: Which call it is for: `"stripe"`, `"email-receipt"`.
    /// - Returns: A UUID (version 8, RFC 9562) in its usual text form.
    public func derivedKey(_ name: String) -> String {
        DerivedKey.make(id, name: name)
    }

    /// Saves a recovery point: it is given to the attempt that takes over. Returns when it is durable.
    ///
    /// - Parameter bytes: What to save; replaces what was saved before.
    /// - Throws: `OnceError` with code `superseded` when this attempt has lost its lease; the operation should stop.
    public func save(checkpoint bytes: [UInt8]) async throws {
        guard await saving(bytes) else { throw OnceError.superseded }
    }
}

/// Names for calls downstream, computed from nothing but the record id.
package enum DerivedKey {
    /// A UUID of version 8 over id and name.
    package static func make(_ id: RecordID, name: String) -> String {
        var bytes = Array("derived-key/1".utf8)
        bytes.append(contentsOf: id.digest.bytes)
        bytes.append(contentsOf: name.utf8)
        var uuid = Array(SHA256.hash(data: bytes).prefix(16))
        uuid[6] = uuid[6] & 0x0F | 0x80
        uuid[8] = uuid[8] & 0x3F | 0x80
        let digits = uuid.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        let groups = [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }
        return groups.joined(separator: "-")
    }
}

import Idempotency

/// How a record is written into the value of its key and read back. Whatever is not exactly as expected is refused,
/// never guessed at.
///
/// Numbers lie with their least significant byte first. The version stands in front, so that every later version can be
/// told from this one; the checksum at the end covers all before it, and the first 64 bits of the record's id, so that
/// a value under a wrong key is found out.
///
///     0  version            8  renewals           32  fingerprint (32)     96  moment: end of the lease, or since when
///     1  state             12  length of key      64  owner (16)          104  end of the lease on the boot clock, or
///     2  detail            16  … of scope         80  fence                    when it expires, or 0
///     3  algorithm         20  … of operation     88  created             112  running only: instance and boot (16)
///     4  attempt           24  … of checkpoint                              …  key, scope, operation, checkpoint,
///                          28  … of outcome                                    outcome, checksum (8)
enum RecordCoding {
    /// The version that this code writes, and the only one that it reads.
    static let version: UInt8 = 1

    static let fixedSize = 112
    static let holderSize = 16
    static let checksumSize = 8

    enum Offset {
        static let state = 1, detail = 2, algorithm = 3, attempt = 4, renewals = 8, lengths = 12, fingerprint = 32
        static let owner = 64, fence = 80, created = 88, moment = 96, second = 104
    }

    enum StateNumber {
        static let running: UInt8 = 0
        static let completed: UInt8 = 1
        static let inDoubt: UInt8 = 2
    }

    /// A value that cannot be understood, and the part that does not fit.
    struct Damage: Error, Hashable {
        let part: String
    }

    /// Whether a value is a completed record that expired at `horizon` or before, and is whole: only such a one may be
    /// removed. Cheap for all that has not expired.
    static func hasExpired(_ value: UnsafeRawBufferPointer, id: RecordID, by horizon: Timestamp) -> Bool {
        guard value.count >= fixedSize + checksumSize, value[0] == version,
            value[Offset.state] == StateNumber.completed,
            Int64(bitPattern: value.word(Offset.second)) <= horizon.microseconds
        else { return false }
        return (try? decode(value, id: id)) != nil
    }
}

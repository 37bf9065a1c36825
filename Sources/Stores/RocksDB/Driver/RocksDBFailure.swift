import CRocksDB
import Idempotency

/// What RocksDB says when something went wrong: a text whose beginning tells the kind.
struct RocksDBFailure: Error, CustomStringConvertible {
    /// What kind of failure it is.
    enum Kind: Hashable {
        /// The disk is full.
        case noSpace
        /// Files are damaged or missing.
        case corruption
        /// The database is not as the options say.
        case invalidArgument
        /// Files cannot be opened or written for lack of rights.
        case permission
        /// Another process has the database open.
        case locked
        /// Anything else: the disk failed, most likely.
        case other
    }

    /// What RocksDB says; may name files, never values.
    let message: String

    /// The failure of a call that gave this text.
    init(_ message: String) {
        self.message = message
    }

    /// Takes the text that a call has left behind, and frees it.
    init(taking text: UnsafeMutablePointer<CChar>) {
        message = String(cString: text)
        rocksdb_free(text)
    }

    /// What kind of failure it is, by the words that `Status::ToString` begins with.
    var kind: Kind {
        if message.hasPrefix("IO error: No space left on device") { return .noSpace }
        if message.hasPrefix("Corruption") || message.contains("No such file or directory") { return .corruption }
        if message.hasPrefix("Invalid argument") { return .invalidArgument }
        if message.contains("Permission denied") || message.contains("Read-only file system") { return .permission }
        if message.hasPrefix("IO error: lock") || message.contains("While lock file") { return .locked }
        return .other
    }

    var description: String { message }

    /// The failure as the callers of a store see it.
    func storeError(_ effect: StoreError.Effect) -> StoreError {
        let (code, message): (StoreError.Code, String) =
            switch kind {
            case .noSpace:
                (.full, "The disk that holds the RocksDB store is full; free some space, then retry with the same key.")
            case .corruption:
                (.corrupt, "The RocksDB store is damaged; restore it from a backup.")
            case .invalidArgument:
                (.misuse, "The files of the RocksDB store are not as this version needs them.")
            case .permission:
                (.misuse, "The RocksDB store cannot be written; look at the permissions of its directory.")
            case .other, .locked:
                (.unavailable, "The disk that holds the RocksDB store failed; look at the system's log.")
            }
        return StoreError(code, message, effect: effect, cause: self)
    }

    /// Calls a function of RocksDB that leaves a text behind when it fails.
    static func check<Result>(
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) throws(RocksDBFailure) -> Result {
        var text: UnsafeMutablePointer<CChar>?
        let result = body(&text)
        if let text { throw RocksDBFailure(taking: text) }
        return result
    }
}

extension RecordCoding.Damage {
    /// The damage as the callers of a store see it: the record is refused, nothing runs.
    var error: StoreError {
        StoreError(
            .corrupt,
            "A record of the RocksDB store cannot be understood (\(part)): it is damaged, or a newer version wrote it. "
                + "Nothing is run for this key; upgrade this program, or restore the store from a backup.",
            effect: .notApplied, cause: self)
    }
}

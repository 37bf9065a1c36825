import GRDBSQLite
import Idempotency

/// A result code of SQLite that means that something went wrong.
struct SQLiteFailure: Error, CustomStringConvertible {
    /// The extended result code.
    let code: Int32
    /// What SQLite says about it; may name tables and columns, never values.
    let message: String

    /// The failure that a connection has just had.
    init(_ code: Int32, on connection: OpaquePointer?) {
        let extended = connection.map { sqlite3_extended_errcode($0) } ?? code
        self.code = extended & 0xFF == code & 0xFF ? extended : code
        message = connection.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? "no memory"
    }

    /// The code for whatever has none.
    static let misuse = SQLITE_MISUSE

    /// The result code without its extension.
    var primaryCode: Int32 { code & 0xFF }

    var description: String { "SQLite \(code): \(message)" }

    /// Whether the failure concerns one row alone: the transaction goes on without it.
    var concernsRowOnly: Bool {
        primaryCode == SQLITE_TOOBIG || primaryCode == SQLITE_CONSTRAINT || primaryCode == SQLITE_MISMATCH
    }

    /// The failure as the callers of a store see it.
    func storeError(_ effect: StoreError.Effect) -> StoreError {
        let (code, message): (StoreError.Code, String) =
            switch primaryCode {
            case SQLITE_FULL:
                (.full, "The disk that holds the SQLite store is full; free some space, then retry with the same key.")
            case SQLITE_TOOBIG:
                (.tooLarge, "The record is larger than SQLite can hold.")
            case SQLITE_CORRUPT, SQLITE_NOTADB:
                (.corrupt, "The SQLite store is damaged; restore it or check it with `PRAGMA integrity_check`.")
            case SQLITE_BUSY, SQLITE_LOCKED:
                (.unavailable, "Another process kept the SQLite store locked for too long; retry with the same key.")
            case SQLITE_IOERR:
                (.unavailable, "The disk that holds the SQLite store failed; look at the system's log.")
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN, SQLITE_AUTH:
                (.misuse, "The SQLite store cannot be written; look at the permissions of the file and its directory.")
            case SQLITE_SCHEMA, SQLITE_ERROR, SQLITE_CONSTRAINT, SQLITE_MISMATCH:
                (.misuse, "The tables of the SQLite store are not as this version needs them.")
            default:
                (.unavailable, "SQLite could not carry out the write.")
            }
        return StoreError(code, message, effect: effect, cause: self)
    }
}

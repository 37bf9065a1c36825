import GRDB
import GRDBSQLite
import Idempotency
import Logging

/// Keeps the write-ahead log short.
///
/// The log is copied into the database after the callers of a batch have their answers, so that nobody waits for it who
/// was served already; and it is cut to nothing in a pause. A reader that keeps an old state open holds a copy up,
/// never the writing: the log then grows until the reader is done, and what was left is copied the next time.
struct WriteAheadLog {
    /// What SQLite tells after each commit.
    private final class Length {
        var pages = 0
    }

    private let length = Length()
    private let threshold: Int
    private var nextCopy: Int
    private var nextWarning: Int
    /// How long the log was when a write found no space, until it is copied.
    private var pagesWhenFull: Int?

    /// How long the log is.
    var pages: Int { length.pages }

    /// Copies after `threshold` pages.
    init(threshold: Int) {
        self.threshold = max(threshold, 1)
        nextCopy = self.threshold
        nextWarning = self.threshold * 16
    }

    /// Lets SQLite report the length of the log instead of copying it within commits.
    func attach(to connection: OpaquePointer) {
        // The hook's argument outlives it: the log belongs to the worker, which closes the connection before it goes.
        sqlite3_wal_hook(
            connection,
            { argument, _, _, pages in
                guard let argument else { return SQLITE_OK }
                Unmanaged<Length>.fromOpaque(argument).takeUnretainedValue().pages = Int(pages)
                return SQLITE_OK
            }, Unmanaged.passUnretained(length).toOpaque())
    }

    /// Notes that a write found no space.
    ///
    /// The log is then copied as soon as a write succeeds again, however short it is: its space is used again, and what
    /// was freed is not taken by a log that grows.
    mutating func diskWasFull() {
        pagesWhenFull = length.pages
    }

    /// Copies the log when it is long; does not wait for readers.
    mutating func copyIfLong(_ database: DatabaseQueue, context: StoreContext) {
        let hasSpaceAgain = pagesWhenFull.map { length.pages != $0 } ?? false
        guard length.pages >= nextCopy || hasSpaceAgain else { return }
        let (pages, copied) = checkpoint(database, SQLITE_CHECKPOINT_PASSIVE, context: context)
        context.statistics.count(checkpointLeaving: pages)
        if copied == pages {
            pagesWhenFull = nil
            nextCopy = threshold
            nextWarning = threshold * 16
            return
        }
        if hasSpaceAgain { pagesWhenFull = length.pages }
        nextCopy = length.pages + threshold
        if pages >= nextWarning {
            nextWarning = pages * 2
            context.logger.warning(
                "A reader keeps the write-ahead log of the SQLite store from being copied, so that it grows",
                metadata: ["idempotency.log_pages": "\(pages)", "idempotency.log_pages_copied": "\(copied)"])
        }
    }

    /// Copies the log and cuts it to nothing, unless somebody is at it just now.
    mutating func empty(_ database: DatabaseQueue, context: StoreContext) {
        guard length.pages > 0 else { return }
        let (pages, copied) = context.patience.without {
            checkpoint(database, SQLITE_CHECKPOINT_TRUNCATE, context: context)
        }
        guard pages == copied else { return }
        length.pages = 0
        pagesWhenFull = nil
        nextCopy = threshold
        context.statistics.count(checkpointLeaving: 0)
    }

    /// Copies what can be copied; how long the log is and how much of it is copied.
    private func checkpoint(_ database: DatabaseQueue, _ mode: Int32, context: StoreContext) -> (Int, Int) {
        var pages: Int32 = -1
        var copied: Int32 = -2
        let code = database.writeWithoutTransaction { db in
            sqlite3_wal_checkpoint_v2(db.sqliteConnection, nil, mode, &pages, &copied)
        }
        if code != SQLITE_OK, code & 0xFF != SQLITE_BUSY {
            context.logger.error(
                "The write-ahead log of the SQLite store could not be copied; it is tried again",
                metadata: ["idempotency.error": "SQLite \(code)"])
        }
        return code == SQLITE_OK ? (Int(pages), Int(copied)) : (max(Int(pages), length.pages), -1)
    }
}

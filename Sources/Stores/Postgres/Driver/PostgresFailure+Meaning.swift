import Idempotency

extension PostgresFailure {
    /// What to do about a transaction that failed.
    enum Meaning: Hashable {
        /// Send it again, over the same connection: it lost a race.
        case again
        /// One exchange may be the cause: send them one by one; the one that fails again is refused.
        case isolate
        /// Connect anew, then send it again.
        case reconnect
        /// Nobody answered in time; give up.
        case tooLate
        /// It will fail every time.
        case refuse
    }

    /// What to do, by the code that the server gave (PostgreSQL, appendix A).
    var meaning: Meaning {
        guard let sqlState else { return kind == .timedOut ? .tooLate : .reconnect }
        switch sqlState {
        // Nobody knows what became of it: so it is read back over another session.
        case "40003": return .reconnect
        // A statement that somebody discarded, a transaction that had failed before, and a write that was held up until
        // its stamps were stale.
        case "26000", "25P02", "25P01", "22012": return .again
        // The session is another one than that which was set up.
        case "22P02": return .refuse
        // The server shuts down, starts up, takes writes or sessions no more, or has ended this session; or the tables
        // have changed since the session prepared its statements.
        case "57P01", "57P02", "57P03", "57P04", "57P05", "25006", "25P03", "25P04", "53300", "0A000":
            return .reconnect
        default: break
        }
        switch sqlState.prefix(2) {
        case "08": return .reconnect
        // Serialisation, deadlock.
        case "40": return .again
        // Tables or rights that are not as they should be: the same for every record.
        case "42", "3D", "3F", "28": return .refuse
        // A lock that somebody keeps, a statement that took too long or was cancelled; no space, no memory, no locks
        // left; values that the server does not take; limits; damage; a failing disk; whatever a trigger raises.
        default: return .isolate
        }
    }

    /// Whether the transaction may have been carried out although it failed like this.
    ///
    /// When the server refused a statement, nothing behind it was carried out. When it refused the commit itself and
    /// goes on, it has rolled back; when it ended the session with that, or nothing was heard at all, nobody knows. Nor
    /// does anybody when the server says so (40003), or when a pooler ended the connection: it has lost its own to the
    /// server (class 08), or patience, and speaks in the server's place.
    ///
    /// - Parameters:
    ///   - reachesCommit: Whether all that came before the commit was carried out.
    ///   - endsSession: Whether the session was over after that.
    ///   - isPooled: Whether a pooler stands in between.
    func mayBeApplied(reachesCommit: Bool, endsSession: Bool, isPooled: Bool) -> Bool {
        guard kind == .refused, let sqlState, sqlState != "40003", !sqlState.hasPrefix("08") else { return true }
        return endsSession && (reachesCommit || isPooled)
    }

    /// The failure as the callers of a store see it.
    func storeError(_ effect: StoreError.Effect) -> StoreError {
        let (code, message) = explanation
        return StoreError(code, message, effect: effect, cause: self)
    }

    private var explanation: (StoreError.Code, String) {
        switch (sqlState ?? "", (sqlState ?? "").prefix(2)) {
        case ("53100", _): (.full, "The disk of the PostgreSQL server is full; free some space, then retry.")
        case ("53200", _):
            (
                .full,
                "The PostgreSQL server has no memory or no locks left (max_locks_per_transaction); retry with the same "
                    + "key."
            )
        case ("22P02", _), ("26000", _), ("42P05", _):
            (
                .misuse,
                "Something between this program and the PostgreSQL server exchanges its sessions. Use session pooling, "
                    + "or say pooling=transaction."
            )
        case ("22012", _):
            (.unavailable, "The PostgreSQL server held the write up again and again; retry with the same key.")
        case (_, "40"):
            (.unavailable, "The transaction lost a race in PostgreSQL again and again; retry with the same key.")
        case ("53300", _): (.unavailable, "The PostgreSQL server takes no more connections; retry with the same key.")
        case ("55P03", _): (.unavailable, "Another transaction holds this key for too long; retry with the same key.")
        case ("57014", _): (.unavailable, "The PostgreSQL server cancelled a statement; retry with the same key.")
        case ("25006", _): (.unavailable, "The PostgreSQL server has become read-only; retry with the same key.")
        case (_, "54"): (.tooLarge, "The record is larger than PostgreSQL can hold.")
        case ("XX001", _), ("XX002", _): (.corrupt, "The PostgreSQL store is damaged; look at the server's log.")
        case (_, "58"): (.unavailable, "The disk of the PostgreSQL server failed; look at the server's log.")
        case (_, "42"), (_, "22"), (_, "23"), (_, "3D"), (_, "3F"):
            (.misuse, "The tables of the PostgreSQL store are not as this version needs them, or may not be used.")
        case (_, "28"): (.misuse, "The PostgreSQL server does not let this user in.")
        default:
            switch kind {
            case .connecting: (.unavailable, "The PostgreSQL server cannot be reached; retry with the same key.")
            case .timedOut: (.unavailable, "The PostgreSQL server did not answer in time; retry with the same key.")
            case .lost: (.unavailable, "The connection to the PostgreSQL server broke; retry with the same key.")
            case .refused: (.unavailable, "The PostgreSQL server refused a statement; retry with the same key.")
            }
        }
    }
}

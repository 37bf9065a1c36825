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
        // Serialisation, deadlock, a statement that somebody discarded, a transaction that had failed before, and a
        // write that was held up until its stamps were stale.
        case "40001", "40P01", "40003", "26000", "25P02", "25P01", "22012": return .again
        // A lock that somebody keeps, a statement that took too long or was cancelled.
        case "55P03", "57014": return .isolate
        // The session is another one than that which was set up.
        case "22P02": return .refuse
        // The server shuts down, starts up, has become a standby, or has ended this session.
        case "57P01", "57P02", "57P03", "57P04", "57P05", "25006", "25P03", "25P04": return .reconnect
        default: break
        }
        switch sqlState.prefix(2) {
        case "08": return .reconnect
        // No space, no memory, no locks left; values that the server does not take; limits; damage; a failing disk.
        case "53", "22", "23", "54", "XX", "58": return .isolate
        default: return .refuse
        }
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

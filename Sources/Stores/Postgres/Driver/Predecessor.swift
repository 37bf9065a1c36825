import Idempotency

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A session whose connection broke while it had a transaction in hand.
///
/// The server carries out what had reached it, also after the connection is gone. Only when the session has ended is
/// what can be read the last word. A pooler gives the session to somebody else instead of ending it, and takes its
/// locks away before.
struct Predecessor {
    private let session: Connection.Session

    init(_ connection: Connection) {
        session = connection.session
    }

    /// Waits until the session has ended; whether it has.
    func isGone(seenFrom connection: Connection, until deadline: ContinuousClock.Instant) throws(StoreError) -> Bool {
        // Sessions do not outlive their server.
        guard connection.session.serverStart == session.serverStart else { return true }
        let mark: Int64
        switch session.path {
        case .direct: mark = 0
        case .pooled(let number): mark = number
        // Nobody knows which session it was.
        case .exchanged: return false
        }
        var parameters = Parameters()
        parameters.int8(session.process)
        parameters.text(session.begin)
        parameters.int8(mark)
        let statement = Statement(
            "once_gone",
            """
            SELECT NOT EXISTS (
                SELECT FROM pg_stat_activity WHERE pid = $1::bigint AND backend_start::text = $2::text
                    AND ($3::bigint = 0 OR EXISTS (
                        SELECT FROM pg_locks WHERE pid = $1::bigint AND locktype = 'advisory' AND objsubid = 1
                            AND classid::bigint << 32 | objid::bigint = $3::bigint)))
            """,
            parameters)
        while true {
            do {
                if try connection.run(statement, until: deadline).boolean(0, 0) == true { return true }
            } catch {
                throw error.storeError(.notApplied)
            }
            guard ContinuousClock.now < deadline else { return false }
            usleep(2000)
        }
    }
}

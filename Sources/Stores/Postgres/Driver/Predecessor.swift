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
/// what can be read the last word.
struct Predecessor {
    private let process: Int64
    private let session: Connection.Session

    init(_ connection: Connection) {
        process = Int64(connection.process)
        session = connection.session
    }

    /// Waits until the session has ended; whether it has.
    func isGone(seenFrom connection: Connection, until deadline: ContinuousClock.Instant) throws(StoreError) -> Bool {
        // Sessions do not outlive their server.
        guard connection.session.serverStart == session.serverStart else { return true }
        var parameters = Parameters()
        parameters.int8(process)
        parameters.text(session.begin)
        let statement = Statement(
            "once_gone",
            """
            SELECT NOT EXISTS (
                SELECT FROM pg_stat_activity WHERE pid = $1::bigint AND backend_start::text = $2::text)
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

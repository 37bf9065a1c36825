import IdempotencyEmbedded

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The locks that tell which instances live: one file beside the database, one byte of it per instance.
///
/// An instance locks its byte when it opens the store and keeps it until it closes the store or its process ends, in
/// whatever way: the operating system then frees the byte. So a free byte proves that the instance is gone, and no
/// process number or heartbeat can lie about it. The locks belong to the open file (`F_OFD_SETLK`), not to the process:
/// two stores in one process are two instances, and closing one file frees nothing of another.
final class InstanceLock: Sendable {
    /// What tells this file from another one under the same name.
    let file: UInt64

    private let locks: OpenFileLock

    /// Opens the file of locks beside the database, and makes it where it is missing.
    init(beside database: String) throws(SystemFailure) {
        locks = try OpenFileLock(database + ".locks")
        var status = stat()
        guard fstat(locks.descriptor, &status) == 0 else { throw SystemFailure("fstat", locks.path) }
        file = UInt64(status.st_ino)
    }

    /// Takes the lock of an instance, until it is given up or this object goes. Instances are numbered from 1.
    func take(_ instance: Int64) throws(SystemFailure) {
        guard locks.lock(at: instance) else { throw SystemFailure("lock", locks.path) }
    }

    /// Gives the lock of an instance up: from now on it counts as gone.
    func giveUp(_ instance: Int64) {
        locks.unlock(at: instance)
    }

    /// Whether the instance is provably gone: its byte is free, and it is the very file that it locked.
    ///
    /// Anything that cannot be told (the file was replaced, the call failed) counts as alive; the lease then decides.
    func isFree(_ instance: Int64, in file: UInt64) -> Bool {
        file == self.file && locks.isFree(at: instance)
    }

    /// Runs `body` while no other process does, so that only one at a time opens or alters the store.
    ///
    /// - Parameter limit: How long to wait for the others, in milliseconds.
    func alone<Result>(within limit: Int, _ body: () throws -> Result) throws -> Result {
        var waited = 0
        while !locks.lock(at: 0) {
            guard errno == EAGAIN || errno == EACCES || errno == EINTR else { throw SystemFailure("lock", locks.path) }
            guard waited < limit else { throw SystemFailure("lock", locks.path, ETIMEDOUT) }
            usleep(2000)
            waited += 2
        }
        defer { locks.unlock(at: 0) }
        return try body()
    }
}

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

    private let descriptor: Int32
    private let path: String

    /// Opens the file of locks beside the database, and makes it where it is missing.
    init(beside database: String) throws(SystemFailure) {
        path = database + ".locks"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemFailure("open", path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let failure = SystemFailure("fstat", path)
            close(descriptor)
            throw failure
        }
        file = UInt64(status.st_ino)
    }

    deinit {
        close(descriptor)
    }

    /// Takes the lock of an instance, until it is given up or this object goes. Instances are numbered from 1.
    func take(_ instance: Int64) throws(SystemFailure) {
        guard set(F_WRLCK, at: instance) else { throw SystemFailure("lock", path) }
    }

    /// Gives the lock of an instance up: from now on it counts as gone.
    func giveUp(_ instance: Int64) {
        _ = set(F_UNLCK, at: instance)
    }

    /// Whether the instance is provably gone: its byte is free, and it is the very file that it locked.
    ///
    /// Anything that cannot be told (the file was replaced, the call failed) counts as alive; the lease then decides.
    func isFree(_ instance: Int64, in file: UInt64) -> Bool {
        guard file == self.file else { return false }
        var range = Self.range(F_WRLCK, at: instance)
        return fcntl(descriptor, Self.getLock, &range) == 0 && range.l_type == Int16(F_UNLCK)
    }

    /// Runs `body` while no other process does, so that only one at a time opens or alters the store.
    ///
    /// - Parameter limit: How long to wait for the others, in milliseconds.
    func alone<Result>(within limit: Int, _ body: () throws -> Result) throws -> Result {
        var waited = 0
        while !set(F_WRLCK, at: 0) {
            guard errno == EAGAIN || errno == EACCES || errno == EINTR else { throw SystemFailure("lock", path) }
            guard waited < limit else { throw SystemFailure("lock", path, ETIMEDOUT) }
            usleep(2000)
            waited += 2
        }
        defer { _ = set(F_UNLCK, at: 0) }
        return try body()
    }

    private func set(_ type: Int32, at offset: Int64) -> Bool {
        var range = Self.range(type, at: offset)
        return fcntl(descriptor, Self.setLock, &range) == 0
    }

    private static func range(_ type: Int32, at offset: Int64) -> flock {
        var range = flock()
        range.l_type = Int16(type)
        range.l_whence = Int16(SEEK_SET)
        range.l_start = off_t(offset)
        range.l_len = 1
        return range
    }

    // The headers show these numbers only to those who ask for GNU extensions.
    #if canImport(Darwin)
    private static let setLock: Int32 = 90
    private static let getLock: Int32 = 92
    #else
    private static let getLock: Int32 = 36
    private static let setLock: Int32 = 37
    #endif
}

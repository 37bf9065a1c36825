#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reading and locking of files that only their owner may read.
enum PrivateFile {
    /// All bytes of a file that nobody but its owner may read or change.
    ///
    /// The file that was looked at is the one that is read. Links are followed: secrets are often mounted that way.
    static func read(_ path: String, atMost limit: Int) throws(EncryptionKeyError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure("cannot be opened", path, errno) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failure("cannot be looked at", path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw EncryptionKeyError("The file of keys \(path) is no regular file.")
        }
        guard status.st_mode & 0o077 == 0 else {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw EncryptionKeyError(
                "The file of keys \(path) may be used by others than its owner (mode \(mode)). Allowed: 600 or 400; "
                    + "chmod 600 \(path).")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw EncryptionKeyError(
                "The file of keys \(path) belongs to another user. It must belong to the one who runs this program, or "
                    + "to root.")
        }
        return try readAll(file, path, atMost: limit)
    }

    private static func readAll(
        _ file: Int32, _ path: String, atMost limit: Int
    ) throws(EncryptionKeyError) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= limit {
            let count = systemRead(file, &piece, piece.count)
            guard count >= 0 else { throw failure("cannot be read", path, errno) }
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
        }
        throw EncryptionKeyError("The file of keys \(path) is larger than \(limit) bytes.")
    }

    /// Makes an empty file that must not be there yet; two programs never both succeed.
    static func make(_ path: String) throws(EncryptionKeyError) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            guard errno != EEXIST else {
                throw EncryptionKeyError(
                    "\(path) is there: another program is changing the file of keys, or was stopped while it did. If "
                        + "none is at work, remove it.")
            }
            throw failure("cannot be made", path, errno)
        }
        close(file)
    }

    /// Removes a file.
    static func remove(_ path: String) {
        unlink(path)
    }

    /// Whether something lies there.
    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    private static func failure(_ what: String, _ path: String, _ code: Int32) -> EncryptionKeyError {
        EncryptionKeyError("The file of keys \(path) \(what): \(String(cString: strerror(code))).")
    }
}

/// Reads, once more if a signal came in between.
private func systemRead(_ file: Int32, _ target: UnsafeMutableRawPointer, _ size: Int) -> Int {
    while true {
        let count = read(file, target, size)
        guard count < 0, errno == EINTR else { return count }
    }
}

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Files of a few lines that an embedded store keeps beside its data, or reads from the system.
package enum SmallFile {
    /// All bytes of a file.
    package static func read(_ path: String) throws(SystemFailure) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw SystemFailure("open", path) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = readSome(file, &piece, piece.count)
            guard count >= 0 else { throw SystemFailure("read", path) }
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
        }
    }

    /// Puts a file with these bytes in the place of whatever lies there, so that after a crash or a power cut the one
    /// or the other is there as a whole. Only its owner may read it.
    package static func replace(_ path: String, by bytes: [UInt8]) throws(SystemFailure) {
        let new = path + ".new"
        try write(bytes, to: new)
        guard rename(new, path) == 0 else { throw SystemFailure("rename", path) }
        try sync(directory: FilePlace.directory(of: path))
    }

    /// Makes sure that the names in a directory outlive a power cut.
    package static func sync(directory: String) throws(SystemFailure) {
        let file = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw SystemFailure("open", directory) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw SystemFailure("fsync", directory) }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(SystemFailure) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SystemFailure("open", path) }
        defer { close(file) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { writeSome(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw SystemFailure("write", path, count < 0 ? errno : ENOSPC) }
            rest = rest.dropFirst(count)
        }
        guard fsync(file) == 0 else { throw SystemFailure("fsync", path) }
    }
}

/// Reads, once more if a signal came in between.
private func readSome(_ file: Int32, _ target: UnsafeMutableRawPointer, _ size: Int) -> Int {
    while true {
        let count = read(file, target, size)
        guard count < 0, errno == EINTR else { return count }
    }
}

/// Writes, once more if a signal came in between.
private func writeSome(_ file: Int32, _ source: UnsafeRawPointer?, _ size: Int) -> Int {
    while true {
        let count = write(file, source, size)
        guard count < 0, errno == EINTR else { return count }
    }
}

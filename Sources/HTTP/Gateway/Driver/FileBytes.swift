#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The whole of a small file.
enum FileBytes {
    /// Why a file was not read.
    struct Failure: Error {
        let reason: String
    }

    /// Reads a file. Blocks: not for an event loop.
    ///
    /// - Throws: `Failure` with the system's reason, or when the file is larger than `limit` bytes.
    static func read(_ path: String, limit: Int = 1 << 20) throws(Failure) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure(reason: String(cString: strerror(errno))) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = readPiece(file, &piece)
            guard count >= 0 else { throw Failure(reason: String(cString: strerror(errno))) }
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
            guard bytes.count <= limit else { throw Failure(reason: "it is larger than \(limit) bytes") }
        }
    }

    /// Reads once, again when a signal came in between.
    private static func readPiece(_ file: CInt, _ piece: inout [UInt8]) -> Int {
        while true {
            let count = piece.withUnsafeMutableBytes { systemRead(file, $0.baseAddress, $0.count) }
            if count >= 0 || errno != EINTR { return count }
        }
    }

    private static func systemRead(_ file: CInt, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.read(file, bytes, count)
        #elseif canImport(Musl)
        Musl.read(file, bytes, count)
        #else
        Darwin.read(file, bytes, count)
        #endif
    }
}

import Foundation

/// A file that takes up all the space that is left on a small disk.
struct Ballast {
    let path: String

    /// Fills the disk to its last byte.
    ///
    /// - Throws: ``LabError`` when it is too large to be filled.
    func fill() throws {
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard file >= 0 else { throw LabError("cannot write \(path)") }
        defer { close(file) }
        var written = 0
        for size in [1 << 16, 512, 1] {
            let piece = [UInt8](repeating: 0, count: size)
            while true {
                let count = write(file, piece, size)
                guard count > 0 else { break }
                written += count
                guard written < 1 << 30 else { throw LabError("the disk of \(path) is too large to be filled") }
            }
        }
    }

    /// Frees the space.
    func remove() { unlink(path) }
}

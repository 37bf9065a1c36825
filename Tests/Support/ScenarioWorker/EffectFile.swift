import Foundation

/// The system behind the operation: a file with a line per effect, on the disk before anyone hears of it. It refuses an
/// attempt whose fence is older than one that it has seen, as such a system should.
struct EffectFile: Sendable {
    /// The attempt was overtaken; it had no effect.
    struct StaleFence: Error {}

    let path: String

    /// Takes effect once more, and gives the receipt.
    func append(_ key: String, fence: UInt64) throws -> String {
        let file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0, flock(file, LOCK_EX) == 0 else { throw POSIXError(.EIO) }
        defer { close(file) }
        guard lines(of: key).allSatisfy({ $0.fence <= fence }) else { throw StaleFence() }
        let line = "\(key) \(fence) \(getpid())\n"
        guard write(file, line, line.utf8.count) == line.utf8.count, fsync(file) == 0 else { throw POSIXError(.EIO) }
        return Self.receipt(key, fence)
    }

    /// The receipts of all effects of `key`.
    func receipts(of key: String) -> [String] {
        lines(of: key).map { Self.receipt(key, $0.fence) }
    }

    private static func receipt(_ key: String, _ fence: UInt64) -> String { "receipt-\(key)-\(fence)" }

    private func lines(of key: String) -> [(fence: UInt64, process: Substring)] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 3, words[0] == key, let fence = UInt64(words[1]) else { return nil }
            return (fence, words[2])
        }
    }
}

import Foundation

/// The line with which the payments service tells its supervisor that it listens, and where.
struct Announcement: Equatable {
    private static let prefix = "listening at port "

    var port: Int

    init(port: Int) {
        self.port = port
    }

    /// Reads the line, or returns nil if it is something else.
    init?(line: String) {
        let line = line.trimmingCharacters(in: .newlines)
        guard line.hasPrefix(Self.prefix), let port = Int(line.dropFirst(Self.prefix.count)) else { return nil }
        self.port = port
    }

    /// Writes the line to standard output. If nobody reads there, the supervisor is gone, and ``Lifeline`` ends the
    /// process.
    func write() {
        try? FileHandle.standardOutput.write(contentsOf: Data("\(Self.prefix)\(port)\n".utf8))
    }
}

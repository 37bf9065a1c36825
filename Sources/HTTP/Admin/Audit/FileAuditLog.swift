import NIOPosix

/// An audit log in a file of JSON lines that is only ever appended to, readable by its owner only.
public struct FileAuditLog: AuditLog {
    /// Where the file lies.
    public let path: String

    /// A log in this file, which is made when the first line is written; its folder must be there.
    public init(path: String) {
        self.path = path
    }

    /// Adds a line and waits until the disk has it. Lines of several processes do not mix.
    ///
    /// - Throws: `AppendFailure` that names the file and what the system says.
    public func append(_ entry: AuditEntry) async throws {
        let line = entry.line + "\n"
        let path = path
        try await NIOThreadPool.singleton.runIfActive {
            try AppendOnlyFile.append(Array(line.utf8), to: path)
        }
    }
}

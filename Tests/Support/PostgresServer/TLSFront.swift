import Foundation

/// A process that speaks TLS in front of a server, in large records; see `tls_front.py`. Ends with this process at the
/// latest.
package final class TLSFront: Sendable {
    /// Where it listens.
    package let port: Int

    private let input = Pipe()

    /// Starts it.
    package init(certificate: String, key: String, server: PostgresServer) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("tls_front.py")
        process.arguments = [script.path, certificate, key, "\(server.port)"]
        process.standardInput = input
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let said = await offThePool { [handle = output.fileHandleForReading] in handle.availableData }
        let text = String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let port = Int(text) else { throw PostgresServerError("tls_front.py says \"\(text)\" instead of a port") }
        self.port = port
    }

    /// Ends it.
    package func stop() {
        try? input.fileHandleForWriting.close()
    }
}

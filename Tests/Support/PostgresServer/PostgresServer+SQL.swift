import Foundation

extension PostgresServer {
    /// Carries out statements with the server's own client; what it prints, values without decoration.
    @discardableResult
    package func execute(
        _ sql: String, schema: String = "public", database: String = "postgres"
    ) async throws -> String {
        try await execute(sql, url: url(schema: schema, database: database))
    }

    /// The same over another address.
    @discardableResult
    package func execute(_ sql: String, url: String) async throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: psql)
        process.arguments = [
            "-XqtA", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql,
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = await offThePool { [handle = output.fileHandleForReading] in
            String(decoding: handle.readDataToEndOfFile(), as: UTF8.self)
        }
        await offThePool { process.waitUntilExit() }
        guard process.terminationStatus == 0 else { throw PostgresServerError("psql: \(text)") }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

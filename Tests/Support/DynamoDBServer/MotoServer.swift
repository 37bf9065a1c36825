import Foundation
package import IdempotencyDynamoDB
package import Logging
import Synchronization

/// moto, which plays DynamoDB, as a process of the tests' own: on a free port of the loopback interface, ended with
/// them. It takes a second to start and gives every test a table, so all tests share one.
package final class MotoServer: Sendable {
    /// Where it listens.
    package let port: Int
    private let process: Mutex<Process>
    private let input: Pipe

    /// What is said of a server that does not start.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private static let started = Mutex<Result<MotoServer, any Error>?>(nil)

    /// The server, started when it is first asked for.
    package static func shared() throws -> MotoServer {
        try started.withLock { started in
            if let started { return try started.get() }
            let result = Result { try MotoServer() }
            started = result
            return try result.get()
        }
    }

    /// Whether moto is installed; where it is not, its tests are skipped.
    package static let isInstalled: Bool = python != nil

    /// Said of tests that are skipped.
    package static let missing = "moto is not installed; `make test` installs it (scripts/moto.sh)"

    private init() throws {
        guard let python = Self.python else { throw Failure(description: Self.missing) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [Self.script]
        input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line = Data()
        while line.last != 10 {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Failure(description: "moto did not start: \(python) \(Self.script)") }
            line += more
        }
        guard let port = Int(String(decoding: line, as: UTF8.self).trimmingCharacters(in: .newlines)) else {
            throw Failure(description: "moto did not say its port.")
        }
        self.port = port
        self.process = Mutex(process)
    }

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("moto_server.py").path

    /// The first Python that has moto: one of the build folder, then that of the system.
    private static let python: String? = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let own = root.appendingPathComponent(".build/moto/bin/python3").path
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        let candidates = [own] + path.split(separator: ":").map { "\($0)/python3" }
        return candidates.first { candidate in
            guard FileManager.default.isExecutableFile(atPath: candidate) else { return false }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: candidate)
            process.arguments = [script, "--check"]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            guard (try? process.run()) != nil else { return false }
            process.waitUntilExit()
            return process.terminationStatus == 0
        }
    }()
}

extension MotoServer {
    /// A name that no other test has.
    package static func freshTable() -> String { "once-\(UUID().uuidString.prefix(13).lowercased())" }

    /// Opens a store in a table, which is made if it is not there.
    ///
    /// - Parameters:
    ///   - port: That of a server in front of it, if the store is to go through one.
    ///   - change: What the store is to do otherwise than usual.
    package func open(
        _ table: String, through port: Int? = nil, logger: Logger? = nil,
        _ change: (inout DynamoDBStore.Configuration) -> Void = { _ in }
    ) async throws -> DynamoDBStore {
        var configuration = DynamoDBStore.Configuration.test(port: port ?? self.port)
        change(&configuration)
        return try await DynamoDBStore.open(
            table, configuration: configuration,
            logger: logger ?? Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }
}

extension DynamoDBStore.Configuration {
    /// A configuration for a server on this machine.
    package static func test(port: Int) -> Self {
        var configuration = Self()
        configuration.region = "eu-west-1"
        configuration.endpoint = "http://127.0.0.1:\(port)"
        configuration.credentials = Credentials(accessKey: "test", secretKey: "test")
        configuration.createsTable = true
        configuration.countsAge = .zero
        // The machine may be busy with other tests.
        configuration.timeout = .seconds(30)
        configuration.tryTimeout = .seconds(10)
        configuration.connectTimeout = .seconds(10)
        return configuration
    }
}

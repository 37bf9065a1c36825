import ArgumentParser
import Foundation
import IdempotencyAdmin
import Logging
import OnceTools

/// The options of the commands that look after a store.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where the records are: \(StoreURL.allowed). Default: \(StoreURL.standard).", valueName: "url"))
    var store: String?

    @Option(help: ArgumentHelp("The store in front of it, if the gateway has one.", valueName: "url"))
    var front: String?

    @Option(help: ArgumentHelp("The file of the keys that the records are encrypted with.", valueName: "file"))
    var encryptionKeys: String?

    @Option(help: ArgumentHelp("A configuration file; the gateway's will do.", valueName: "file"))
    var config: String?

    @Flag(help: "Write JSON, for programs.")
    var json = false

    /// Opens the store, runs `body`, closes it.
    func withStore<Value>(
        command: String, audit: String? = nil, _ body: (OpenedStore, KeysSettings) async throws -> Value
    ) async throws -> Value {
        let settings = try KeysSettings(
            command: command,
            flags: [
                "store": store.map { [$0] } ?? [], "audit": audit.map { [$0] } ?? [],
                "front": front.map { [$0] } ?? [], "encryption-keys": encryptionKeys.map { [$0] } ?? [],
            ],
            environment: ProcessInfo.processInfo.environment, configurationPath: config)
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "once.\(command)")
        logger.logLevel = .warning
        let opened = try await settings.store.open(
            for: .maintaining, encryption: settings.encryption, logger: logger)
        do {
            let value = try await body(opened, settings)
            await opened.close()
            return value
        } catch {
            await opened.close()
            throw error
        }
    }
}

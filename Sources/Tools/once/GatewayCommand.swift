import ArgumentParser
import Foundation
import Logging
import OnceTools

/// `once gateway`: makes the requests of an HTTP API take effect once per key, without a change to it.
struct GatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Stands in front of an HTTP API and makes requests with an idempotency key take effect once.",
        discussion: """
            Every option can also come from the environment (ONCE_GATEWAY_LEASE for --lease) and from a YAML file \
            (lease: 30s), which has per-route rules as well. A flag beats the environment, which beats the file.
            """)

    @OptionGroup var flags: GatewayFlags
    @OptionGroup var limits: GatewayLimitFlags

    @Option(help: ArgumentHelp("The YAML file; see once.example.yaml.", valueName: "file"))
    var config: String?

    func run() async throws {
        let given = flags.byOption.merging(limits.byOption) { given, _ in given }
        let read: @Sendable () throws(UsageError) -> GatewaySettings = {
            [config] () throws(UsageError) -> GatewaySettings in
            try GatewaySettings(
                flags: given, environment: ProcessInfo.processInfo.environment, configurationPath: config)
        }
        let settings = try read()
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "once.gateway")
        logger.logLevel = settings.logLevel
        try await GatewayProgram(settings: settings, rereading: read, logger: logger) { Output.write($0) }.run()
    }
}

import ArgumentParser
import IdempotencyEncrypted
import OnceTools

/// `once keys rotate`.
struct KeysRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Encrypts all records anew with the active encryption key.",
        discussion: """
            Gateways go on meanwhile; have them read the new file first (SIGHUP). When it is broken off, run it again: \
            what is done already is left alone. Exit code 1 when records are left that could not be done.
            """)

    @OptionGroup var options: StoreOptions

    func run() async throws {
        let isComplete = try await options.withStore(command: "keys") { opened, settings in
            guard let encryption = opened.encryption, let active = settings.encryption?.keys.activeID else {
                throw UsageError("The keys are missing: where they are.", at: .flag("encryption-keys"))
            }
            let report = try await encryption.rotate { _ in }
            let view = RotationView(report, active: active)
            Output.write(options.json ? try KeysReport.json(view) : view.text)
            return report.isComplete
        }
        if !isComplete { throw ExitCode.failure }
    }
}

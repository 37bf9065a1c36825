import ArgumentParser

/// The executable `once`.
struct OnceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "once",
        abstract: "Makes retries safe: an operation takes effect once per idempotency key.",
        discussion: """
            Exit codes: 0 done, 1 failed, 2 wrong use; 130 and 143 when a second SIGINT or SIGTERM stopped it at once. \
            Results go to standard output, logs to standard error.
            """,
        subcommands: [
            DemoCommand.self, DemoPaymentsCommand.self, GatewayCommand.self, KeysCommand.self, EncryptionCommand.self,
            SweepCommand.self,
        ])
}

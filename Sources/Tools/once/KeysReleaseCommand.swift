import ArgumentParser
import IdempotencyAdmin
import OnceTools

/// `once keys release`.
struct KeysReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Settles a key in doubt: the operation did nothing, a retry may run it.")

    @OptionGroup var record: RecordArguments
    @OptionGroup var settlement: SettlementOptions
    @OptionGroup var options: StoreOptions

    func run() async throws {
        try await settlement.settle(record, as: .vacant, options)
    }
}

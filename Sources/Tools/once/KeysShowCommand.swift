import ArgumentParser
import IdempotencyAdmin
import OnceTools

/// `once keys show`.
struct KeysShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows one key with all that is known, its stored answer included.")

    @OptionGroup var record: RecordArguments
    @OptionGroup var options: StoreOptions

    func run() async throws {
        let selector = try record.selector
        try await options.withStore(command: "keys") { opened, settings in
            let found = try await KeyOperations(store: opened.store, audit: FileAuditLog(path: settings.auditPath))
                .find(selector)
            let view = RecordView(found.record, id: found.id, at: found.now, withContent: true)
            Output.write(options.json ? try KeysReport.json(view) : KeysReport.text(found))
        }
    }
}

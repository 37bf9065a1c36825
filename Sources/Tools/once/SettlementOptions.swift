import ArgumentParser
import Foundation
import IdempotencyAdmin
import OnceTools

/// What every settlement needs.
struct SettlementOptions: ParsableArguments {
    @Option(help: "Why; goes into the audit log. Must be given.")
    var reason: String?

    @Flag(help: "Settle an attempt too whose lease is over and which nobody has settled yet.")
    var force = false

    @Option(help: ArgumentHelp("The audit log. Default: beside the store.", valueName: "file"))
    var audit: String?

    /// Makes the change and tells what it was.
    func settle(_ record: RecordArguments, as settlement: Settlement, _ options: StoreOptions) async throws {
        let selector = try record.selector
        guard let reason, reason.contains(where: { !$0.isWhitespace }) else {
            throw UsageError("A reason is needed; it goes into the audit log.", at: .flag("reason"))
        }
        try await options.withStore(command: "keys", audit: audit) { opened, settings in
            let operations = KeyOperations(store: opened.store, audit: FileAuditLog(path: settings.auditPath))
            let found = try await operations.find(selector)
            let settled = try await operations.settle(
                found.id, as: settlement, reason: reason, author: ProcessInfo.processInfo.userName, force: force)
            Output.write(options.json ? try KeysReport.json(SettledView(settled)) : KeysReport.text(settled))
        }
    }
}

import ArgumentParser
import Idempotency
import OnceTools

/// `once sweep`: removes expired records now.
struct SweepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Removes expired records.",
        discussion: "The gateway does so by itself; expired records count as vacant all the same.")

    /// How many records one transaction removes: a few milliseconds on a slow disk, so that a gateway at work waits no
    /// longer.
    private static let batch = 200

    @OptionGroup var options: StoreOptions

    func run() async throws {
        let removed = try await options.withStore(command: "sweep") { opened, _ in
            var removed = 0
            while true {
                let count = try await opened.store.sweep(limit: Self.batch)
                removed += count
                if count < Self.batch { return removed }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        Output.write(options.json ? try KeysReport.json(["removed": removed]) : "Removed \(removed) expired records.\n")
    }
}

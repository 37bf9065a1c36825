import ArgumentParser

/// Works on a store as its own process, for tests that pull its plug or look for an order in what it answered.
@main struct StoreLab: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store-lab",
        abstract: "Works on a store as its own process, for tests of durability and of linearizability.",
        subcommands: [WriteCommand.self, VerifyCommand.self, HistoryCommand.self])
}

/// Something that a test has to know about.
struct LabError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

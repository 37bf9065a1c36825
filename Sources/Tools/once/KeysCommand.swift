import ArgumentParser

/// `once keys`: look at records, and settle those in doubt.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Shows keys and settles those in doubt.",
        subcommands: [
            KeysListCommand.self, KeysShowCommand.self, KeysResolveCommand.self, KeysReleaseCommand.self,
            KeysRotateCommand.self,
        ])
}

import ArgumentParser

/// The flags of `once gateway` that bound what a client can take.
struct GatewayLimitFlags: ParsableArguments {
    @Option(help: ArgumentHelp("Client connections at a time. Default: 10000.", valueName: "number"))
    var maxConnections: String?

    @Option(help: ArgumentHelp("Of them from one address. Default: 1000.", valueName: "number"))
    var maxConnectionsPerAddress: String?

    @Option(
        help: ArgumentHelp("Of them switched to another protocol. Default: 1000.", valueName: "number"))
    var maxUpgrades: String?

    @Option(help: ArgumentHelp("The largest header of a request. Default: 32KiB.", valueName: "size"))
    var maxHeader: String?

    @Option(help: ArgumentHelp("The largest line of a request's header. Default: 8KiB.", valueName: "size"))
    var maxHeaderField: String?

    @Option(help: ArgumentHelp("The most lines of a request's header. Default: 100.", valueName: "number"))
    var maxHeaderFields: String?

    @Option(
        help: ArgumentHelp(
            "The least that must come of a request body in a second, after 10 seconds. 0B: nothing. Default: 240B.",
            valueName: "size"))
    var minBodyRate: String?
}

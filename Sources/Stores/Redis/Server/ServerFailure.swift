import Idempotency

/// An error that the server answered: its kind, and what it tells of the command.
///
/// A script that was answered with one of these has written nothing: each is given before the script runs, or by its
/// one write, which then did not happen. Of what is not known here, nothing is known.
struct ServerFailure: Error, Hashable, CustomStringConvertible {
    /// What the server said, without what a user may have put into it.
    let description: String

    /// The kinds that are told apart.
    enum Kind: Hashable, CaseIterable {
        case noScript, outOfMemory, loading, readOnly, busy, masterDown, noReplicas, misconfigured, clusterDown, moved
        case ask, tryAgain, unauthenticated, forbidden, tooManyClients, unknownCommand, crossSlot, other
    }

    let kind: Kind

    init(_ text: String) {
        kind = Self.kind(of: text)
        // Errors of scripts carry places in the script; addresses of MOVED and ASK are of use. No value is ever in it,
        // except where the server repeats a command that it does not know.
        description = String(text.prefix(200))
    }

    /// Where the slot is, in `MOVED 3999 127.0.0.1:6381`.
    var redirection: (slot: Int, address: String)? {
        let words = description.split(separator: " ")
        guard kind == .moved || kind == .ask, words.count >= 3, let slot = Int(words[1]) else { return nil }
        return (slot, String(words[2]))
    }

    private static let words: [(String, Kind)] = [
        ("NOSCRIPT", .noScript), ("OOM", .outOfMemory), ("LOADING", .loading), ("READONLY", .readOnly),
        ("BUSY", .busy), ("MASTERDOWN", .masterDown), ("NOREPLICAS", .noReplicas), ("MISCONF", .misconfigured),
        ("CLUSTERDOWN", .clusterDown), ("MOVED", .moved), ("ASK", .ask), ("TRYAGAIN", .tryAgain),
        ("NOAUTH", .unauthenticated), ("WRONGPASS", .unauthenticated), ("NOPERM", .forbidden),
        ("CROSSSLOT", .crossSlot),
    ]

    private static func kind(of text: String) -> Kind {
        let first = text.prefix { $0 != " " }
        if let kind = words.first(where: { $0.0 == first })?.1 { return kind }
        // Redis 6 wraps what a script met: `ERR Error running script (call to f_…): @user_script:30: -OOM command …`.
        if text.hasPrefix("ERR Error running script"),
            let kind = words.first(where: { text.contains(": -\($0.0) ") })?.1
        {
            return kind
        }
        if text.hasPrefix("ERR max number of clients") { return .tooManyClients }
        if text.hasPrefix("ERR unknown command") || text.hasPrefix("NOPROTO") { return .unknownCommand }
        if text.hasPrefix("ERR AUTH") || text.hasPrefix("ERR invalid password")
            || text.hasPrefix("ERR Client sent AUTH")
        {
            return .unauthenticated
        }
        return .other
    }

    /// Whether the connection leads to a server that cannot be written to, so that another one may have to be found.
    var isOfWrongServer: Bool { kind == .readOnly || kind == .masterDown }

    /// The failure as the callers of a store see it.
    var error: StoreError {
        StoreError(code, message, effect: kind == .other ? .unknown : .notApplied, cause: self)
    }

    private var code: StoreError.Code {
        switch kind {
        case .outOfMemory: .full
        case .unauthenticated, .forbidden, .unknownCommand, .crossSlot: .misuse
        default: .unavailable
        }
    }

    private var message: String {
        switch kind {
        case .outOfMemory:
            "The Redis server has used up its memory (maxmemory) and takes no new keys; give it more, or shorten the "
                + "retention."
        case .loading: "The Redis server is still loading its data; try again in a moment."
        case .readOnly:
            "The Redis server is a replica and cannot be written to; after a failover this ends by itself when the "
                + "address leads to the new primary."
        case .busy: "A script keeps the Redis server busy; try again, or end it with SCRIPT KILL."
        case .masterDown: "The Redis server is a replica that has lost its primary; try again after the failover."
        case .noReplicas:
            "The Redis server has fewer replicas than min-replicas-to-write demands, so it takes no writes; nothing "
                + "was written."
        case .misconfigured: "The Redis server cannot write its data to the disk (MISCONF), so it takes no writes."
        case .clusterDown, .moved, .ask, .tryAgain:
            "The Redis Cluster is being changed or is not complete (\(description)); try again."
        case .unauthenticated:
            "The Redis server asks for a user name and password, or refuses those that it got (\(description))."
        case .forbidden:
            "The user that this program is on the Redis server as may not do what a store has to (\(description)); "
                + "docs/REDIS.md lists what it needs."
        case .tooManyClients: "The Redis server has as many clients as it takes (maxclients); try again."
        case .unknownCommand:
            "The Redis server does not know a command that a store needs (\(description)); Redis 6.2 or later does."
        case .crossSlot: "The Redis server refuses keys of several slots in one command (\(description))."
        case .noScript: "The Redis server has forgotten the script of this store again and again; try again."
        case .other: "The Redis server answered with an error: \(description)"
        }
    }
}

import Idempotency

/// How a new connection is made ready: who we are, what the server is, whether it may be used, and the scripts.
///
/// A value: it gives the next command, and takes its answer.
struct Handshake: Sendable {
    /// What the connection is for.
    enum Purpose: Hashable, Sendable {
        /// Exchanges: everything is checked and the scripts are loaded.
        case exchanges
        /// Reading many records: only a primary will do.
        case listings
        /// Hearing of changes, or asking a sentinel: nothing is checked.
        case plain
    }

    /// What has to be done now.
    enum Step: Sendable {
        case send([String])
        case ready(Outcome)
        case fail(StoreError)
    }

    /// What was found out.
    struct Outcome: Sendable {
        var report = ServerReport("")
        var durability = Durability(disk: .unknown)
        /// The digests of the scripts; only for exchanges.
        var digests = ScriptDigests()
        /// What the marker says; only for exchanges.
        var reading: ServerWatch.Reading?
    }

    private enum Stage: Hashable {
        case hello, authenticate, name, select, info, setting(String), claimScript, settleScript, marker, done
    }

    let purpose: Purpose
    let configuration: RedisStore.Configuration
    let scripts: Scripts
    /// The key of the marker, or `nil` where none is looked at.
    let markerKey: String?
    var watch: ServerWatch
    private var stage = Stage.hello
    private var facts = StartupCheck.Facts()
    private var outcome = Outcome()

    private static let settings = ["maxmemory", "maxmemory-policy", "appendfsync", "save"]

    init(
        _ purpose: Purpose, configuration: RedisStore.Configuration, scripts: Scripts, markerKey: String?,
        watch: ServerWatch
    ) {
        self.purpose = purpose
        self.configuration = configuration
        self.scripts = scripts
        self.markerKey = markerKey
        self.watch = watch
    }

    /// The first step.
    func begin() -> Step { .send(command) }

    /// Takes the answer to the last command and gives the next step.
    mutating func receive(_ reply: RESPValue) -> Step {
        do throws(StoreError) {
            stage = try next(after: reply)
            if stage == .done { return .ready(outcome) }
            return .send(command)
        } catch {
            return .fail(error)
        }
    }

    private mutating func next(after reply: RESPValue) throws(StoreError) -> Stage {
        let failure: ServerFailure? = if case .error(let text) = reply { ServerFailure(text) } else { nil }
        switch stage {
        case .hello:
            guard let failure else { return afterName }
            // A server before version 6, or a proxy in front of one, speaks RESP2 only.
            guard failure.kind == .unknownCommand else { throw failure.error }
            return configuration.password == nil ? .name : .authenticate
        case .authenticate:
            if let failure { throw failure.error }
            return .name
        case .name:
            // A name is good to have, no more.
            return afterName
        case .select:
            if let failure { throw failure.error }
            return afterSelect
        case .info:
            if let failure { throw failure.error }
            return try afterInfo(reply)
        case .setting(let name):
            return try afterSetting(name, failure, reply)
        case .claimScript:
            outcome.digests.claim = try digest(reply, failure)
            outcome.digests.allowsFullMemory = facts.report.isAtLeast(7)
            return .settleScript
        case .settleScript:
            outcome.digests.settle = try digest(reply, failure)
            return markerKey == nil ? .done : .marker
        case .marker:
            return try afterMarker(reply, failure)
        case .done:
            return .done
        }
    }

    private var afterName: Stage { configuration.database == 0 ? afterSelect : .select }
    private var afterSelect: Stage { purpose == .plain ? .done : .info }

    private mutating func afterInfo(_ reply: RESPValue) throws(StoreError) -> Stage {
        facts.report = ServerReport(reply.text ?? "")
        outcome.report = facts.report
        if purpose == .exchanges { return .setting(Self.settings[0]) }
        if facts.report.isReplica { throw ServerFailure("READONLY").error }
        return .done
    }

    private mutating func afterSetting(
        _ name: String, _ failure: ServerFailure?, _ reply: RESPValue
    ) throws(StoreError) -> Stage {
        if failure != nil {
            facts.hidesSettings = true
        } else if let value = reply.value(under: name)?.text {
            facts.settings[name] = value
        }
        let following = Self.settings.drop { $0 != name }.dropFirst().first
        if let following, failure == nil { return .setting(following) }
        outcome.durability = try StartupCheck(configuration: configuration).durability(facts)
        return .claimScript
    }

    private func digest(_ reply: RESPValue, _ failure: ServerFailure?) throws(StoreError) -> String {
        if let failure { throw failure.error }
        guard let digest = reply.text, digest.utf8.count == 40 else {
            throw StoreError(
                .misuse, "The server answered SCRIPT LOAD with something that is no digest.", effect: .notApplied)
        }
        return digest
    }

    private mutating func afterMarker(_ reply: RESPValue, _ failure: ServerFailure?) throws(StoreError) -> Stage {
        // Without memory for the marker (before Redis 7) the store still answers duplicates.
        // Where slots are on their way, the marker may be elsewhere; the store looks again when it knows the table.
        if let failure, [.outOfMemory, .moved, .ask, .clusterDown, .tryAgain].contains(failure.kind) { return .done }
        if let failure { throw failure.error }
        guard let reading = watch.receive(reply) else {
            throw StoreError(
                .unavailable, "The server answered the look at its marker with something else.", effect: .notApplied)
        }
        if let refusal = reading.verdict.refusal(prefix: configuration.prefix) { throw refusal }
        outcome.reading = reading
        return .done
    }

    /// The command of the present stage.
    private var command: [String] {
        let allowsFullMemory = facts.report.isAtLeast(7)
        switch stage {
        case .hello:
            var command = ["HELLO", "3"]
            if let password = configuration.password {
                command += ["AUTH", configuration.user ?? "default", password]
            }
            return command + ["SETNAME", configuration.clientName]
        case .authenticate:
            return ["AUTH"] + (configuration.user.map { [$0] } ?? []) + [configuration.password ?? ""]
        case .name: return ["CLIENT", "SETNAME", configuration.clientName]
        case .select: return ["SELECT", "\(configuration.database)"]
        case .info: return ["INFO"]
        case .setting(let name): return ["CONFIG", "GET", name]
        case .claimScript: return ["SCRIPT", "LOAD", scripts.claim]
        case .settleScript: return ["SCRIPT", "LOAD", scripts.settle(allowsFullMemory: allowsFullMemory)]
        case .marker, .done:
            return ["EVAL", MarkerScript.text(allowsFullMemory: allowsFullMemory), "1", markerKey ?? ""]
                + watch.arguments
        }
    }
}

extension ServerWatch.Verdict {
    /// Why the server is not used, if it is not.
    func refusal(prefix: String) -> StoreError? {
        switch self {
        case .missing:
            StoreError(
                .misuse,
                "There is no store with the prefix \"\(prefix)\" in this server and database. Name the store of the "
                    + "gateway.", effect: .notApplied)
        case .format:
            StoreError(
                .misuse,
                "The store with the prefix \"\(prefix)\" was made by a newer version of this program; upgrade this "
                    + "one.", effect: .notApplied)
        case .same, .new, .empty, .other, .behind: nil
        }
    }
}

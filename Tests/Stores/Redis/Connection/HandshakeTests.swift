import Idempotency
import NIOCore
import Testing

@testable import IdempotencyRedis

/// What is asked of a server before it gets the first exchange.
@Suite struct HandshakeTests {
    private static let info = "redis_version:7.0.15\r\nrole:master\r\nrun_id:abc\r\naof_enabled:1\r\n"

    private func handshake(
        _ purpose: Handshake.Purpose = .exchanges, _ change: (inout RedisStore.Configuration) -> Void = { _ in }
    ) -> Handshake {
        var configuration = RedisStore.Configuration()
        change(&configuration)
        let watch = ServerWatch(instance: Owner(high: 1, low: 2), quarantine: .zero, makesStore: true)
        return Handshake(
            purpose, configuration: configuration, scripts: Scripts(configuration), markerKey: "once:server",
            watch: watch)
    }

    /// Answers as a healthy server does, but for the replies that are given; gives all commands and the end.
    private func run(
        _ handshake: Handshake, _ replies: [String: RESPValue] = [:]
    ) -> (commands: [String], end: Handshake.Step) {
        var handshake = handshake
        var commands: [String] = []
        var step = handshake.begin()
        while case .send(let command) = step {
            let name = command.prefix(["CONFIG", "SCRIPT", "CLIENT"].contains(command[0]) ? 2 : 1)
                .joined(separator: " ")
            commands.append(name)
            step = handshake.receive(replies[name] ?? Self.reply(to: command))
        }
        return (commands, step)
    }

    private static func reply(to command: [String]) -> RESPValue {
        switch command[0] {
        case "INFO": .text(info)
        case "CONFIG":
            .map([.text(command[2]), .text(["maxmemory": "0", "appendfsync": "always"][command[2]] ?? "noeviction")])
        case "SCRIPT": .text(String(repeating: "a", count: 40))
        case "EVAL": .array([.integer(10), .text("new"), .text("token"), .integer(1), .integer(0)])
        default: .simple("OK")
        }
    }

    private func error(_ step: Handshake.Step) -> StoreError? {
        if case .fail(let error) = step { error } else { nil }
    }

    @Test("A connection for exchanges introduces itself, checks the server, loads the scripts, and looks at the marker")
    func exchanges() throws {
        let (commands, end) = run(handshake { $0.database = 3 })
        #expect(
            commands == ["HELLO", "SELECT", "INFO"] + Array(repeating: "CONFIG GET", count: 4)
                + ["SCRIPT LOAD", "SCRIPT LOAD", "EVAL"])
        guard case .ready(let outcome) = end else {
            Issue.record("\(end)")
            return
        }
        #expect(outcome.report.runID == "abc")
        #expect(outcome.durability.disk == .everyWrite)
        #expect(outcome.reading == ServerWatch.Reading(verdict: .new, quarantine: .zero))
        #expect(outcome.digests.allowsFullMemory)
    }

    @Test("User and password go with the greeting")
    func credentials() {
        var both = handshake {
            $0.user = "once"
            $0.password = "pw"
        }
        guard case .send(let command) = both.begin() else { return }
        #expect(command == ["HELLO", "3", "AUTH", "once", "pw", "SETNAME", "swift-idempotency"])
        both = handshake { $0.password = "pw" }
        guard case .send(let command) = both.begin() else { return }
        #expect(command == ["HELLO", "3", "AUTH", "default", "pw", "SETNAME", "swift-idempotency"])
    }

    @Test("A server that does not know the greeting is spoken to in RESP2")
    func fallback() {
        let unknown = ["HELLO": RESPValue.error("ERR unknown command 'HELLO'")]
        #expect(run(handshake(.plain), unknown).commands == ["HELLO", "CLIENT SETNAME"])
        #expect(run(handshake(.plain) { $0.password = "pw" }, unknown).commands == ["HELLO", "AUTH", "CLIENT SETNAME"])
    }

    @Test("Wrong credentials and missing rights are misuse", arguments: ["WRONGPASS no", "NOAUTH no", "NOPERM no"])
    func refusedCredentials(text: String) {
        #expect(error(run(handshake(), ["HELLO": .error(text)]).end)?.code == .misuse)
    }

    @Test("A missing database, a forgotten right and a strange marker end it")
    func failures() {
        #expect(
            error(run(handshake { $0.database = 99 }, ["SELECT": .error("ERR DB index is out of range")]).end) != nil)
        #expect(error(run(handshake(), ["SCRIPT LOAD": .error("NOPERM no")]).end)?.code == .misuse)
        #expect(error(run(handshake(), ["EVAL": .integer(1)]).end)?.code == .unavailable)
        let missing = RESPValue.array([.integer(1), .text("missing")])
        #expect(error(run(handshake(), ["EVAL": missing]).end)?.code == .misuse)
        let newer = RESPValue.array([.integer(1), .text("format")])
        #expect(error(run(handshake(), ["EVAL": newer]).end)?.message.contains("newer version") == true)
    }

    @Test("Refused settings end the questions, and the store unless they are accepted")
    func hiddenSettings() {
        let refusal = ["CONFIG GET": RESPValue.error("NOPERM no")]
        let (commands, end) = run(handshake(), refusal)
        #expect(commands.count { $0 == "CONFIG GET" } == 1)
        #expect(error(end)?.message.contains("acceptsHiddenSettings") == true)
        #expect(error(run(handshake { $0.acceptsHiddenSettings = true }, refusal).end) == nil)
        // INFO tells of the eviction all the same.
        let info = RESPValue.text(Self.info + "maxmemory:1000\r\nmaxmemory_policy:allkeys-lru\r\n")
        let evicting = run(
            handshake { $0.acceptsHiddenSettings = true }, ["CONFIG GET": .error("NOPERM no"), "INFO": info])
        #expect(error(evicting.end)?.message.contains("allkeys-lru") == true)
    }

    @Test("A replica is refused for listings too")
    func replicas() {
        let replica = RESPValue.text("redis_version:7.0.15\r\nrole:slave\r\n")
        for purpose in [Handshake.Purpose.exchanges, .listings] {
            #expect(error(run(handshake(purpose), ["INFO": replica]).end)?.code == .unavailable)
        }
    }
}

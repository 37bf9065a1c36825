import ArgumentParser
import AsyncHTTPClient
import Foundation
import Hummingbird
import NIOHTTP1
import Synchronization

/// Kills the gateway under load, again and again, and counts the effects in an independent ledger.
@main struct CrashLab: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crash-lab",
        abstract: "Kills the gateway under load, again and again, and counts the effects in an independent ledger.")

    @Option(help: "The executable under test.") var once: String
    @Option(help: "How often to kill it.") var rounds = 10
    @Option(help: "How many callers pay at once.") var callers = 16
    @Option(help: "The seed of the run.") var seed: UInt64 = .random(in: 1...1_000_000)
    @Option(help: "hold, or ask (the gateway asks the upstream after an interruption).") var interrupted = "hold"
    @Option(help: "Where to keep the store and the ledger; a temporary folder unless given.") var data: String?

    func run() async throws {
        let folder = data ?? NSTemporaryDirectory() + "crash-lab-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { if data == nil { try? FileManager.default.removeItem(atPath: folder) } }
        let ledger = try EffectLedger(path: folder + "/effects.ledger")
        let (upstream, listen) = (try Self.freePort(), try Self.freePort())
        let policy = interrupted == "ask" ? "ask:http://127.0.0.1:\(upstream)/ask" : interrupted
        let gateway = GatewayProcess(
            executable: once,
            arguments: [
                "gateway", "--upstream", "http://127.0.0.1:\(upstream)", "--listen", "127.0.0.1:\(listen)",
                "--admin", "127.0.0.1:\(try Self.freePort())", "--store", "sqlite:\(folder)/once.db",
                "--interrupted", policy, "--lease", "2s",
            ])
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        let caller = Caller(client: client, address: "http://127.0.0.1:\(listen)")
        print("crash-lab: seed \(seed), \(rounds) rounds, \(callers) callers, interrupted \(interrupted)")
        let verdict: Oracle.Verdict
        do {
            verdict = try await withThrowingTaskGroup(of: Void.self) { group in
                let application = EffectUpstream(ledger: ledger).application(port: upstream)
                group.addTask { try await application.runService(gracefulShutdownSignals: []) }
                let verdict = try await torment(gateway, caller, ledger)
                group.cancelAll()
                return verdict
            }
        } catch {
            gateway.kill()
            try? await client.shutdown()
            throw error
        }
        gateway.kill()
        try await client.shutdown()
        try report(verdict, effects: ledger.count)
    }

    private func report(_ verdict: Oracle.Verdict, effects: Int) throws {
        for violation in verdict.violations.prefix(20) { print("VIOLATION \(violation)") }
        print(
            "crash-lab: \(rounds) kills, \(verdict.keys) keys, \(effects) effects, \(verdict.completed) completed, "
                + "\(verdict.inDoubt) in doubt, \(verdict.undecided) undecided, \(verdict.violations.count) violations")
        guard verdict.violations.isEmpty else { throw ExitCode(1) }
        guard verdict.completed > rounds else { throw LabError("too few keys completed for the run to mean anything") }
    }

    /// Load and kills, then quiet, then the judgement.
    private func torment(
        _ gateway: GatewayProcess, _ caller: Caller, _ ledger: EffectLedger
    ) async throws -> Oracle.Verdict {
        let told = Told()
        var generator = SplitMix(seed: seed)
        try gateway.start()
        try await ready(caller)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<callers {
                group.addTask { [seed] in await Self.load(number, seed, caller, told) }
            }
            for round in 1...rounds {
                try await Task.sleep(for: .milliseconds(Int.random(in: 100...500, using: &generator)))
                gateway.kill()
                try gateway.start()
                try await ready(caller)
                if round.isMultiple(of: 10) || round == rounds {
                    print("crash-lab: round \(round), \(ledger.count) effects")
                }
            }
            group.cancelAll()
        }
        // Quiet: what ran before the last kill has ended at the upstream, leases of the dead have lapsed.
        try await Task.sleep(for: .seconds(3))
        let final = await finalAnswers(of: told.keys, caller)
        return Oracle(ledger: ledger, reconciles: interrupted == "ask").judge(told: told.all, final: final)
    }

    private func ready(_ caller: Caller) async throws {
        for _ in 0..<400 {
            var request = HTTPClientRequest(url: caller.address + "/.well-known/idempotency")
            request.method = .GET
            if let response = try? await caller.client.execute(request, timeout: .seconds(1)), response.status == .ok {
                return
            }
            try await Task.sleep(for: .milliseconds(25))
        }
        throw LabError("the gateway does not come up; start it by hand: \(once) gateway --help")
    }

    /// Pays under new keys until cancelled; some keys are sent twice at once, some callers hang up and come back.
    private static func load(_ number: Int, _ seed: UInt64, _ caller: Caller, _ told: Told) async {
        var generator = SplitMix(seed: seed &+ UInt64(number) &* 7919)
        var count = 0
        while !Task.isCancelled {
            count += 1
            let key = "key-\(number)-\(count)"
            told.begin(key)
            if Int.random(in: 0..<5, using: &generator) == 0 {
                told.add(
                    await caller.once(key, timeout: .milliseconds(Int64.random(in: 1...30, using: &generator))),
                    for: key)
            }
            if Int.random(in: 0..<3, using: &generator) == 0 {
                async let twin = caller.call(key, tries: 30)
                told.add(await caller.call(key, tries: 30), for: key)
                told.add(await twin, for: key)
            } else {
                told.add(await caller.call(key, tries: 30), for: key)
            }
        }
    }

    private func finalAnswers(of keys: [String], _ caller: Caller) async -> [String: Seen] {
        await withTaskGroup(of: (String, Seen).self) { group in
            var final: [String: Seen] = [:]
            var rest = keys[...]
            for key in rest.prefix(32) { group.addTask { (key, await caller.call(key, tries: 60)) } }
            rest = rest.dropFirst(32)
            while let (key, seen) = await group.next() {
                final[key] = seen
                if let next = rest.popFirst() { group.addTask { (next, await caller.call(next, tries: 60)) } }
            }
            return final
        }
    }

    /// A port that is free now, from the kernel.
    private static func freePort() throws -> Int {
        let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> UInt16? in
                guard bind(socket, pointer, length) == 0, getsockname(socket, pointer, &length) == 0 else { return nil }
                return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    UInt16(bigEndian: $0.pointee.sin_port)
                }
            }
        }
        guard let port else { throw LabError("no free port on 127.0.0.1") }
        return Int(port)
    }
}

/// All that callers were told.
final class Told: Sendable {
    private let seen = Mutex<[String: Set<Seen>]>([:])
    func begin(_ key: String) { seen.withLock { $0[key] = [] } }
    func add(_ new: Seen, for key: String) { seen.withLock { _ = $0[key, default: []].insert(new) } }
    var keys: [String] { seen.withLock { Array($0.keys) } }
    var all: [String: Set<Seen>] { seen.withLock { $0 } }
}

/// A small generator with a seed, so that a run can be repeated.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

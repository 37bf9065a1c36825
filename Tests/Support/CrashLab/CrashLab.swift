import ArgumentParser
import AsyncHTTPClient
import Foundation
import Hummingbird
import NIOCore
import NIOHTTP1

/// Does to gateways under load what machines do to them, again and again, and counts the effects in an independent
/// ledger.
@main struct CrashLab: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crash-lab",
        abstract: "Torments gateways under load, again and again, and counts the effects in an independent ledger.")

    @Option(help: "The executable under test.") var once: String
    @Option(help: "What is done to it: \(Torment.allCases.map(\.rawValue).joined(separator: ", ")).")
    var torment = Torment.kill
    @Option(help: "How often.") var rounds = 10
    @Option(help: "How many callers pay at once.") var callers = 16
    @Option(help: "The seed of the run.") var seed: UInt64 = .random(in: 1...1_000_000)
    @Option(help: "hold, ask (the gateway asks the upstream after an interruption), or rerun.") var interrupted = "hold"
    @Option(help: "Where to keep the ledger and the logs; a temporary folder unless given.") var data: String?
    @Option(help: "The store; {data} stands for the folder of the run.") var store = "sqlite:{data}/once.db"
    @Option(help: "The folder on a small disk, for --torment full; the store has to be there too.") var disk: String?
    @Flag(help: "Negative control of --torment clock: moves the boot clock too.") var fakesBootClock = false

    func validate() throws {
        guard rounds > 0, callers > 0 else { throw ValidationError("--rounds and --callers must be at least 1") }
        guard torment != .full || disk != nil else { throw ValidationError("--torment full needs --disk") }
    }

    func run() async throws {
        let folder = data ?? NSTemporaryDirectory() + "crash-lab-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { if data == nil { try? FileManager.default.removeItem(atPath: folder) } }
        let ledger = try EffectLedger(path: folder + "/effects.ledger")
        let upstream = EffectUpstream(ledger: ledger)
        let upstreamPort = try Ports.free(1)[0]
        let gateways = try makeGateways(in: folder, upstreamPort: upstreamPort)
        // Every caller has a connection: those that wait for an answer must not hold up the others.
        var clientConfiguration = HTTPClient.Configuration()
        clientConfiguration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 512
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: clientConfiguration)
        let caller = Caller(
            client: client, addresses: gateways.map(\.address), patience: torment.patience, histories: Histories())
        let scene = Scene(
            torment: torment, rounds: rounds, gateways: gateways, caller: caller, ledger: ledger, folder: folder,
            ballast: disk.map { Ballast(path: $0 + "/ballast") })
        let start = ContinuousClock.now
        say(
            "crash-lab: seed \(seed), \(rounds) rounds of \(torment), \(callers) callers, interrupted \(interrupted), "
                + "\(store)")
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                let application = upstream.application(port: upstreamPort)
                group.addTask { try await application.runService(gracefulShutdownSignals: []) }
                let verdict = try await play(scene)
                group.cancelAll()
                try report(verdict, effects: ledger.count, stale: upstream.staleAttempts, took: .now - start)
            }
            await scene.end()
            try await client.shutdown()
        } catch {
            await scene.end()
            try? await client.shutdown()
            throw error
        }
    }

    /// Load and torment, then quiet, then the judgement.
    private func play(_ scene: Scene) async throws -> Oracle.Verdict {
        var generator = SplitMix(seed: seed)
        try await scene.begin()
        let load = Load(caller: scene.caller, callers: callers, seed: seed)
        try await load.during { try await scene.play(&generator) }
        // Quiet: what ran before the last blow has ended at the upstream, leases of the dead have lapsed.
        try await Task.sleep(for: .seconds(3))
        let reconciles = interrupted == "ask"
        let final = await load.finalAnswers(
            of: Array(scene.caller.histories.all.keys), doubtIsFinal: !reconciles)
        return Oracle(ledger: scene.ledger, reconciles: reconciles).judge(scene.caller.histories.all, last: final)
    }

    private func report(_ verdict: Oracle.Verdict, effects: Int, stale: Int, took: Duration) throws {
        for violation in verdict.violations.prefix(20) { say("VIOLATION \(violation)") }
        say(
            "crash-lab: \(rounds) rounds of \(torment), \(verdict.keys) keys, \(verdict.requests) requests "
                + "(\(verdict.unanswered) without an answer, \(verdict.doubts) told in doubt), \(effects) effects, "
                + "\(verdict.completed) completed and \(verdict.inDoubt) in doubt in the end, "
                + "\(stale) stale attempts refused by the upstream, "
                + "\(verdict.violations.count) violations, \(took.components.seconds) s")
        guard verdict.violations.isEmpty else { throw ExitCode(1) }
        guard verdict.completed > rounds else { throw LabError("too few keys completed for the run to mean anything") }
    }

    private func makeGateways(in folder: String, upstreamPort: Int) throws -> [GatewayProcess] {
        let upstream = "http://127.0.0.1:\(upstreamPort)"
        let ports = try Ports.free(torment.gateways * 2)
        return try (0..<torment.gateways).map { number in
            let arguments = [
                "gateway", "--upstream", upstream, "--admin", "127.0.0.1:\(ports[number * 2 + 1])",
                "--store", store.replacing("{data}", with: folder), "--retention", "720h",
                "--interrupted", interrupted == "ask" ? "ask:\(upstream)/ask" : interrupted, "--lease", "2s",
            ]
            let hasFalseClock = torment == .clock && number == 1
            return try GatewayProcess(
                executable: once, port: ports[number * 2], arguments: arguments,
                clock: hasFalseClock ? FalseClock(folder: folder, movesBootClock: fakesBootClock) : nil,
                log: "\(folder)/gateway-\(number).log")
        }
    }
}

/// Says a line at once, also where standard output is no terminal.
func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

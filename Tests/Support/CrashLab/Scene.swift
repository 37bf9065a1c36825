import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The gateways and what is done to them.
struct Scene {
    let torment: Torment
    let rounds: Int
    let gateways: [GatewayProcess]
    let caller: Caller
    let ledger: EffectLedger
    let folder: String
    let ballast: Ballast?

    /// Starts the gateways.
    func begin() async throws {
        if torment == .clock { try FalseClock(folder: folder).set("+0") }
        for gateway in gateways {
            try gateway.start()
            try await ready(gateway)
        }
    }

    /// Ends the gateways.
    func end() async {
        for gateway in gateways { gateway.kill() }
        ballast?.remove()
    }

    /// All rounds.
    func play(_ generator: inout SplitMix) async throws {
        for round in 1...rounds {
            switch torment {
            case .kill: try await kill(&generator)
            case .stop: try await stop(&generator)
            case .clock: try await setClock(round, &generator)
            case .full: try await fillDisk(&generator)
            }
            if round.isMultiple(of: 10) || round == rounds {
                say("crash-lab: round \(round), \(ledger.count) effects")
            }
        }
    }

    private func kill(_ generator: inout SplitMix) async throws {
        try await Task.sleep(for: .milliseconds(Int.random(in: 100...500, using: &generator)))
        gateways[0].kill()
        try gateways[0].start()
        try await ready(gateways[0])
    }

    /// The lease is two seconds. Whoever is stopped then goes on with what it had in hand.
    private func stop(_ generator: inout SplitMix) async throws {
        let victim = gateways[Int.random(in: 0..<gateways.count, using: &generator)]
        try await Task.sleep(for: .milliseconds(Int.random(in: 100...500, using: &generator)))
        victim.suspend()
        try await Task.sleep(for: .milliseconds(Int.random(in: 2100...3200, using: &generator)))
        victim.resume()
    }

    /// Two days forward and an hour back, one after the other; every fourth time the gateway with that clock is killed
    /// and leaves leases behind.
    private func setClock(_ round: Int, _ generator: inout SplitMix) async throws {
        let clock = FalseClock(folder: folder)
        let offset = ["+2d", "-1h", "+0"][round % 3]
        try clock.set(offset)
        try await Task.sleep(for: .milliseconds(Int.random(in: 300...900, using: &generator)))
        try await clock.check(offset, on: gateways[1], client: caller.client)
        guard round.isMultiple(of: 4) else { return }
        gateways[1].kill()
        try gateways[1].start()
        try await ready(gateways[1])
    }

    func ready(_ gateway: GatewayProcess) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let request = HTTPClientRequest(url: gateway.address + "/.well-known/idempotency")
            if let response = try? await caller.client.execute(request, timeout: .seconds(1)), response.status == .ok {
                return
            }
            try await Task.sleep(for: .milliseconds(25))
        }
        throw LabError("a gateway does not come up; look at \(folder)/gateway-0.log (run with --data to keep it)")
    }
}

import NIOCore
import Testing

@testable import IdempotencyGateway

@Suite("What one client can take")
struct ClientLimitTests {
    @Test("One address gets so many connections and no more; one that leaves makes room")
    func perAddress() async throws {
        try await Bench.run(configure: { $0.limits.connectionsPerAddress = 2 }) { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let first = try await bench.connect()
            #expect(try await first.request("GET", "/").status == 200)
            let second = try await bench.connect()
            #expect(try await second.request("GET", "/").status == 200)
            let third = try await bench.connect()
            await third.ended()
            await first.close()
            var status = 0
            let deadline = ContinuousClock.now + .seconds(30)
            while status != 200, ContinuousClock.now < deadline {
                let next = try await bench.connect()
                status = (try? await next.request("GET", "/").status) ?? 0
            }
            #expect(status == 200)
        }
    }

    @Test("The census counts addresses for themselves, and forgets those that have left")
    func census() {
        let census = Census(connectionLimit: 4, addressLimit: 2)
        #expect(census.enterConnection(from: "a") && census.enterConnection(from: "a"))
        #expect(!census.enterConnection(from: "a"))
        #expect(census.enterConnection(from: "b") && census.enterConnection(from: nil))
        #expect(!census.enterConnection(from: nil), "the limit over all holds for everybody")
        census.leaveConnection(from: "a")
        #expect(census.enterConnection(from: "a"))
        #expect(census.counts.connections == 4)
    }

    @Test("A body is too slow when less came than the rate wants, but not in the first seconds")
    func pace() {
        var pace = BodyPace(rate: 100, now: Self.start)
        pace.received(50)
        let early = [9, 11].map { pace.isTooSlow(now: Self.start + .seconds($0), isHeld: false) }
        #expect(early == [false, true])
        pace.received(2_000)
        let late = [20, 22].map { pace.isTooSlow(now: Self.start + .seconds($0), isHeld: false) }
        #expect(late == [false, true])
    }

    @Test("The time in which the gateway itself does not read counts for nobody")
    func heldPace() {
        var pace = BodyPace(rate: 100, now: Self.start)
        let held = (1...100).map { pace.isTooSlow(now: Self.start + .seconds(Int64($0)), isHeld: true) }
        #expect(!held.contains(true))
        let after = [110, 112].map { pace.isTooSlow(now: Self.start + .seconds(Int64($0)), isHeld: false) }
        #expect(after == [false, true])
    }

    private static let start = NIODeadline.uptimeNanoseconds(0)

    @Test("A request that is refused does not take the answer of the one before it away")
    func pipelined() async throws {
        try await Bench.run { _, reply in
            reply.answer()
        } test: { bench, _ async throws in
            let client = try await bench.connect()
            let second = "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n" + second)
            #expect(try await client.answer().status == 200)
            #expect(try await client.answer().status == 400)
            await client.ended()
            #expect(bench.upstream.requests.count == 1)
        }
    }

    @Test("The limit of open files is as high as it may be")
    func descriptors() {
        let limit = DescriptorLimit.raise()
        #expect(limit > 0)
        #expect(DescriptorLimit.raise() == limit)
    }
}

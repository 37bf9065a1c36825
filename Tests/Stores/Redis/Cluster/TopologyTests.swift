import Testing

@testable import IdempotencyRedis

/// What a cluster says of itself is understood, or refused.
@Suite struct TopologyTests {
    private let asked = ServerAddress(host: "seed", port: 1)

    private func node(_ host: String, _ port: Int) -> RESPValue {
        .array([.text(host), .integer(Int64(port)), .text("id"), .array([])])
    }

    private func range(_ first: Int, _ last: Int, _ nodes: RESPValue...) -> RESPValue {
        .array([.integer(Int64(first)), .integer(Int64(last))] + nodes)
    }

    @Test("Slots lead to primaries, and replicas are known as nodes to ask")
    func ranges() throws {
        let reply = RESPValue.array([
            range(8192, 16_383, node("b", 2), node("c", 3)), range(0, 100, node("a", 1)),
            range(101, 8191, node("b", 2)),
        ])
        var topology = try #require(Topology(reply, asked: asked))
        #expect(topology.isComplete)
        #expect(Set(topology.primaries) == [.init(host: "a", port: 1), .init(host: "b", port: 2)])
        #expect(topology.nodes.count == 3)
        #expect(topology.primary(of: 100) == .init(host: "a", port: 1))
        #expect(topology.primary(of: 101) == .init(host: "b", port: 2))
        #expect(topology.lowestSlot(of: .init(host: "b", port: 2)) == 101)
        topology.move(0, to: .init(host: "d", port: 4))
        #expect(topology.primary(of: 0) == .init(host: "d", port: 4))
        #expect(topology.lowestSlot(of: .init(host: "a", port: 1)) == 1)
        #expect(topology.lowestSlot(of: .init(host: "c", port: 3)) == nil)
    }

    @Test("A gap is known, and a node that does not know its own host is where it was asked")
    func gaps() throws {
        let topology = try #require(Topology(.array([range(0, 5, node("", 7))]), asked: asked))
        #expect(!topology.isComplete)
        #expect(topology.primary(of: 3) == .init(host: "seed", port: 7))
        #expect(topology.primary(of: 6) == nil)
        #expect(Topology(.array([]), asked: asked)?.isComplete == false)
    }

    @Test("What is no table is refused")
    func refused() {
        for reply in [
            RESPValue.integer(1), .array([.integer(1)]), .array([range(0, 16_384, node("a", 1))]),
            .array([range(5, 4, node("a", 1))]), .array([range(-1, 4, node("a", 1))]), .array([range(0, 4)]),
            .array([range(0, 4, node("a", 0))]), .array([range(0, 4, .integer(1))]),
        ] {
            #expect(Topology(reply, asked: asked) == nil, "\(reply)")
        }
    }
}

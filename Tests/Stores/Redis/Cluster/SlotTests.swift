import Testing

@testable import IdempotencyRedis

/// Keys lie in the slots that the specification of Redis Cluster gives.
@Suite struct SlotTests {
    @Test(
        "The slot is the checksum of the key, or of its tag",
        arguments: [
            ("123456789", 0x31C3), ("", 0), ("foo", 12_182), ("{user1000}.following", 3443),
            ("{user1000}.followers", 3443), ("user1000", 3443), ("foo{}{bar}", 8363), ("foo{{bar}}zap", 4015),
            ("foo{bar}{zap}", 5061), ("bar", 5061),
        ])
    func slots(key: String, slot: Int) {
        #expect(Slot.of(key.utf8) == slot % Slot.count)
    }

    @Test("Every slot has a tag that leads to it", arguments: [0, 1, 5460, 5461, 10_923, 16_383])
    func tags(slot: Int) {
        #expect(Slot.of("once:server:{\(Slot.tag(for: slot))}".utf8) == slot)
    }
}

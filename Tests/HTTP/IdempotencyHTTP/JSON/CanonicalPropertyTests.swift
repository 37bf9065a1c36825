import IdempotencyHTTP
import Testing

@Suite("The canonical form of a random value")
struct CanonicalPropertyTests {
    @Test(
        "is the same however the value is spelt, and another for every other value",
        arguments: [1, 2, 3, 4] as [UInt64])
    func oneFormPerValue(seed: UInt64) throws {
        var random = Seeded(seed: seed)
        for round in 0..<600 {
            let value = Spelling.random(&random)
            let (first, second) = (value.text(&random), value.text(&random))
            let other = value.changed(&random).text(&random)
            let form = try CanonicalJSON.bytes(of: first.utf8)
            #expect(
                try CanonicalJSON.bytes(of: second.utf8) == form, "seed \(seed), round \(round): \(first) \(second)")
            #expect(try CanonicalJSON.bytes(of: other.utf8) != form, "seed \(seed), round \(round): \(first) \(other)")
            #expect(try CanonicalJSON.bytes(of: form) == form, "seed \(seed), round \(round): \(first)")
        }
    }
}

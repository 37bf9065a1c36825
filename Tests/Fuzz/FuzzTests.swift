import Foundation
import IdempotencyTestKit
import Testing

/// The short form. The long one is guided by coverage: Fuzz/README.md.
@Suite("Any bytes")
struct FuzzTests {
    /// Words that make the mutations of an input worth trying.
    static let words = [
        "Idempotency-Key", "Content-Length: ", "Transfer-Encoding: chunked\r\n", "Host: a\r\n", "Connection: close\r\n",
        " HTTP/1.1\r\n", "POST ", "0\r\n\r\n", "\\u0000", "\\uD800", "1e400", "\"", ";", "=", "[", "{", ",", "://",
        "ms", "KiB",
    ]

    @Test(
        "break no parser and no property, those of the corpus and mutations of them", arguments: FuzzProperty.allCases)
    func holds(property: FuzzProperty) throws {
        let corpus = try Self.corpus(of: property)
        #expect(!corpus.isEmpty)
        for bytes in corpus { try property.check(bytes) }
        let seed = Seed.current.derived(property.rawValue)
        var mutator = Mutator(seed: seed, corpus: corpus + [[]], words: Self.words)
        var count = 0
        let end = ContinuousClock.now + .seconds(1)
        while ContinuousClock.now < end {
            for _ in 0..<100 {
                let bytes = mutator.next()
                do {
                    try property.check(bytes)
                } catch {
                    Issue.record("\(error) (seed \(Seed.current), input \(count))")
                    return
                }
                count += 1
            }
        }
        print("fuzz \(property): \(count) inputs, seed \(Seed.current)")
    }

    private static func corpus(of property: FuzzProperty) throws -> [[UInt8]] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appending(path: "Fuzz/Corpus/\(property)")
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.path < $1.path }
            .map { Array(try Data(contentsOf: $0)) }
    }
}

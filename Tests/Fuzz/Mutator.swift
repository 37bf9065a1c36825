import IdempotencyTestKit

/// Makes new bytes of known ones: flips, cuts, repeats, splices, and puts words in that parsers take for something.
struct Mutator {
    private var random: SeededGenerator
    private let corpus: [[UInt8]]
    private let words: [[UInt8]]

    init(seed: Seed, corpus: [[UInt8]], words: [String]) {
        random = SeededGenerator(seed)
        self.corpus = corpus
        self.words = words.map { Array($0.utf8) } + [[0], [0xFF], [0x80], [0x0D, 0x0A], [0x0A], [0x20], [0x09]]
    }

    /// The next input.
    mutating func next() -> [UInt8] {
        var bytes = corpus[below(corpus.count)]
        for _ in 0...below(6) { change(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = below(bytes.count + 1)
        switch below(7) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(below(8))
        case 1 where place < bytes.count: bytes[place] = UInt8(below(256))
        case 2: bytes.insert(contentsOf: words[below(words.count)], at: place)
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + below(16)))
        case 4:
            let piece = bytes[place..<min(bytes.count, place + below(32))]
            for _ in 0...below(4) { bytes.insert(contentsOf: piece, at: place) }
        case 5:
            let other = corpus[below(corpus.count)]
            bytes.replaceSubrange(place..., with: other[below(other.count + 1)...])
        default: bytes.insert(UInt8(below(256)), at: place)
        }
    }

    private mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }
}

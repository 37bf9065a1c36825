import Crypto
import Testing

@testable import IdempotencyEncrypted

@Suite("The tree of scope secrets")
struct ScopeTreeTests {
    private let root = SymmetricKey(data: [UInt8](repeating: 7, count: 32))

    @Test("Every leaf has a secret of its own, always the same")
    func leaves() throws {
        let tree = ScopeTree(root: root)
        let leaves: [UInt64] = [0, 1, .max, .max - 1, 1 << 63, 0x0123_4567_89AB_CDEF]
        let secrets = try leaves.map { try #require(tree.secret(of: $0)).bytes }
        #expect(Set(secrets).count == leaves.count)
        #expect(secrets == (try leaves.map { try #require(ScopeTree(root: root).secret(of: $0)).bytes }))
    }

    @Test("A leaf that was taken out has no secret, and nothing on the way to it is kept")
    func removal() {
        var tree = ScopeTree(root: root)
        let leaf: UInt64 = 0x0123_4567_89AB_CDEF
        let isRemoved = tree.remove(leaf)
        #expect(isRemoved && tree.secret(of: leaf) == nil)
        let isRemovedAgain = tree.remove(leaf)
        #expect(!isRemovedAgain)
        #expect(tree.secrets.count == ScopeTree.depth)
        for depth in 0...ScopeTree.depth { #expect(tree.secrets[.init(towards: leaf, depth: depth)] == nil) }
    }

    @Test("All other leaves keep their secrets, next to the one that was taken out and far from it")
    func others() {
        let whole = ScopeTree(root: root)
        var tree = whole
        let gone: [UInt64] = [0, 5, .max, 0x8000_0000_0000_0000]
        for leaf in gone {
            let isRemoved = tree.remove(leaf)
            #expect(isRemoved)
        }
        var random = SystemRandomNumberGenerator()
        let near = (0..<64).map { UInt64(5) ^ 1 << UInt64($0) }
        let others = near + (0..<100).map { _ in UInt64.random(in: .min ... .max, using: &random) }
        for leaf in others where !gone.contains(leaf) {
            #expect(tree.secret(of: leaf) == whole.secret(of: leaf), "leaf \(leaf)")
        }
        for leaf in gone { #expect(tree.secret(of: leaf) == nil) }
    }
}

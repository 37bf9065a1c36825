/// A bounded dictionary that forgets what was not asked for the longest, by count and by size.
///
/// A doubly linked list within an array: every operation takes constant time.
package struct LeastRecentlyUsed<Key: Hashable, Value> {
    private struct Node {
        var key: Key
        var value: Value
        var size: Int
        var newer: Int
        var older: Int
    }

    private static var none: Int { -1 }

    private var index: [Key: Int] = [:]
    private var nodes: [Node] = []
    private var free: [Int] = []
    private var newest = -1
    private var oldest = -1
    /// The sum of their sizes.
    package private(set) var size = 0
    private let countLimit: Int
    private let sizeLimit: Int

    /// A dictionary of at most `countLimit` values whose sizes add up to at most `sizeLimit`.
    package init(countLimit: Int, sizeLimit: Int) {
        self.countLimit = countLimit
        self.sizeLimit = sizeLimit
    }

    /// How many values there are.
    package var count: Int { index.count }

    /// The value of `key`, which becomes the newest.
    package mutating func value(for key: Key) -> Value? {
        guard let position = index[key] else { return nil }
        unlink(position)
        linkAsNewest(position)
        return nodes[position].value
    }

    /// Keeps a value and forgets the oldest ones beyond the limits; one that is larger than the limit is not kept.
    package mutating func insert(_ value: Value, size: Int, for key: Key) {
        remove(key)
        guard size <= sizeLimit, countLimit > 0 else { return }
        let node = Node(key: key, value: value, size: size, newer: Self.none, older: Self.none)
        let position: Int
        if let reused = free.popLast() {
            position = reused
            nodes[position] = node
        } else {
            position = nodes.count
            nodes.append(node)
        }
        index[key] = position
        self.size += size
        linkAsNewest(position)
        while index.count > countLimit || self.size > sizeLimit { remove(nodes[oldest].key) }
    }

    /// Forgets a value.
    package mutating func remove(_ key: Key) {
        guard let position = index.removeValue(forKey: key) else { return }
        unlink(position)
        size -= nodes[position].size
        free.append(position)
    }

    private mutating func linkAsNewest(_ position: Int) {
        nodes[position].older = newest
        nodes[position].newer = Self.none
        if newest != Self.none { nodes[newest].newer = position }
        newest = position
        if oldest == Self.none { oldest = position }
    }

    private mutating func unlink(_ position: Int) {
        let (newer, older) = (nodes[position].newer, nodes[position].older)
        if newer == Self.none { newest = older } else { nodes[newer].older = older }
        if older == Self.none { oldest = newer } else { nodes[older].newer = newer }
    }
}

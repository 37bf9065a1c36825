/// The items of a query, in an order that does not depend on how the caller built it.
enum QueryItems {
    /// The items as sent, not decoded, sorted by name; items of one name keep their order, which may mean something.
    static func sorted(_ query: Substring?) -> [Substring] {
        guard let query, !query.isEmpty else { return [] }
        let items = query.split(on: 0x26)
        guard items.count > 1 else { return items }
        return items.enumerated().sorted { a, b in
            let (x, y) = (name(of: a.element), name(of: b.element))
            if x.utf8.elementsEqual(y.utf8) { return a.offset < b.offset }
            return x.utf8.lexicographicallyPrecedes(y.utf8)
        }.map(\.element)
    }

    private static func name(of item: Substring) -> Substring {
        item.cut(at: 0x3D).before
    }
}

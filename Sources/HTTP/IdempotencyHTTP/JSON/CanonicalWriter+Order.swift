extension CanonicalWriter {
    /// Puts the members of the innermost open object in canonical order; false when a name comes twice.
    mutating func orderMembers(from first: Int) -> Bool {
        guard members.count - first > 1 else { return true }
        switch orderOfNeighbours(from: first) {
        case .before: return true
        case .same: return false
        case .after: break
        }
        let start = members[first].start
        sortMembers(from: first)
        guard orderOfNeighbours(from: first) == .before else { return false }
        scratch.removeAll(keepingCapacity: true)
        for member in members[first...] { scratch.append(contentsOf: output[member.start..<member.end]) }
        output.removeLast(output.count - start)
        output.append(contentsOf: scratch)
        return true
    }

    /// Takes the output out of `self` meanwhile: a second reference to it would make the next write copy all of it.
    private mutating func sortMembers(from first: Int) {
        var text: [UInt8] = []
        swap(&text, &output)
        text.withUnsafeBufferPointer { text in
            members.withUnsafeMutableBufferPointer { all in
                var own = UnsafeMutableBufferPointer(rebasing: all[first...])
                own.sort { Self.relation($0, $1, in: text) == .before }
            }
        }
        swap(&text, &output)
    }

    /// *Before* when every member stands before the next one; otherwise how the first pair that is not so stands.
    private func orderOfNeighbours(from first: Int) -> CanonicalOrder.Relation {
        output.withUnsafeBufferPointer { text in
            for index in members.indices.dropFirst(first + 1) {
                let relation = Self.relation(members[index - 1], members[index], in: text)
                if relation != .before { return relation }
            }
            return .before
        }
    }

    private static func relation(
        _ a: Member, _ b: Member, in text: UnsafeBufferPointer<UInt8>
    ) -> CanonicalOrder.Relation {
        CanonicalOrder.relation(text[a.start + 1..<a.nameEnd - 1], text[b.start + 1..<b.nameEnd - 1])
    }
}

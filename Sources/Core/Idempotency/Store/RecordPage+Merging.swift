extension RecordPage {
    /// The entries of two pages of one query, in their order, as many as fit.
    ///
    /// Where one of the pages goes on, nothing is taken from beyond its end: what it has there comes next.
    package func merged(with other: RecordPage, limit: Int) -> RecordPage {
        let end = [next, other.next].compactMap { $0 }.min()
        let all = (entries + other.entries).sorted { $0.cursor < $1.cursor }
        let known = end.map { end in all.filter { $0.cursor <= end } } ?? all
        let page = Array(known.prefix(limit))
        return RecordPage(entries: page, next: known.count > page.count ? page.last?.cursor : end, now: now)
    }
}

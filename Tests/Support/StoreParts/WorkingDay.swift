package import Idempotency

/// All that a program does with the records of a store, over three keys of its own; the first one stays, completed.
package struct WorkingDay {
    /// A step that did not do what it should.
    package struct Failure: Error {
        package let step: String
    }

    /// The keys.
    package let ids: [RecordID]
    private let store: any ListingStore & SweepingStore & RewritingStore

    /// A day in `store`, over the keys from this number on.
    package init(in store: any ListingStore & SweepingStore & RewritingStore, from number: Int) {
        self.store = store
        ids = (number..<number + 3).map { .test($0) }
    }

    /// Claims, renews, rewrites, completes, takes over, releases, lists, counts and sweeps.
    ///
    /// - Parameter claimed: Called when the first key is claimed, before anything else is written there.
    package func run(claimed: () async throws -> Void) async throws {
        var record = try await stored("a claim", .claim(ids[0], .test(1)))
        try await claimed()
        record = try await stored(
            "a renewal",
            Exchange(ids[0], expecting: .running(.test(1)), next: Draft(record, state: .running(lease: .seconds(30)))))
        var content = RecordContent(of: record)
        content.checkpoint = [7]
        try check("a rewriting", try await store.rewrite(ids[0], seen: record, as: content))
        record = try await stored("a completion", .complete(ids[0], record))
        try check("a duplicate", try await store.exchange(.claim(ids[0], .test(9))).record == record)

        _ = try await stored("a claim", .claim(ids[1], .test(2)))
        let release = try await store.exchange(Exchange(ids[1], expecting: .running(.test(2)), next: nil))
        try check("a release", release.isStored)

        let lapsed = try await stored("a short claim", .claim(ids[2], .test(3), lease: .zero))
        let takeover = Exchange(
            ids[2], expecting: .unrenewed(.test(3), renewals: 0),
            next: Draft(takingOver: lapsed, owner: .test(4), lease: .seconds(30)))
        let taken = try await stored("a takeover", takeover)
        _ = try await stored("a short completion", .complete(ids[2], taken, retention: .zero))

        try check("a look", try await store.record(ids[0]).record == record)
        try check("a listing", try await store.records(RecordQuery()).entries.contains { $0.id == ids[0] })
        let walked = try await store.walk(from: nil, limit: 1000)
        try check("a walk", walked.entries.contains { $0.id == ids[0] })
        try check("a count", try await store.counts().completed > 0)
        var removed = 0
        for _ in 0..<500 where removed == 0 {
            removed = try await store.sweep(limit: 100)
            try await Task.sleep(for: .milliseconds(2))
        }
        try check("a sweep", removed > 0)
    }

    private func stored(_ step: String, _ exchange: Exchange) async throws -> Record {
        guard case .stored(let record?, _) = try await store.exchange(exchange) else { throw Failure(step: step) }
        return record
    }

    private func check(_ step: String, _ isDone: Bool) throws {
        guard isDone else { throw Failure(step: step) }
    }
}

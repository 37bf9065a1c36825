import Idempotency

extension StoreConformance {
    static let listings = [
        ConformanceCheck("One record can be read, and a vacant or expired key reads as nothing", needs: .listing) {
            trial in
            let oracle = Oracle(trial)
            let listing = try trial.listing
            for (number, situation) in Situation.allCases.enumerated() {
                try await situation.prepare(Sample.id(UInt64(number)), oracle, trial)
            }
            try await trial.wait(until: oracle.now + trial.shortRetention)
            for number in Situation.allCases.indices {
                let id = Sample.id(UInt64(number))
                let expected = try await oracle.read(id)
                let found = try await listing.record(id)
                try trial.require(
                    found.record == expected,
                    "\(Situation.allCases[number]): expected \(expected?.summary ?? "nothing"), "
                        + "found \(found.record?.summary ?? "nothing")")
                try trial.require(
                    found.now >= oracle.now + (.zero - trial.effort.clockTolerance), "Its clock is behind.")
            }
        },
        ConformanceCheck("A listing shows every record once, oldest claim first, in pages of any size", needs: .listing)
        {
            trial in
            let population = try await Population(trial)
            for limit in [1, 7, 1_000] {
                try await population.requireListing(RecordQuery(limit: limit))
            }
        },
        ConformanceCheck("A listing shows only the states and the key it is asked for", needs: .listing) { trial in
            let population = try await Population(trial)
            for state in RecordQuery.State.allCases {
                try await population.requireListing(RecordQuery(states: [state], limit: 3))
            }
            try await population.requireListing(RecordQuery(states: [.inDoubt, .lapsed], limit: 3))
            try await population.requireListing(RecordQuery(key: "key-1", limit: 2))
            try await population.requireListing(RecordQuery(states: [.completed], key: "key-2", limit: 2))
            try await population.requireListing(RecordQuery(key: "nobody's", limit: 2))
        },
        ConformanceCheck("A walk comes by all that stays, whole, while other records come and go", needs: .listing) {
            trial in
            let listing = try trial.listing
            let staying = (0..<9).map { Sample.id($0, 1) }
            for (number, id) in staying.enumerated() {
                let claimed = try await trial.claim(id, owner: UInt64(number))
                guard number > 2 else { continue }
                let draft = Draft(claimed, state: Sample.completed([9, UInt8(number)]))
                _ = try await trial.store.exchange(Exchange(id, expecting: .running(claimed.owner), next: draft))
            }
            var seen: [RecordID: Record] = [:]
            var place: WalkPlace?
            var pages: UInt64 = 0
            repeat {
                let page = try await listing.walk(from: place, limit: 2)
                try trial.require(
                    page.isFirst == (pages == 0), "Page \(pages) says \(page.isFirst) to being the first one.")
                for entry in page.entries { seen[entry.id] = entry.record }
                place = page.next
                pages += 1
                guard pages < 6 else { continue }
                let passing = Sample.id(pages, 2)
                let record = try await trial.claim(passing, owner: 100 + pages)
                let release = Exchange(passing, expecting: .running(record.owner), next: nil)
                if pages.isMultiple(of: 2) { _ = try await trial.store.exchange(release) }
                // Pages may be empty where others have records of their own in the same place.
            } while place != nil && pages < 20_000
            try trial.require(place == nil, "A walk over some ten records did not end after \(pages) pages.")
            for id in staying {
                let expected = try await listing.record(id).record
                try trial.require(
                    seen[id] == expected,
                    "Expected \(expected?.summary ?? "nothing"), the walk saw \(seen[id]?.summary ?? "nothing").")
            }
        },
        ConformanceCheck("The counts are those of the records, after a few seconds at most", needs: .listing) { trial in
            let population = try await Population(trial)
            let listing = try trial.listing
            let expected = population.counts
            var found = try await listing.counts()
            // Real time: a store may keep its counts for a few seconds whatever clock stamps its records.
            let deadline = ContinuousClock.now + .seconds(10)
            while !found.agrees(with: expected), ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(50))
                found = try await listing.counts()
            }
            try trial.require(found.agrees(with: expected), "Expected \(expected), found \(found).")
        },
    ]
}

extension Trial {
    /// The store as one that lists; checks that need it run on no other.
    var listing: any ListingStore {
        get throws {
            guard let listing = store as? any ListingStore else { throw failure("The store does not list.") }
            return listing
        }
    }

    fileprivate func claim(_ id: RecordID, owner: UInt64) async throws -> Record {
        let exchange = Exchange(id, expecting: .vacant, next: Sample.claim(Sample.owner(owner)))
        guard case .stored(let record?, _) = try await store.exchange(exchange) else {
            throw failure("A key that was vacant could not be claimed.")
        }
        return record
    }
}

extension RecordCounts {
    /// Whether the counts are the same; fewer expired ones are right too, as the store may have swept them.
    fileprivate func agrees(with expected: RecordCounts) -> Bool {
        running == expected.running && lapsed == expected.lapsed && completed == expected.completed
            && inDoubt == expected.inDoubt && expired <= expected.expired
    }
}

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
}

extension RecordCounts {
    /// Whether the counts are the same; fewer expired ones are right too, as the store may have swept them.
    fileprivate func agrees(with expected: RecordCounts) -> Bool {
        running == expected.running && lapsed == expected.lapsed && completed == expected.completed
            && inDoubt == expected.inDoubt && expired <= expected.expired
    }
}

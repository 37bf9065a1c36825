import Idempotency
import StoreTestParts
import Testing

/// All that has queued up shares a commit.
@Suite struct GroupCommitTests {
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
    }

    @Test(
        "A thousand concurrent exchanges take far fewer commits; a lone one takes its own",
        arguments: EmbeddedStore.allCases)
    func batches(kind: EmbeddedStore) async throws {
        let store = try await kind.open(in: directory)
        for number in 0..<5 {
            _ = try await store.exchange(.claim(.test(number), .test(number)))
        }
        #expect(store.work.batches == 5)
        try await claim(5..<1005, in: store)
        let work = store.work
        #expect(work.exchanges == 1005)
        #expect(work.batches < 300, "\(work)")
        await store.close()
    }

    @Test(
        "A record that is too large is refused alone; its neighbours in the batch are stored",
        arguments: EmbeddedStore.allCases)
    func neighbours(kind: EmbeddedStore) async throws {
        let store = try await kind.open(in: directory) { $0.recordLimit = 1000 }
        let large = Draft(
            claiming: .test(1), owner: .test(1), lease: .seconds(1),
            label: Label(key: String(repeating: "k", count: 2000)))
        let error = await #expect(throws: StoreError.self) {
            _ = try await store.exchange(Exchange(.test(1), expecting: .vacant, next: large))
        }
        #expect(error?.code == .tooLarge)
        #expect(error?.effect == .notApplied)
        #expect(try await store.exchange(.claim(.test(1), .test(1))).isStored)
        await store.close()
    }

    @Test("A queue that is full refuses, and says that nothing was written", arguments: EmbeddedStore.allCases)
    func fullQueue(kind: EmbeddedStore) async throws {
        let store = try await kind.open(in: directory) { $0.queueLimit = 1 }
        let errors = await withTaskGroup(of: StoreError?.self) { group in
            for number in 0..<2000 {
                group.addTask {
                    do throws(StoreError) {
                        _ = try await store.exchange(.claim(.test(number), .test(number)))
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: []) { errors, error in error.map { errors.append($0) } }
        }
        #expect(errors.allSatisfy { $0.code == .unavailable && $0.effect == .notApplied })
        #expect(try await store.counts().running == 2000 - errors.count)
        await store.close()
    }

    @Test("A closed store refuses, and closing it again does nothing", arguments: EmbeddedStore.allCases)
    func closed(kind: EmbeddedStore) async throws {
        let store = try await kind.open(in: directory)
        await store.close()
        await store.close()
        let error = await #expect(throws: StoreError.self) {
            _ = try await store.exchange(.claim(.test(1), .test(1)))
        }
        #expect(error?.code == .shutDown)
        #expect(error?.effect == .notApplied)
        let listing = await #expect(throws: StoreError.self) { _ = try await store.counts() }
        #expect(listing?.code == .shutDown)
    }

    @Test("Sweeping removes what has expired, in batches, while claims go on", arguments: EmbeddedStore.allCases)
    func sweeping(kind: EmbeddedStore) async throws {
        let clock = TestClock()
        let store = try await kind.open(in: directory, clock: clock)
        try await claim(0..<1200, in: store, completing: true)
        clock.advance(by: .seconds(3601))
        async let claims: Void = claim(2000..<2300, in: store)
        #expect(try await store.sweep(limit: 700) == 700)
        #expect(try await store.sweep(limit: 700) == 500)
        #expect(try await store.sweep(limit: 700) == 0)
        try await claims
        #expect(try await store.counts() == RecordCounts(running: 300))
        await store.close()
    }

    private func claim(_ numbers: Range<Int>, in store: any ClosableStore, completing: Bool = false) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in numbers {
                group.addTask {
                    let reply = try await store.exchange(.claim(.test(number), .test(number)))
                    if completing, let record = reply.record {
                        _ = try await store.exchange(.complete(.test(number), record))
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

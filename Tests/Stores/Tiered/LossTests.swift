import Idempotency
import IdempotencyPrometheus
import IdempotencyTestKit
import IdempotencyTiered
import StoreTestParts
import Testing

/// What is promised when the store in front loses what it has acknowledged.
@Suite("Tiers: losses in front") struct LossTests {
    private let pair = LosingPair()

    @Test("An outcome outlives the loss, and answers the next retry")
    func outcome() async throws {
        let first = try await pair.claim(1, at: pair.one)
        _ = try await pair.complete(first, [1], at: pair.one)
        pair.front.loseEverything()
        let draft = Draft(claiming: .test(1), owner: .test(2), lease: .seconds(30))
        let reply = try await pair.two.exchange(Exchange(pair.id, expecting: .vacant, next: draft))
        guard case .conflict(let record?, _) = reply else { throw NotStored(reply: reply) }
        #expect(record.outcomeBytes == [1] && record.owner == .test(1))
        #expect(pair.two.statistics.copied == 1)
        // It is in front again.
        #expect(try await pair.seen(at: pair.one)?.outcomeBytes == [1])
    }

    @Test("A claim that is lost is restored by the next renewal, before anybody is let in")
    func renewal() async throws {
        let first = try await pair.claim(1, at: pair.one)
        pair.front.loseEverything()
        let renewal = Exchange(
            pair.id, expecting: .running(.test(1)), next: Draft(first, state: .running(lease: .seconds(60))))
        let renewed = try await pair.stored(renewal, at: pair.one)
        #expect(renewed.fence == first.fence && renewed.renewals == 1)
        await #expect(throws: NotStored.self) { try await pair.claim(2, at: pair.two) }
        #expect(pair.one.statistics.lostClaims == 1)
    }

    @Test("An outcome whose claim was lost is kept all the same")
    func completion() async throws {
        let first = try await pair.claim(1, at: pair.one)
        pair.front.loseEverything()
        let reply = try await pair.complete(first, [1], at: pair.one)
        guard case .stored = reply else { throw NotStored(reply: reply) }
        #expect(try await pair.seen(at: pair.two)?.outcomeBytes == [1])
        #expect(pair.one.statistics.lostClaims == 1 && pair.one.statistics.overruled == 0)
    }

    @Test(
        "Of two attempts that a loss let in, the first to end is kept and the other is told", arguments: [true, false])
    func two(firstEndsFirst: Bool) async throws {
        let first = try await pair.claim(1, at: pair.one)
        pair.front.loseEverything()
        pair.clock.advance(by: .milliseconds(10))
        // This is the damage that such a loss does: both run.
        let second = try await pair.claim(2, at: pair.two)
        #expect(second.fence > first.fence)
        let attempts = [(first, pair.one, [UInt8(1)]), (second, pair.two, [UInt8(2)])]
        let order = firstEndsFirst ? attempts : attempts.reversed()
        let kept = try await pair.complete(order[0].0, order[0].2, at: order[0].1)
        guard case .stored = kept else { throw NotStored(reply: kept) }
        let lost = try await pair.complete(order[1].0, order[1].2, at: order[1].1)
        guard case .conflict(let record?, _) = lost else { throw NotStored(reply: lost) }
        #expect(record.outcomeBytes == order[0].2)
        for store in [pair.one, pair.two] { #expect(try await pair.seen(at: store)?.outcomeBytes == order[0].2) }
        #expect(pair.one.statistics.overruled == (firstEndsFirst ? 1 : 0))
        let counted = "idempotency_front_events_total{event=\"overruled\"} \(pair.one.statistics.overruled)\n"
        #expect(pair.metrics.text().contains(counted))
        #expect(pair.journal.errors.count == pair.one.statistics.overruled)
    }

    @Test("A doubt outlives the loss, and can be settled after it", arguments: [true, false])
    func doubt(isResolved: Bool) async throws {
        let first = try await pair.claim(1, at: pair.one)
        let doubt = try await pair.stored(
            Exchange(pair.id, expecting: .running(.test(1)), next: Draft(first, state: .inDoubt(.unknownEnd))),
            at: pair.one)
        pair.front.loseEverything()
        let outcome = Draft(doubt, state: .completed(Outcome(.success, [3]), retention: .seconds(60)))
        let settled = try await pair.two.exchange(
            Exchange(pair.id, expecting: .inDoubt(.test(1)), next: isResolved ? outcome : nil))
        guard case .stored = settled else { throw NotStored(reply: settled) }
        pair.front.loseEverything()
        if isResolved {
            await #expect(throws: NotStored.self) { try await pair.claim(2, at: pair.two) }
            #expect(try await pair.seen(at: pair.two)?.outcomeBytes == [3])
        } else {
            #expect(try await pair.claim(2, at: pair.two).attempt == 1)
        }
    }

    @Test("A recovery point outlives the loss, and goes to the attempt that takes over")
    func recoveryPoint() async throws {
        let first = try await pair.claim(1, at: pair.one)
        var saving = Draft(first, state: .running(lease: .seconds(30)))
        saving.checkpoint = [7, 8]
        let saved = try await pair.stored(Exchange(pair.id, expecting: .running(.test(1)), next: saving), at: pair.one)
        pair.front.loseEverything()
        let claim = Draft(claiming: .test(1), owner: .test(2), lease: .seconds(30))
        let reply = try await pair.two.exchange(Exchange(pair.id, expecting: .vacant, next: claim))
        guard case .conflict(let record?, _) = reply else { throw NotStored(reply: reply) }
        #expect(record.checkpoint == [7, 8] && record.owner == .test(1))
        #expect(record.hasLiveLease(at: reply.now))
        // Who saw the claim before it was lost cannot take it over as if it had not been renewed since.
        let late = try await pair.takeOver(saved, by: 3, at: pair.two)
        #expect(late.record?.owner == .test(1))
        let renewal = Exchange(
            pair.id, expecting: .running(.test(1)), next: Draft(saved, state: .running(lease: .seconds(60))))
        #expect(try await pair.stored(renewal, at: pair.one).checkpoint == [7, 8])
    }

    @Test("A recovery point does not come back when its attempt was released, or has ended")
    func recoveryPointEnds() async throws {
        let first = try await pair.claim(1, at: pair.one)
        var saving = Draft(first, state: .running(lease: .seconds(30)))
        saving.checkpoint = [7, 8]
        _ = try await pair.stored(Exchange(pair.id, expecting: .running(.test(1)), next: saving), at: pair.one)
        let released = try await pair.two.exchange(Exchange(pair.id, expecting: .running(.test(1)), next: nil))
        guard case .stored = released else { throw NotStored(reply: released) }
        pair.front.loseEverything()
        let second = try await pair.claim(2, at: pair.two)
        #expect(second.checkpoint.isEmpty && second.attempt == 1)
    }

    @Test("What another process has ended is not taken for lost", arguments: [true, false])
    func endedElsewhere(isTakenOver: Bool) async throws {
        let first = try await pair.claim(1, at: pair.one, lease: .zero)
        if isTakenOver {
            let second = try #require(try await pair.takeOver(first, by: 2, at: pair.two).record)
            _ = try await pair.two.exchange(Exchange(pair.id, expecting: .running(second.owner), next: nil))
        } else {
            _ = try await pair.two.exchange(Exchange(pair.id, expecting: .running(.test(1)), next: nil))
        }
        let late = try await pair.complete(first, [1], at: pair.one)
        #expect(late == .conflict(nil, now: late.now))
        #expect(pair.one.statistics == TierStatistics())
    }

    @Test("An outcome that a failover of the store behind takes back is told from its copy in front")
    func forgottenBehind() async throws {
        let first = try await pair.claim(1, at: pair.one)
        _ = try await pair.complete(first, [1], at: pair.one)
        pair.base.loseEverything()
        for store in [pair.one, pair.two] {
            let error = await #expect(throws: NotStored.self) { try await pair.claim(2, at: store) }
            #expect(error?.reply.record?.outcomeBytes == [1])
        }
        // Nothing brings it back behind: with its copy it is gone, as with any store that forgets what it acknowledged.
        pair.front.loseEverything()
        #expect(try await pair.claim(3, at: pair.two).attempt == 1)
    }

    @Test("A failover that takes an outcome back does not let a second attempt in")
    func rolledBack() async throws {
        let first = try await pair.claim(1, at: pair.one, lease: .zero)
        let before = pair.front.contents
        _ = try await pair.complete(first, [1], at: pair.one)
        pair.front.goBack(to: before)
        let reply = try await pair.takeOver(first, by: 2, at: pair.two)
        guard case .conflict(let record?, _) = reply else { throw NotStored(reply: reply) }
        #expect(record.outcomeBytes == [1])
    }

    @Test("A failover that takes a takeover back lets the first end of both count")
    func rolledBackTakeover() async throws {
        let first = try await pair.claim(1, at: pair.one, lease: .zero)
        let before = pair.front.contents
        let second = try #require(try await pair.takeOver(first, by: 2, at: pair.two).record)
        pair.front.goBack(to: before)
        let kept = try await pair.complete(first, [1], at: pair.one)
        guard case .stored = kept else { throw NotStored(reply: kept) }
        let lost = try await pair.complete(second, [2], at: pair.two)
        guard case .conflict(let record?, _) = lost else { throw NotStored(reply: lost) }
        #expect(record.outcomeBytes == [1])
    }

    @Test("A claim that nobody can look behind for leaves nothing in front")
    func baseAway() async throws {
        pair.base.fail(with: StoreError(.unavailable, "away", effect: .unknown))
        let error = await #expect(throws: StoreError.self) { try await pair.claim(1, at: pair.one) }
        #expect(error?.effect == .notApplied)
        pair.base.fail(with: nil)
        #expect(try await pair.claim(2, at: pair.two).attempt == 1)
    }

    @Test("An outcome that cannot be told in front is kept, and told when it is asked for")
    func untold() async throws {
        let first = try await pair.claim(1, at: pair.one, lease: .zero)
        let before = pair.front.contents
        _ = try await pair.complete(first, [1], at: pair.one)
        // As if the last write in front had never arrived.
        pair.front.goBack(to: before)
        pair.front.fail(with: StoreError(.unavailable, "away", effect: .notApplied))
        await #expect(throws: StoreError.self) { try await pair.claim(2, at: pair.two) }
        pair.front.fail(with: nil)
        let reply = try await pair.takeOver(first, by: 3, at: pair.two)
        #expect(reply.record?.outcomeBytes == [1])
    }
}

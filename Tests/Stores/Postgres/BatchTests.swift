import Idempotency
import StoreTestParts
import Testing

@testable import IdempotencyPostgres

/// The way of a batch through its rounds, without a server.
@Suite struct BatchTests {
    private let time = Timestamp(microseconds: 1_700_000_000_000_000)

    /// A server of one process: carries out a round on registers.
    private struct Table {
        var registers: [RecordID: Register] = [:]
        var fence = Fence(0)
        var rounds = 0

        mutating func carryOut(_ round: Round, at now: Timestamp) -> [RoundReply] {
            rounds += 1
            return round.entries.map { entry in
                let found = registers[entry.id]?.record
                let draft: Draft?
                let mayWrite: Bool
                switch entry.step {
                case .insert(let next): (draft, mayWrite) = (next, found == nil)
                case .replaceExpired(let next): (draft, mayWrite) = (next, found?.isExpired(at: now) ?? false)
                case .update(let next): (draft, mayWrite) = (next, entry.expecting.holds(for: found, at: now))
                case .delete: (draft, mayWrite) = (nil, entry.expecting.holds(for: found, at: now))
                case .look: (draft, mayWrite) = (nil, false)
                }
                guard mayWrite else {
                    return entry.step.looks ? .found(.success(found), at: now) : .missed
                }
                if let draft {
                    if draft.fence == nil { fence = fence.next }
                    registers[entry.id] = Register(draft.stamped(at: now, fence: fence))
                    return .stored(now, draft.fence ?? fence)
                } else {
                    registers[entry.id] = nil
                    return .deleted(now)
                }
            }
        }
    }

    private func run(_ exchanges: [Exchange], on table: inout Table) -> [ExchangeReply] {
        var batch = ExchangeBatch(exchanges)
        while !batch.isDone {
            let round = batch.nextRound(table: 5)
            batch.take(table.carryOut(round, at: time), of: round)
        }
        return batch.answers.compactMap { try? $0.get() }
    }

    @Test("Exchanges of different keys share a round, in the order of their locks")
    func oneRound() {
        var table = Table()
        let exchanges = (0..<50).map { Exchange.claim(.test($0), .test($0)) }
        let round = ExchangeBatch(exchanges).nextRound(table: 5)
        let locks = round.entries.map { Round.lock(of: $0.id, table: 5) }
        #expect(locks == locks.sorted())
        let replies = run(exchanges, on: &table)
        #expect(replies.allSatisfy { $0.isStored })
        #expect(table.rounds == 1)
    }

    @Test("A thousand claims of one key take one round: one wins, the others are told who")
    func duplicates() {
        var table = Table()
        let replies = run((0..<1000).map { Exchange.claim(.test(1), .test($0)) }, on: &table)
        #expect(replies.count == 1000)
        #expect(replies.filter(\.isStored).count == 1)
        #expect(replies.allSatisfy { $0.record?.owner == .test(0) })
        #expect(table.rounds == 1)
    }

    @Test("An exchange that the one before it makes possible takes the next round")
    func succession() {
        var table = Table()
        let release = Exchange(.test(1), expecting: .running(.test(0)), next: nil)
        let replies = run([.claim(.test(1), .test(0)), release, .claim(.test(1), .test(2))], on: &table)
        #expect(replies.map(\.isStored) == [true, true, true])
        #expect(table.rounds == 3)
        #expect(table.registers[.test(1)]?.record?.fence == Fence(2))
    }

    @Test("A completion that meets another owner asks afterwards who that is, and answers who waited behind it")
    func missed() throws {
        var table = Table()
        let claimed = try #require(run([.claim(.test(1), .test(1))], on: &table).first?.record)
        let release = Exchange(.test(1), expecting: .running(.test(1)), next: nil)
        _ = run([release, .claim(.test(1), .test(2))], on: &table)
        table.rounds = 0
        let replies = run(
            [.complete(.test(1), claimed), .claim(.test(1), .test(3)), .claim(.test(2), .test(4))], on: &table)
        #expect(replies.map(\.isStored) == [false, false, true])
        #expect(replies.prefix(2).allSatisfy { $0.record?.owner == .test(2) })
        #expect(table.rounds == 2)
    }

    @Test("A write that misses, and may be made when somebody looks, is made then")
    func missedForNow() throws {
        var table = Table()
        let claimed = try #require(run([.claim(.test(1), .test(1))], on: &table).first?.record)
        var batch = ExchangeBatch([.complete(.test(1), claimed)])
        var steps: [Bool] = []
        while !batch.isDone {
            let round = batch.nextRound(table: 5)
            steps += round.entries.map(\.step.looks)
            batch.take(steps.count == 1 ? [.missed] : table.carryOut(round, at: time), of: round)
        }
        #expect(try batch.answers[0].get().isStored)
        #expect(steps == [false, true, false])
    }

    @Test("A claim over an expired record takes a second round, and a look at it finds the key vacant")
    func expired() {
        var table = Table()
        var draft = Draft(claiming: .test(1), owner: .test(1), lease: .zero)
        draft.state = .completed(Outcome(.success, []), retention: .zero)
        table.registers[.test(1)] = Register(draft.stamped(at: time, fence: Fence(7)))
        table.fence = Fence(7)
        let look = Exchange(.test(1), expecting: .vacant, next: nil)
        let looked = run([look], on: &table)
        #expect(looked == [.stored(nil, now: time)])
        let claimed = run([.claim(.test(1), .test(2))], on: &table)
        #expect(claimed.map(\.isStored) == [true])
        #expect(table.rounds == 3)
        #expect(table.registers[.test(1)]?.record?.fence == Fence(8))
    }

    @Test("A round that is sent again after its answer was lost recognises what it wrote; a release does not")
    func repetition() throws {
        var table = Table()
        for exchange in [
            Exchange.claim(.test(1), .test(1)), Exchange(.test(1), expecting: .running(.test(1)), next: nil),
        ] {
            var batch = ExchangeBatch([exchange])
            let round = batch.nextRound(table: 5)
            _ = table.carryOut(round, at: time)
            batch.doubt(round)
            let again = batch.nextRound(table: 5)
            batch.take(table.carryOut(again, at: time), of: again)
            let answer = try #require(batch.answers.first)
            if exchange.next == nil {
                #expect(throws: StoreError.self) { try answer.get() }
            } else {
                #expect(try answer.get().isStored)
            }
        }
    }

    @Test("A repeated write that finds the same owner in another state is refused")
    func repetitionOvertaken() throws {
        var table = Table()
        let claimed = try #require(run([.claim(.test(1), .test(1))], on: &table).first?.record)
        _ = run([.complete(.test(1), claimed)], on: &table)
        var batch = ExchangeBatch([.claim(.test(1), .test(1))])
        batch.doubt(batch.nextRound(table: 5))
        let round = batch.nextRound(table: 5)
        batch.take(table.carryOut(round, at: time), of: round)
        #expect(try batch.answers[0].get().isStored == false)
    }

    @Test("After a round failed as a whole, exchanges go one by one")
    func isolation() {
        var batch = ExchangeBatch((0..<3).map { Exchange.claim(.test($0), .test($0)) })
        #expect(batch.nextRound(table: 5).entries.count == 3)
        batch.isolates = true
        let round = batch.nextRound(table: 5)
        #expect(round.entries.count == 1)
        batch.fail(round) { _ in StoreError(.full, "no space", effect: .notApplied) }
        #expect(batch.nextRound(table: 5).entries.map(\.item) != round.entries.map(\.item))
    }

    @Test("An exchange that meets a change every time it looks gives up in the end")
    func restlessness() {
        var batch = ExchangeBatch([.claim(.test(1), .test(1))])
        var rounds = 0
        while !batch.isDone, rounds < 1000 {
            let round = batch.nextRound(table: 5)
            batch.take([.found(.success(nil), at: time)], of: round)
            rounds += 1
        }
        #expect(rounds == ExchangeBatch.roundLimit)
        #expect(throws: StoreError.self) { try batch.answers[0].get() }
    }

    @Test("Large records do not share a round")
    func roundSize() {
        var exchanges: [Exchange] = []
        for number in 0..<4 {
            var draft = Draft(claiming: .test(1), owner: .test(number), lease: .zero)
            draft.checkpoint = [UInt8](repeating: 0, count: 5 << 20)
            exchanges.append(Exchange(.test(number), expecting: .vacant, next: draft))
        }
        #expect(ExchangeBatch(exchanges).nextRound(table: 5).entries.count == 1)
    }

    @Test(
        "Texts are kept to the byte, NUL and backslash too", arguments: ["", "a\u{0}b", "\\0", "\\\\", "\u{0}", "é✓\\"])
    func labelTexts(text: String) {
        let stored = LabelText.encode(text)
        #expect(!stored.utf8.contains(0))
        #expect(LabelText.decode(stored).map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test("A stored text that nobody wrote is refused", arguments: ["\\", "a\\b", "\\\\\\"])
    func damagedTexts(stored: String) {
        #expect(LabelText.decode(stored) == nil)
    }
}

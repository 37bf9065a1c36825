import Testing

@testable import Idempotency

@Suite("What a quota knows") struct QuotaLedgerTests {
    private func tally(_ scopes: [String: StoreUsage]) -> UsageTally {
        var tally = UsageTally()
        tally.add(UsagePage(scopes: scopes))
        return tally
    }

    @Test("A claim under way has its place, whether it comes to be or not")
    func underway() {
        var ledger = QuotaLedger(limits: QuotaLimits(keysPerScope: 1))
        var answers = [ledger.admit("a"), ledger.admit("a")]
        #expect(answers == [nil, .keysPerScope])
        ledger.notClaimed("a")
        #expect(ledger.usage(of: "a") == StoreUsage())
        answers = [ledger.admit("a")]
        ledger.claimed("a")
        #expect(ledger.usage(of: "a") == .key)
        answers.append(ledger.admit("a"))
        #expect(answers == [nil, .keysPerScope])
    }

    @Test(
        "A count takes the place of what was known before it began; what was claimed meanwhile or is under way stays"
    )
    func counting() {
        var ledger = QuotaLedger(limits: QuotaLimits(keysPerScope: 10))
        for _ in 1...3 { _ = ledger.admit("a") }
        ledger.claimed("a")
        ledger.beginCount()
        ledger.claimed("a")
        ledger.endCount(tally(["a": StoreUsage(record: 0)]))
        #expect(ledger.usage(of: "a").keys == 3, "one counted, one claimed meanwhile, one under way")
        ledger.beginCount()
        ledger.endCount(tally(["a": StoreUsage(keys: 2, bytes: 1024)]))
        #expect(ledger.usage(of: "a").keys == 3)
    }

    @Test("A count that fails forgets nothing")
    func failedCount() {
        var ledger = QuotaLedger(limits: QuotaLimits(keysPerScope: 10))
        ledger.beginCount()
        ledger.endCount(tally(["a": StoreUsage(keys: 2, bytes: 1024)]))
        _ = ledger.admit("a")
        ledger.claimed("a")
        ledger.beginCount()
        _ = ledger.admit("a")
        ledger.claimed("a")
        ledger.abandonCount()
        #expect(ledger.usage(of: "a").keys == 4)
    }

    @Test("Where the store cannot count, what was claimed a retention ago is forgotten, and not before")
    func windows() {
        var ledger = QuotaLedger(limits: QuotaLimits(keysPerScope: 10, bytesInAll: 10_000))
        _ = ledger.admit("a")
        ledger.claimed("a")
        for _ in 1...4 {
            ledger.turn(windows: 4)
            #expect(ledger.usage(of: "a") == .key)
        }
        ledger.turn(windows: 4)
        #expect(ledger.usage(of: "a") == StoreUsage())
        var answers: [QuotaExcess?] = []
        for _ in 0..<11 { answers.append(ledger.admit("b")) }
        #expect(answers == [QuotaExcess?](repeating: nil, count: 10) + [.keysPerScope])
    }

    @Test("Very many scopes are counted in bounded memory, the largest of them exactly enough")
    func manyScopes() {
        var tally = UsageTally()
        for round in 0..<3 {
            var page = UsagePage()
            for number in 0..<80_000 { page.scopes["\(round)-\(number)"] = StoreUsage(record: 0) }
            page.scopes["large"] = StoreUsage(keys: 1000, bytes: 1_000_000)
            tally.add(page)
        }
        #expect(tally.scopes.count <= UsageTally.mostScopes)
        #expect(tally.scopes["large"]?.keys == 3000)
        #expect(tally.all.keys == 243_000)
    }

    @Test("A flood of scopes does not take the memory, and still counts in all together")
    func flood() {
        var ledger = QuotaLedger(limits: QuotaLimits(keysPerScope: 1, bytesInAll: (UsageTally.mostScopes + 10) * 512))
        var refused: QuotaExcess?
        for number in 0..<(UsageTally.mostScopes + 20) {
            refused = ledger.admit("\(number)")
            guard refused == nil else { break }
            ledger.claimed("\(number)")
        }
        #expect(refused == .bytesInAll)
        #expect(ledger.usage(of: "\(UsageTally.mostScopes + 5)") == StoreUsage(), "no longer told apart")
    }
}

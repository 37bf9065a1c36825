import Foundation
import Testing

@testable import PaymentsDemo

@Suite struct LedgerTests {
    let ticket = PaymentRequest(customer: "you", amount: 2_000, side: .with, order: "an order")

    @Test("A payment moves its amount from the customer to the shop") func aPaymentMovesItsAmountFromThe() async throws
    {
        try await withLedger { ledger in
            let payment = try await ledger.pay(ticket)
            let statement = try #require(try await ledger.statements(order: "an order").first { $0.side == .with })
            #expect(payment.amount == 2_000)
            #expect(
                statement
                    == Statement(
                        side: .with, balance: 98_000, received: 2_000, payments: 1, orderPayments: 1,
                        orderAmount: 2_000))
            #expect(try await ledger.total() == 0)
        }
    }

    @Test("The same request twice makes two payments") func theSameRequestTwiceMakesTwoPayments() async throws {
        try await withLedger { ledger in
            let first = try await ledger.pay(ticket, attribution: Attribution(key: "k", scope: nil, fence: 1))
            let second = try await ledger.pay(ticket, attribution: Attribution(key: "k", scope: nil, fence: 1))
            #expect(first.id != second.id)
            #expect(try await ledger.statements(order: "an order").map(\.orderPayments) == [2, 0])
        }
    }

    @Test("The two sides have accounts of their own") func theTwoSidesHaveAccountsOfTheir() async throws {
        try await withLedger { ledger in
            var request = ticket
            request.side = .without
            _ = try await ledger.pay(request)
            #expect(try await ledger.statements(order: nil).map(\.balance) == [100_000, 98_000])
        }
    }

    @Test("An account cannot pay more than it has") func anAccountCannotPayMoreThanIt() async throws {
        try await withLedger { ledger in
            var request = ticket
            request.amount = 100_001
            await #expect(throws: LedgerError.insufficientFunds) { try await ledger.pay(request) }
            let statements = try await ledger.statements(order: nil)
            #expect(statements.map(\.payments) == [0, 0])
        }
    }

    @Test("An unknown account pays nothing") func anUnknownAccountPaysNothing() async throws {
        try await withLedger { ledger in
            var request = ticket
            request.customer = "somebody else"
            await #expect(throws: LedgerError.unknownAccount) { try await ledger.pay(request) }
        }
    }

    @Test("What fails before the commit has not happened") func whatFailsBeforeTheCommitHasNot() async throws {
        struct Crash: Error {}
        try await withLedger { ledger in
            await #expect(throws: Crash.self) { try await ledger.pay(ticket) { throw Crash() } }
            let statements = try await ledger.statements(order: nil)
            #expect(statements.map(\.balance) == [100_000, 100_000])
            #expect(statements.map(\.payments) == [0, 0])
        }
    }

    @Test("Concurrent payments of random amounts leave the sum of all entries at zero")
    func concurrentPaymentsOfRandomAmountsLeaveThe() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        let amounts = (0..<60).map { _ in Int.random(in: 1...4_000, using: &generator) }
        try await withLedger { ledger in
            await withTaskGroup { group in
                for amount in amounts {
                    group.addTask {
                        let request = PaymentRequest(
                            customer: "you", amount: amount, side: amount.isMultiple(of: 2) ? .with : .without)
                        _ = try? await ledger.pay(request)
                    }
                }
            }
            for statement in try await ledger.statements(order: nil) {
                #expect(statement.balance + statement.received == 100_000, "seed \(seed)")
                #expect(statement.balance >= 0, "seed \(seed)")
            }
            #expect(try await ledger.total() == 0, "seed \(seed)")
        }
    }

    @Test("A payment is found by its key and scope, and by no other scope") func aPaymentIsFoundByItsKey() async throws
    {
        try await withLedger { ledger in
            let payment = try await ledger.pay(ticket, attribution: Attribution(key: "k", scope: "s", fence: 3))
            #expect(try await ledger.payment(key: "k", scope: "s") == payment)
            #expect(payment.fence == 3)
            #expect(try await ledger.payment(key: "k", scope: "t") == nil)
            #expect(try await ledger.payment(key: "k", scope: nil) == nil)
            #expect(try await ledger.payment(key: "l", scope: "s") == nil)
        }
    }

    @Test("Starting over gives opening balances and forgets the payments")
    func startingOverGivesOpeningBalancesAndForgets() async throws {
        try await withLedger { ledger in
            _ = try await ledger.pay(ticket)
            try await ledger.reset()
            #expect(try await ledger.statements(order: "an order").map(\.balance) == [100_000, 100_000])
            #expect(try await ledger.statements(order: "an order").map(\.payments) == [0, 0])
            #expect(try await ledger.total() == 0)
        }
    }

    @Test("A ledger that is opened again has kept its payments") func aLedgerThatIsOpenedAgainHas() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "ledger.db").path(percentEncoded: false)
            _ = try await Ledger(path: path).pay(ticket)
            #expect(try await Ledger(path: path).statements(order: nil).map(\.payments) == [1, 0])
        }
    }
}

/// Runs `body` with a fresh ledger.
func withLedger(_ body: (Ledger) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
        try await body(Ledger(path: folder.appending(path: "ledger.db").path(percentEncoded: false)))
    }
}

import Foundation
import IdempotencyPostgres
import Logging
import Shop
import Testing

private let address = ProcessInfo.processInfo.environment["DATABASE_URL"]

@Suite(.serialized, .enabled(if: address != nil, "DATABASE_URL names no PostgreSQL database"))
struct ShopTests {
    private let customer = "customer \(UUID())"

    private func use(_ body: (Shop) async throws -> Void) async throws {
        let database = try await PostgresDatabase.open(try #require(address), logger: Logger(label: "shop"))
        let shop = Shop(database: database)
        try await shop.createTables()
        try await body(shop)
        await database.close()
    }

    @Test("Of twenty tries to place an order there is one order, and all get it")
    func place() async throws {
        try await use { shop in
            let orders = try await withThrowingTaskGroup(of: Order.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await shop.place(customer: customer, reference: "A-1", cents: 4200) }
                }
                return try await group.reduce(into: Set<Order>()) { $0.insert($1) }
            }
            #expect(orders.count == 1)
            let other = try await shop.place(customer: customer, reference: "A-2", cents: 4200)
            #expect(!orders.contains(other))
        }
    }

    @Test("Another amount under the same reference is refused")
    func otherAmount() async throws {
        try await use { shop in
            let order = try await shop.place(customer: customer, reference: "A-1", cents: 4200)
            await #expect(throws: ShopError.otherAmount(order)) {
                try await shop.place(customer: customer, reference: "A-1", cents: 9900)
            }
        }
    }

    @Test("A payment is captured once, and once in the ledger, however often it is tried")
    func capture() async throws {
        try await use { shop in
            let order = try await shop.place(customer: customer, reference: "A-1", cents: 4200)
            let states = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 { group.addTask { try await shop.capture(order.id).state } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(states == ["captured"])
            #expect(try await shop.ledger(of: order.id) == ["capture 4200"])
        }
    }

    @Test("What was given back can be given back again, which changes nothing, but not captured")
    func refund() async throws {
        try await use { shop in
            let order = try await shop.place(customer: customer, reference: "A-1", cents: 4200)
            await #expect(throws: ShopError.wrongState(order)) { try await shop.refund(order.id) }
            _ = try await shop.capture(order.id)
            let refunded = try await shop.refund(order.id)
            #expect(try await shop.refund(order.id) == refunded)
            await #expect(throws: ShopError.wrongState(refunded)) { try await shop.capture(order.id) }
            #expect(try await shop.ledger(of: order.id) == ["capture 4200", "refund 4200"])
            await #expect(throws: ShopError.noOrder) { try await shop.capture(-1) }
        }
    }
}

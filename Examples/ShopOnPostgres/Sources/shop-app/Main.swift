import Foundation
import IdempotencyPostgres
import Logging
import Shop

/// `shop-app place CUSTOMER REFERENCE CENTS | capture ORDER | refund ORDER`
@main
struct Main {
    static func main() async throws {
        guard let address = ProcessInfo.processInfo.environment["DATABASE_URL"] else {
            print("set DATABASE_URL to a PostgreSQL database, such as postgres://user@127.0.0.1/shop")
            exit(2)
        }
        let database = try await PostgresDatabase.open(address, logger: Logger(label: "shop"))
        let shop = Shop(database: database)
        try await shop.createTables()
        var status: Int32 = 0
        do {
            let order = try await carryOut(Array(CommandLine.arguments.dropFirst()), in: shop)
            print("order \(order.id): \(order.cents) cents, \(order.state)")
            print("ledger: \(try await shop.ledger(of: order.id).joined(separator: ", "))")
        } catch {
            print(error)
            status = 1
        }
        await database.close()
        exit(status)
    }

    private static func carryOut(_ words: [String], in shop: Shop) async throws -> Order {
        switch (words.first, words.count) {
        case ("place", 4): try await shop.place(customer: words[1], reference: words[2], cents: Int(words[3]) ?? 0)
        case ("capture", 2): try await shop.capture(Int64(words[1]) ?? 0)
        case ("refund", 2): try await shop.refund(Int64(words[1]) ?? 0)
        default: throw Usage()
        }
    }

    private struct Usage: Error, CustomStringConvertible {
        var description: String { "usage: shop-app place CUSTOMER REFERENCE CENTS | capture ORDER | refund ORDER" }
    }
}

import Foundation
import Idempotency
import IdempotencySQLite
import Invoicing
import Logging

/// `invoice KEY CUSTOMER CENTS`: issues an invoice; with a key that was used before it shows the first one.
@main
struct Main {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 3, let name = arguments.first, let cents = Int(arguments.last ?? "") else {
            print("usage: invoice KEY CUSTOMER CENTS")
            exit(2)
        }
        let order = Order(customer: arguments[arguments.startIndex + 1], cents: cents)
        let dies = ProcessInfo.processInfo.environment["DIE_AFTER_BOOKING"] != nil
        let book = InvoiceBook(path: "invoices.jsonl") { if dies { kill(getpid(), SIGKILL) } }
        let store = try await SQLiteStore.open("keys.db", logger: Logger(label: "invoice"))
        do {
            let invoice = try await InvoiceDesk(book: book, store: store)
                .issue(order, key: IdempotencyKey(name), patience: .seconds(60))
            print("invoice \(invoice.number): \(invoice.order.customer) pays \(invoice.order.cents) cents")
            print("invoices in the book: \(try await book.all().count)")
        } catch {
            print(error)
            await store.close()
            exit(1)
        }
        await store.close()
    }
}

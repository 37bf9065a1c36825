import Foundation
import Idempotency
import Invoicing
import Synchronization
import Testing

@Suite("The invoice desk") struct InvoicingTests {
    let book = InvoiceBook(
        path: FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jsonl").path)
    let store = MemoryStore()
    let order = Order(customer: "Alice", cents: 4200)

    @Test("issues one invoice however often it is asked")
    func once() async throws {
        let desk = InvoiceDesk(book: book, store: store)
        for _ in 0..<3 { #expect(try await desk.issue(order, key: IdempotencyKey("order-1")).number == 1) }
        #expect(try await desk.issue(order, key: IdempotencyKey("order-2")).number == 2)
        #expect(try await book.all().count == 2)
    }

    @Test("refuses another order under the same key")
    func mismatch() async throws {
        let desk = InvoiceDesk(book: book, store: store)
        _ = try await desk.issue(order, key: IdempotencyKey("order-1"))
        let error = await #expect(throws: OnceError.self) {
            try await desk.issue(Order(customer: "Alice", cents: 1), key: IdempotencyKey("order-1"))
        }
        #expect(error?.code == .mismatch)
        #expect(try await book.all().count == 1)
    }

    @Test("finds the invoice of a process that died between the book and the store")
    func crash() async throws {
        let key = try IdempotencyKey("order-1")
        var configuration = Once.Configuration()
        configuration.lease = .milliseconds(50)
        configuration.settlePatience = .zero
        let dying = Once(store: DyingStore(store: store), interrupted: .hold, configuration: configuration)
        await #expect(throws: OnceError.self) {
            try await dying.perform(key, scope: "invoices", request: order) { attempt in
                try await book.issue(order, reference: attempt.derivedKey("book"))
            }
        }
        // The key is as the dead process has left it. Once its lease is over, the desk asks the book.
        #expect(
            try await InvoiceDesk(book: book, store: store).issue(order, key: key, patience: .seconds(5)).number == 1)
        #expect(try await book.all().count == 1)
    }
}

/// A store whose process dies after the claim: no write comes through any more.
private final class DyingStore: RecordStore {
    private let store: MemoryStore
    private let isDead = Mutex(false)

    init(store: MemoryStore) {
        self.store = store
    }

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        let isDead = isDead.withLock { isDead in
            defer { isDead = true }
            return isDead
        }
        guard !isDead else { throw StoreError(.unavailable, "The process is dead.", effect: .notApplied) }
        return try await store.exchange(exchange)
    }
}

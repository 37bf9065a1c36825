import Idempotency

/// Issues each invoice once, however often it is asked to.
public struct InvoiceDesk: Sendable {
    /// The name of the call to the book; the reference is made from it and from the key.
    private static let bookCall = "book"

    private let once: Once
    private let book: InvoiceBook

    /// A desk that writes to `book` and remembers its keys in `store`.
    public init(book: InvoiceBook, store: any RecordStore) {
        self.book = book
        // What if the process dies between the book and the store? Then the book is asked: it knows the reference.
        once = Once(
            store: store,
            interrupted: .reconcile { attempt in
                let reference = attempt.derivedKey(Self.bookCall)
                guard let invoice = try await book.invoice(withReference: reference) else { return .didNothing }
                return try .tookEffect(returning: invoice)
            })
    }

    /// Issues the invoice for an order, or returns the one that was issued before under this key.
    ///
    /// - Parameters:
    ///   - order: What is to be invoiced.
    ///   - key: Chosen by the caller, once for this order, and sent again with every retry.
    ///   - patience: How long to wait for another attempt under this key, running or dead.
    /// - Throws: `OnceError` when the key was used for another order, or is in use right now.
    public func issue(_ order: Order, key: IdempotencyKey, patience: Duration = .zero) async throws -> Invoice {
        let options = PerformOptions(operation: "issue", wait: patience)
        return try await once.perform(key, scope: "invoices", request: order, options: options) { attempt in
            try await book.issue(order, reference: attempt.derivedKey(Self.bookCall))
        }
    }
}

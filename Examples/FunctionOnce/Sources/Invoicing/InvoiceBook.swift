import Foundation

/// The book that invoices are written to: one line of JSON each, in a file. It is what must not be written to twice.
public actor InvoiceBook {
    private let file: URL
    private let booked: @Sendable () -> Void

    /// The book in the file at `path`, which is made with the first invoice.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - booked: Called after each invoice that was written, before anyone else knows.
    public init(path: String, booked: @escaping @Sendable () -> Void = {}) {
        file = URL(filePath: path)
        self.booked = booked
    }

    /// Issues an invoice under the next number. Not idempotent at all: every call is another invoice.
    public func issue(_ order: Order, reference: String) throws -> Invoice {
        let invoices = try all()
        let invoice = Invoice(number: invoices.count + 1, order: order, reference: reference)
        let lines = try (invoices + [invoice]).map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file, options: .atomic)
        booked()
        return invoice
    }

    /// The invoice with that reference, if it was issued.
    public func invoice(withReference reference: String) throws -> Invoice? {
        try all().first { $0.reference == reference }
    }

    /// All invoices, in the order of their numbers.
    public func all() throws -> [Invoice] {
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        return try text.split(separator: "\n").map { try JSONDecoder().decode(Invoice.self, from: Data($0.utf8)) }
    }
}

import Foundation
public import GRDB
public import Hummingbird
import Idempotency
import IdempotencyHummingbird
import IdempotencySQLite

/// The HTTP face of the ledger.
public struct PaymentsService: Sendable {
    private let database: any DatabaseWriter
    private let idempotency = SQLiteIdempotency()

    /// Makes the tables of the ledger and of the keys, side by side in one database.
    ///
    /// - Throws: What the database throws.
    public init(database: any DatabaseWriter) throws {
        self.database = database
        var migrator = DatabaseMigrator()
        Ledger.registerMigrations(in: &migrator)
        SQLiteIdempotency.registerMigrations(in: &migrator)
        try migrator.migrate(database)
    }

    /// `POST /payments` needs an `Idempotency-Key`; the rest does not.
    public func router() -> Router<BasicRequestContext> {
        let router = Router()
        let keys = IdempotencyKeyMiddleware<BasicRequestContext>()
        router.publishPolicy(of: keys)
        router.group("payments").add(middleware: keys).post(use: pay)
        router.get("accounts/:name") { _, context in
            let account = try context.parameters.require("name")
            return Balance(account: account, cents: try await database.read { try Ledger.balance(of: account, in: $0) })
        }
        return router
    }

    /// Gives an account money from outside, once in ten years, however often the program is started.
    public func open(_ account: String, cents: Int) async throws {
        let order = PaymentOrder(from: "world", to: account, cents: cents)
        let options = PerformOptions(operation: "open", retention: .seconds(10 * 365 * 86_400))
        _ = try await idempotency.report(
            IdempotencyKey(account), scope: "opening balance", fingerprint: .none, options: options, in: database
        ) { db, _ in
            try Ledger.book(order, in: db)
        }
    }

    @Sendable private func pay(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let keyed = try KeyedRequest.current.required
        let order = try await request.decode(as: PaymentOrder.self, context: context)
        guard order.cents > 0 else { throw HTTPError(.badRequest, message: "cents must be more than zero") }
        // The key and the entries of the ledger are written in one transaction: both are there, or neither is.
        let report = try await idempotency.report(
            keyed.key, scope: keyed.scope, fingerprint: keyed.fingerprint, options: .init(operation: "pay"),
            in: database
        ) { db, _ in
            try Ledger.pay(order, in: db)
        }
        var response: Response
        switch report.value {
        case .paid(let payment):
            response = try Self.created(payment)
        case .declined:
            response = try HTTPError(.init(code: 402), message: "The paying account has too little.")
                .response(from: request, context: context)
        }
        if report.isReplay { response.markAsReplay() }
        return response
    }

    /// With the members in order, so that a payment that is read back gives the same bytes as the first time.
    private static func created(_ payment: Payment) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let body = ByteBuffer(bytes: try encoder.encode(payment))
        return Response(status: .created, headers: [.contentType: "application/json"], body: .init(byteBuffer: body))
    }

    private struct Balance: ResponseCodable {
        var account: String
        var cents: Int
    }
}

import GRDB
import Hummingbird
import Payments

/// Serves the ledger in `payments.db` on 127.0.0.1:8090; Alice has 100.00 to spend at the first start.
@main
struct Main {
    static func main() async throws {
        let service = try PaymentsService(database: try DatabasePool(path: "payments.db"))
        try await service.open("alice", cents: 10_000)
        let app = Application(
            router: service.router(), configuration: .init(address: .hostname("127.0.0.1", port: 8090)))
        try await app.runService()
    }
}

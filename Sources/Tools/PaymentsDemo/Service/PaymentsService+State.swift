import Foundation
import HTTPTypes
import Hummingbird

extension PaymentsService {
    /// What `GET /api/state` answers.
    struct State: ResponseEncodable {
        /// Both sides' accounts.
        var sides: [Statement]
        /// The sum of all entries of the ledger, in cents: zero.
        var total: Int
        /// The process that answers. A new number tells that the service crashed in between.
        var process: Int32
    }

    /// `GET /api/state` and `POST /api/reset`: what the page shows, and starting over.
    func addState(to router: Router<BasicRequestContext>) {
        router.get("api/state") { request, _ in
            try await state(order: request.uri.queryParameters["order"].map(String.init))
        }
        router.post("api/reset") { _, _ in
            try await ledger.reset()
            return try await state(order: nil)
        }
    }

    private func state(order: String?) async throws -> State {
        State(
            sides: try await ledger.statements(order: order),
            total: try await ledger.total(),
            process: ProcessInfo.processInfo.processIdentifier)
    }
}

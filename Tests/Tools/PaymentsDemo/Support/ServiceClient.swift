import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore

@testable import PaymentsDemo

/// Makes a service that works without delay.
func makeService(ledger: String, crash: @escaping @Sendable () -> Void = {}) throws -> PaymentsService {
    var configuration = PaymentsService.Configuration(ledgerPath: ledger)
    configuration.workTime = .zero
    return try PaymentsService(configuration: configuration, logger: Logger(label: "test"), crash: crash)
}

/// Runs `body` with a client of a service whose ledger is fresh.
func withService(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
        let service = try makeService(ledger: folder.appending(path: "ledger.db").path(percentEncoded: false))
        try await Application(router: service.router()).test(.router) { try await body($0) }
    }
}

extension TestClientProtocol {
    func pay(_ body: String, headers: HTTPFields = [:]) async throws -> TestResponse {
        var headers = headers
        headers[.contentType] = "application/json"
        return try await execute(uri: "/payments", method: .post, headers: headers, body: ByteBuffer(string: body))
    }

    func state(order: String?) async throws -> LedgerState {
        let answer = try await execute(uri: "/api/state" + (order.map { "?order=\($0)" } ?? ""), method: .get)
        return try JSONDecoder().decode(LedgerState.self, from: Data(answer.body.readableBytesView))
    }
}

/// What `/api/state` tells.
struct LedgerState: Decodable, Sendable {
    var sides: [Statement]
    var total: Int
    var process: Int32
}

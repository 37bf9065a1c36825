import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import IdempotencyHTTP
import NIOCore
import Testing

extension TestClientProtocol {
    /// Sends a payment with a key, or without one.
    @discardableResult
    func pay(
        _ key: String?, _ uri: String = "/pay", method: HTTPRequest.Method = .post, body: String = #"{"amount":1}"#,
        headers: [String: String] = [:]
    ) async throws -> TestResponse {
        var fields: HTTPFields = [.contentType: "application/json"]
        if let key { fields[HTTPField.Name(FieldName.idempotencyKey)!] = key }
        for (name, value) in headers { fields[HTTPField.Name(name)!] = value }
        return try await execute(uri: uri, method: method, headers: fields, body: ByteBuffer(string: body)) { $0 }
    }
}

extension TestResponse {
    var text: String { String(buffer: body) }
    var isReplay: Bool { self[FieldName.replayed] == "true" }
    subscript(name: String) -> String? { headers[HTTPField.Name(name)!] }

    /// The problem that this answer describes.
    func problem() throws -> Problem {
        #expect(self["Content-Type"] == "application/problem+json")
        return try JSONDecoder().decode(Problem.self, from: Data(text.utf8))
    }
}

/// RFC 9457 with the member `retry`.
struct Problem: Decodable {
    var type: String
    var title: String
    var status: Int
    var detail: String
    var retry: String
}

import Foundation
import Idempotency
import IdempotencyHTTP

/// The body of a request to settle a record.
struct SettlementWish: Decodable {
    static let releaseMembers = ["reason", "by", "force"]
    static let resolveMembers =
        releaseMembers + ["status", "headers", "body", "bodyBase64", "result", "retentionSeconds"]
    static let types = """
        reason, by, body, bodyBase64 and result (JSON in a string) are strings, force is true or false, status and \
        retentionSeconds are numbers, headers is a list of [name, value]
        """

    var reason: String?
    var by: String?
    var force: Bool?
    var status: Int?
    var headers: [[String]]?
    var body: String?
    var bodyBase64: String?
    var result: String?
    var retentionSeconds: Int?

    /// Who wishes it: whoever has the token, and the name that they gave.
    var author: String { by.map { "admin-api:\($0)" } ?? "admin-api" }

    /// How long the outcome is kept: 24 hours when nothing is said.
    var retention: Duration { .seconds(min(max(retentionSeconds ?? 86_400, 1), 366 * 86_400)) }

    /// The outcome that is given.
    func outcome() throws(InvalidOutcome) -> Outcome {
        guard (status == nil) != (result == nil) else {
            throw InvalidOutcome("Say what the outcome is: status for an HTTP response, or result for a function.")
        }
        if let result {
            guard headers == nil, body == nil, bodyBase64 == nil else {
                throw InvalidOutcome("headers, body and bodyBase64 go with status, not with result.")
            }
            let bytes = Array(result.utf8)
            guard (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil else {
                throw InvalidOutcome("result must be JSON text in a string.")
            }
            return try GivenOutcome.result(bytes).outcome()
        }
        var fields: [HeaderField] = []
        for pair in headers ?? [] {
            guard pair.count == 2 else { throw InvalidOutcome("headers must be a list of [name, value].") }
            fields.append(HeaderField(pair[0], pair[1]))
        }
        return try GivenOutcome.response(status: status ?? 0, headers: fields, body: try bytes()).outcome()
    }

    private func bytes() throws(InvalidOutcome) -> [UInt8] {
        switch (body, bodyBase64) {
        case (nil, nil): return []
        case (let body?, nil): return Array(body.utf8)
        case (nil, let text?):
            guard let data = Data(base64Encoded: text) else { throw InvalidOutcome("bodyBase64 is no Base64.") }
            return Array(data)
        case (.some, .some): throw InvalidOutcome("Give the body as body or as bodyBase64, not as both.")
        }
    }
}

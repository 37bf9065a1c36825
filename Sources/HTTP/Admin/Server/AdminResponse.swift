import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// What the admin listener answers.
enum AdminResponse {
    static func text(
        _ text: String, contentType: String = "text/plain; charset=utf-8", status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status, headers: [.contentType: contentType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    static func json(
        _ value: some Encodable, contentType: String = "application/json", status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return text(
            String(decoding: try encoder.encode(value), as: UTF8.self) + "\n", contentType: contentType, status: status)
    }
}

/// Why the keys API refuses: problem details (RFC 9457) with a stable code.
struct AdminProblem: Error {
    private struct Written: Encodable {
        var title: String
        var status: Int
        var detail: String
        var code: String
    }

    let status: HTTPResponse.Status
    let code: String
    let detail: String

    init(_ status: HTTPResponse.Status, _ code: String, _ detail: String) {
        self.status = status
        self.code = code
        self.detail = detail
    }

    init(_ error: OperationError) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .notFound: .notFound
            case .ambiguous, .running, .lapsed, .completed, .changed: .conflict
            case .reasonMissing: .badRequest
            case .storeFailed, .unknown: .serviceUnavailable
            case .auditFailed, .auditIncomplete: .internalServerError
            }
        self.init(status, error.code.rawValue, error.message)
    }

    static func badRequest(_ detail: String) -> AdminProblem {
        AdminProblem(.badRequest, "bad-request", detail)
    }

    func response() throws -> Response {
        let written = Written(title: status.reasonPhrase, status: status.code, detail: detail, code: code)
        var response = try AdminResponse.json(written, contentType: "application/problem+json", status: status)
        if status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer realm=\"once admin\"" }
        return response
    }
}

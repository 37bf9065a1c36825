import Crypto
import Foundation
public import Idempotency
import IdempotencyHTTP

/// An outcome as programs see it.
public struct OutcomeView: Encodable, Sendable {
    /// `success`, `failure` or `tombstone`.
    public let kind: String
    /// When it was stored.
    public let at: String
    /// When it is forgotten.
    public let expires: String
    /// The size of what is stored, in bytes.
    public let bytes: Int
    /// SHA-256 of what is stored.
    public let sha256: String
    /// The HTTP response, if it is one and its content is shown.
    public let response: ResponseView?
    /// What is stored, if it is no HTTP response and its content is shown.
    public let content: ContentView?

    init(_ outcome: Outcome, at: Timestamp, expires: Timestamp, withContent: Bool) {
        kind = outcome.kind.name
        self.at = at.text
        self.expires = expires.text
        bytes = outcome.bytes.count
        sha256 = SHA256.hash(data: outcome.bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        guard withContent else {
            (response, content) = (nil, nil)
            return
        }
        if let answer = try? StoredAnswer(outcome) {
            (response, content) = (ResponseView(answer), nil)
        } else {
            (response, content) = (nil, ContentView(outcome.bytes[...]))
        }
    }
}

/// Bytes as programs see them: as text if they are UTF-8, else in Base64.
public struct ContentView: Encodable, Sendable {
    /// The bytes, if they are UTF-8 text.
    public let text: String?
    /// The bytes in Base64, if they are not.
    public let base64: String?

    init(_ bytes: ArraySlice<UInt8>) {
        text = String(validating: bytes, as: UTF8.self)
        base64 = text == nil ? Data(bytes).base64EncodedString() : nil
    }
}

/// A stored HTTP response as programs see it.
public struct ResponseView: Encodable, Sendable {
    /// The status.
    public let status: Int
    /// Names and values of the headers, in order.
    public let headers: [[String]]
    /// The body; missing for a tombstone.
    public let body: ContentView?
    /// Why the body was not kept, for a tombstone.
    public let notKept: String?

    init(_ answer: StoredAnswer) {
        switch answer {
        case .response(let response):
            status = response.status
            headers = response.headers.map { [$0.name, $0.value] }
            body = ContentView(response.body)
            notKept = nil
        case .tombstone(let tombstone):
            status = tombstone.status
            headers = []
            body = nil
            notKept =
                switch tombstone.reason {
                case .tooLarge: "too-large"
                case .stream: "stream"
                case .routeMarked: "route"
                case .noRoom: "no-room"
                case .erased: "erased"
                }
        }
    }
}

extension Outcome.Kind {
    /// What the admin API and the tools call it.
    public var name: String {
        switch self {
        case .success: "success"
        case .failure: "failure"
        case .tombstone: "tombstone"
        }
    }
}

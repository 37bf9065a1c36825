import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// A client of the WebDriver protocol (W3C Recommendation, 5 June 2018): JSON over HTTP to chromedriver.
struct WebDriver: Sendable {
    let address: URL

    /// Sends one command and returns its value.
    ///
    /// - Throws: ``WebDriverError`` with what the driver says, `HTTPClientError` when it does not answer.
    func command<Value: Decodable>(
        _ method: String, _ path: String, _ body: some Encodable, returning: Value.Type = Value.self
    ) async throws -> Value {
        var request = HTTPClientRequest(url: address.appending(path: path).absoluteString)
        request.method = HTTPMethod(rawValue: method)
        request.headers.add(name: "Content-Type", value: "application/json")
        if method == "POST" { request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body))) }
        let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let data = Data(try await answer.body.collect(upTo: 1 << 20).readableBytesView)
        guard answer.status == .ok else {
            throw WebDriverError(answer: String(decoding: data.prefix(600), as: UTF8.self))
        }
        return try JSONDecoder().decode(Answer<Value>.self, from: data).value
    }

    private struct Answer<Value: Decodable>: Decodable {
        var value: Value
    }
}

/// The driver refused a command.
struct WebDriverError: Error {
    var answer: String
}

/// A command's answer that says nothing.
struct Nothing: Decodable {
    init(from decoder: any Decoder) throws {}
}

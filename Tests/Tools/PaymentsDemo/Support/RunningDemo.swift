import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Subprocess
import Testing

/// `once demo`, started by a test.
struct RunningDemo: Sendable {
    let program: RunningProgram
    let address: URL

    /// Sends one request.
    ///
    /// - Throws: `HTTPClientError` when there is no answer.
    func send(
        _ method: String, _ path: String, headers: [String: String] = [:], body: String? = nil
    ) async throws -> (status: Int, headers: HTTPHeaders, body: Data) {
        var request = HTTPClientRequest(url: address.absoluteString + path.dropFirst())
        request.method = HTTPMethod(rawValue: method)
        request.headers = HTTPHeaders(headers.map { ($0.key, $0.value) })
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let data = Data(try await answer.body.collect(upTo: 1 << 20).readableBytesView)
        return (Int(answer.status.code), answer.headers, data)
    }

    /// Pays 20.00 on a side that is not protected.
    func pay(headers: [String: String] = [:]) async throws -> Int {
        try await send(
            "POST", "/payments", headers: headers.merging(["Content-Type": "application/json"]) { $1 },
            body: #"{"customer":"you","amount":2000,"side":"without","order":"o"}"#
        ).status
    }

    /// Pays 20.00 under a key, on the side that is protected.
    func payOnce(key: String) async throws -> (status: Int, headers: HTTPHeaders, body: Data) {
        try await send(
            "POST", "/payments", headers: ["Content-Type": "application/json", "Idempotency-Key": "\"\(key)\""],
            body: #"{"customer":"you","amount":2000,"side":"with","order":"o"}"#)
    }

    /// What the ledger holds. Asks again while the service starts again, for ten seconds at most.
    func state(order: String = "o") async throws -> LedgerState {
        for _ in 1..<100 {
            if let answer = try? await send("GET", "/api/state?order=\(order)"), answer.status == 200 {
                return try JSONDecoder().decode(LedgerState.self, from: answer.body)
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        return try await JSONDecoder().decode(LedgerState.self, from: send("GET", "/api/state?order=\(order)").body)
    }
}

/// Runs `once demo` at a free port, hands it to `body`, and stops it.
///
/// Fails if the demo leaves a file behind among its temporary files.
@discardableResult
func withDemo(
    _ arguments: [String] = [], leavesNothing: Bool = true,
    _ body: @escaping @Sendable (RunningDemo) async throws -> Void
) async throws -> TerminationStatus {
    try await withTemporaryFolder { folder in
        let status = try await withProgram(
            Executable.once, ["demo", "--listen", "127.0.0.1:0"] + arguments, temporaryFolder: folder, saying: "http://"
        ) { program in
            let address = program.line.firstMatch(of: /http:\/\/[^ ]+/).flatMap { URL(string: String($0.0)) }
            try await body(RunningDemo(program: program, address: try #require(address)))
        }
        if leavesNothing {
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false)) == [])
        }
        return status
    }
}

import Foundation
import Idempotency
import IdempotencyHTTP
import OnceTools
import Testing

@Suite("Outcomes given on the command line")
struct OutcomeTextTests {
    private func outcome(
        status: String? = nil, headers: [String] = [], bodyFile: String? = nil, bodyText: String? = nil,
        resultFile: String? = nil
    ) throws -> Outcome {
        try OutcomeText.outcome(
            status: status, headers: headers, bodyFile: bodyFile, bodyText: bodyText, resultFile: resultFile)
    }

    @Test("A response is stored as the gateway stores one")
    func response() throws {
        let outcome = try outcome(status: "201", headers: ["Content-Type: text/plain", "X-Id:7"], bodyText: "paid")
        let stored = StoredResponse(
            status: 201, headers: ["Content-Type": "text/plain", "X-Id": "7"], body: Array("paid".utf8)[...])
        #expect(try StoredAnswer(outcome) == .response(stored))
        #expect(outcome.kind == .success)
    }

    @Test("An error response is an outcome like any other")
    func errorResponse() throws {
        #expect(try outcome(status: "402").kind == .failure)
    }

    @Test("A function's result is kept byte for byte, and must be JSON")
    func result() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "result-\(UUID()).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("{\"id\": 7}".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try outcome(resultFile: path) == Outcome(.success, Array("{\"id\": 7}".utf8)))
        try Data("{".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: UsageError.self) { try outcome(resultFile: path) }
    }

    @Test("Too little and too much is refused")
    func wrongUse() {
        #expect(throws: UsageError.self) { try outcome() }
        #expect(throws: UsageError.self) { try outcome(status: "201", resultFile: "f") }
        #expect(throws: UsageError.self) { try outcome(bodyText: "x", resultFile: "f") }
        #expect(throws: UsageError.self) { try outcome(status: "201", bodyFile: "f", bodyText: "x") }
        #expect(throws: UsageError.self) { try outcome(status: "201", bodyFile: "/nowhere/f") }
    }

    @Test(
        "What no response has, or no replay gives, is refused",
        arguments: [
            ("100", "A: b"), ("600", "A: b"), ("x", "A: b"), ("200", "Set-Cookie: a=b"), ("200", "no colon"),
            ("200", "bad name: v"), ("200", "A: line\r\nB: break"), ("200", "Transfer-Encoding: chunked"),
        ])
    func refused(status: String, header: String) {
        #expect(throws: UsageError.self) { try outcome(status: status, headers: [header]) }
    }
}

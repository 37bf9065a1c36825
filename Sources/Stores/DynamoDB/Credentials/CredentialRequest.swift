import AsyncHTTPClient
import Idempotency
import NIOCore
import NIOHTTP1

/// A request to an endpoint that gives credentials.
struct CredentialRequest: Sendable {
    let url: String
    var method = HTTPMethod.GET
    var headers = HTTPHeaders()
    var body: [UInt8] = []
    /// Who is asked, as the subject of a sentence.
    let who: String

    /// The answer, whatever its status. Fails with a `CredentialProblem`.
    func answer(_ call: CredentialCall, patience: TimeAmount) -> EventLoopFuture<AnswerCollector.Answer> {
        let who = who
        guard
            let request = try? HTTPClient.Request(
                url: url, method: method, headers: headers,
                body: body.isEmpty ? nil : .byteBuffer(ByteBuffer(bytes: body)))
        else {
            let problem = CredentialProblem(description: "\(who) has no address that can be called.")
            return call.loop.makeFailedFuture(problem)
        }
        return call.http.execute(
            request: request, delegate: AnswerCollector(limit: 64 * 1024), eventLoop: .delegate(on: call.loop),
            deadline: .now() + patience
        ).futureResult.flatMapErrorThrowing { error in
            throw CredentialProblem(description: "\(who) cannot be reached (\(error)).", code: .unavailable)
        }
    }

    /// The body of the answer, whose status must be 200. Fails with a `CredentialProblem`.
    func send(_ call: CredentialCall, patience: TimeAmount) -> EventLoopFuture<[UInt8]> {
        let who = who
        return answer(call, patience: patience).flatMapThrowing { answer in
            guard answer.status == 200 else {
                throw CredentialProblem(description: "\(who) answered \(answer.status).", code: .unavailable)
            }
            return Array(answer.body.readableBytesView)
        }
    }
}

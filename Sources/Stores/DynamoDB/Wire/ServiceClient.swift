import AsyncHTTPClient
import Idempotency
import Logging
import NIOCore
import NIOHTTP1

/// Calls DynamoDB: JSON over HTTP, signed, one call at a time on a connection of its own from a pool.
struct ServiceClient: Sendable {
    let http: HTTPClient
    let endpoint: Endpoint
    let region: String
    let keeper: CredentialKeeper
    let clock: ServerClock
    let logger: Logger

    /// The largest answer that is taken: a page of a scan is 1 MB of items, half as much again in JSON.
    private static let answerLimit = 8 * 1024 * 1024

    /// Calls an operation. The future never fails.
    func call(_ operation: String, _ body: [UInt8], timeout: Duration) -> EventLoopFuture<CallOutcome> {
        let deadline = NIODeadline.now() + TimeAmount(timeout)
        let loop = http.eventLoopGroup.any()
        return keeper.credentials(on: loop).flatMap { credentials in
            send(operation, body, credentials, deadline: deadline, on: loop)
        }.flatMapErrorThrowing { error in
            guard let problem = error as? CredentialProblem else { throw error }
            return .lost(LostCall(reason: problem.description, wasSent: false, code: problem.code))
        }.recover { error in
            .lost(LostCall(reason: "The request could not be made (\(error)).", wasSent: false, code: .misuse))
        }
    }

    private func send(
        _ operation: String, _ body: [UInt8], _ credentials: Credentials, deadline: NIODeadline, on loop: any EventLoop
    ) -> EventLoopFuture<CallOutcome> {
        let signer = Signer(credentials: credentials, region: region, service: "dynamodb")
        let given = [
            ("Host", endpoint.host), ("Content-Type", "application/x-amz-json-1.0"),
            ("X-Amz-Target", "DynamoDB_20120810.\(operation)"),
        ]
        let headers = HTTPHeaders(signer.headers(given, body: body, at: clock.read().now))
        let request: HTTPClient.Request
        do {
            request = try HTTPClient.Request(
                url: endpoint.url, method: .POST, headers: headers, body: .byteBuffer(ByteBuffer(bytes: body)))
        } catch {
            let lost = LostCall(reason: "The endpoint cannot be called (\(error)).", wasSent: false, code: .misuse)
            return loop.makeSucceededFuture(.lost(lost))
        }
        let sent = clock.uptime
        let collector = AnswerCollector(limit: Self.answerLimit)
        return http.execute(
            request: request, delegate: collector, eventLoop: .delegate(on: loop), deadline: deadline
        ).futureResult.map { answer in
            outcome(answer, sent: sent)
        }.recover { error in
            .lost(Self.lost(error, wasSent: collector.isSent))
        }
    }

    private func outcome(_ answer: AnswerCollector.Answer, sent: Duration) -> CallOutcome {
        let body = Array(answer.body.readableBytesView)
        if let code = answer.headers.first(name: "x-amz-crc32"), UInt32(code) != CyclicCode.code(body) {
            return .lost(
                LostCall(
                    reason: "An answer of DynamoDB was damaged on its way (its x-amz-crc32 is another).", wasSent: true)
            )
        }
        if let date = answer.headers.first(name: "Date").flatMap(CalendarTime.seconds(ofHeader:)) {
            let correction = clock.learn(date: date, sent: sent, received: clock.uptime)
            if correction.magnitude > .seconds(1) {
                logger.warning(
                    "The clock of this machine is wrong; the time of DynamoDB is used",
                    metadata: ["idempotency.correction": "\(correction)"])
            }
        }
        guard answer.status == 200 else {
            return .refused(ServiceFailure(status: answer.status, body: body), body)
        }
        return .answered(body)
    }

    private static func lost(_ error: any Error, wasSent: Bool) -> LostCall {
        let reason =
            switch error {
            case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout:
                "DynamoDB did not answer in time."
            case is AnswerCollector.TooLarge: "DynamoDB answered with more than it may."
            case _ where "\(error)".contains("CERTIFICATE_VERIFY_FAILED"):
                "The certificate of DynamoDB's endpoint is of no authority that is trusted here. If the endpoint is "
                    + "yours, name the file of its authority: ?ca=FILE in the URL, or AWS_CA_BUNDLE (\(error))."
            default: "DynamoDB could not be reached, or the connection broke (\(type(of: error)): \(error))."
            }
        return LostCall(reason: reason, wasSent: wasSent)
    }
}

extension Duration {
    /// How much it is, whichever way.
    fileprivate var magnitude: Duration { self < .zero ? .zero - self : self }
}

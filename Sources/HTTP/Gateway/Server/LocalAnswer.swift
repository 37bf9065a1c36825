import IdempotencyHTTP
import NIOCore
import NIOHTTP1

/// A request that the gateway answers itself: a refusal, or the published policy.
///
/// A short body is read to its end first, so that the connection can go on; a long one is not waited for, nor is the
/// body of a request that another parser would read differently.
final class LocalAnswer: RequestWork {
    private let head: RequestHead
    private let response: PlainResponse
    private let outcome: GatewayEvent.Outcome
    private let report: RequestReport
    private let waitsForBody: Bool
    private var client: (any ClientExchange)?
    private var received = 0

    init(
        _ response: PlainResponse, to head: RequestHead, from client: any ClientExchange,
        outcome: GatewayEvent.Outcome = .refused, waitsForBody: Bool = true, report: RequestReport
    ) {
        self.waitsForBody = waitsForBody
        self.head = head
        self.response = response
        self.client = client
        self.outcome = outcome
        self.report = report
    }

    func begin() {
        let length = head.headers.announcedLength ?? 0
        if !waitsForBody || length > Self.patience || head.headers.contains("Expect") { answer() }
    }

    func receive(_ body: ByteBuffer) {
        received += body.readableBytes
        if received > Self.patience { answer() }
    }

    func receiveEnd(trailers: Headers?) {
        answer()
    }

    func readCompleted() {}

    func clientWritabilityChanged(isWritable: Bool) {}

    func clientGone() {
        client = nil
        report.end(outcome, status: nil)
    }

    private func answer() {
        guard let client else { return }
        self.client = nil
        report.end(outcome, status: HTTPResponseStatus(statusCode: response.status))
        let origin = head.headers["Origin"]
        client.send(response.readable(by: origin, under: client.loop.configuration.crossOrigin))
    }

    private static var patience: Int { 64 << 10 }
}

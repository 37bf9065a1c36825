import IdempotencyHTTP
import NIOCore
import NIOHTTP1

/// One HTTP/1 connection from a client: hands each request to its work, and its work's answer to the client.
///
/// It reads and writes bytes itself: handlers in between, each with its own parts of messages, would cost more than all
/// that is done for a request.
final class HTTP1Connection: ChannelDuplexHandler, ClientConnection, ClientExchange {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How far the answer to the present request is.
    enum Answer {
        case due, begun, complete
    }

    let loop: GatewayLoop
    let caller: String?
    var peer = ClientPeer.unknown
    var context: ChannelHandlerContext?
    var answer = Answer.complete
    /// The present request has been read to its end.
    var requestComplete = true
    var request: RequestLine?
    var work: (any RequestWork)?
    var reading = ReadGate()
    /// The connection ends after the present answer.
    var closesAfterAnswer = false
    /// The answer went out before the request was complete: what still comes is thrown away, up to this many bytes.
    var discardable: Int?
    /// The client has not taken all of the last answer. Its next request is not looked at before: otherwise it could
    /// have answers heaped up here by asking for many and taking none.
    var isBehind = false
    /// Another protocol is spoken: what comes is passed on as it is.
    var isTunnel = false
    var pace: BodyPace?
    var deadline: NIODeadline
    var stallDeadline = NIODeadline.distantFuture
    var input: RequestInput
    var outbox = Outbox()

    /// - Parameters:
    ///   - deadline: When the header of the first request must be there.
    ///   - caller: Whom the client's certificate names.
    init(loop: GatewayLoop, deadline: NIODeadline, caller: String?) {
        self.loop = loop
        self.deadline = deadline
        self.caller = caller
        input = RequestInput(limits: loop.configuration.limits)
    }

    /// Whether all of the present request is here.
    var isRequestWhole: Bool { requestComplete && request != nil }

    /// Whether the client takes more of the answer now.
    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Stops or resumes reading the request.
    func holdReads(_ hold: Bool) {
        if reading.hold(hold) { context?.read() }
    }

    /// Sets the time by which the request must have gone on.
    func expectProgress(within time: TimeAmount) {
        deadline = .now() + time
    }

    /// Sets the time by which the request must have gone on.
    func expectProgress(until deadline: NIODeadline) {
        self.deadline = deadline
    }

    /// Lets another work go on with the present request.
    func handOver(to work: any RequestWork) {
        self.work = work
    }

    /// Sets no time: the request is complete and its work keeps its own.
    func expectNothing() {
        deadline = .distantFuture
    }

    /// Looks whether the client has been silent, or has taken nothing, for too long.
    func tick(now: NIODeadline) {
        if now >= stallDeadline { return close() }
        if answer == .due, !requestComplete, pace?.isTooSlow(now: now, isHeld: reading.isHeld) == true {
            return refuse(.requestTimeout, "The request comes too slowly.")
        }
        guard now >= deadline, !reading.isHeld else { return }
        if answer == .due, !requestComplete {
            refuse(.requestTimeout, "The request did not come to its end in time.")
        } else {
            close()
        }
    }

    /// Ends the connection as soon as the request that it carries, if any, is answered.
    func drain() {
        if answer == .complete, requestComplete { closeAfterSending() } else { closesAfterAnswer = true }
    }

    /// Ends the connection at once.
    func close() {
        context?.close(promise: nil)
    }

    /// Ends the connection when the client's side of the network has all that was sent.
    func closeAfterSending() {
        guard let context, context.channel.isActive else { return close() }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in self.close() }
        outbox.flush(on: context, promise: promise)
    }

    func begin(_ incoming: IncomingRequest) {
        let authority = AbsoluteForm.removeAuthority(from: &incoming.head)
        request = RequestLine(incoming)
        closesAfterAnswer = request?.keepsAlive == false
        answer = .due
        requestComplete = false
        expectProgress(within: loop.times.bodySilence)
        let rate = loop.configuration.limits.bodyRate
        pace = rate > 0 ? BodyPace(rate: rate, now: .now()) : nil
        if let flaw = FramingCheck.flaw(in: incoming) { return refuse(.badRequest, flaw) }
        if let authority { incoming.head.headers.set("Host", authority) }
        let work = loop.work(for: incoming, from: self)
        self.work = work
        work.begin()
    }

    func endRequest(trailers: Headers?) {
        requestComplete = true
        if discardable != nil { return closeAfterSending() }
        let significant = loop.epoch.plan.significantNames
        if let trailers, let flaw = FramingCheck.flaw(inTrailers: trailers, significant: significant) {
            return refuse(.badRequest, flaw)
        }
        expectNothing()
        work?.receiveEnd(trailers: trailers)
    }

    func loseClient() {
        let work = work
        self.work = nil
        work?.clientGone()
    }

    func discard(_ count: Int) {
        guard let left = discardable else { return }
        discardable = left - count
        if left < count { close() }
    }
}

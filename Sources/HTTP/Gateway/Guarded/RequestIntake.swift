import Idempotency
import IdempotencyHTTP
import NIOCore
import NIOHTTP1

/// A guarded request whose body is being read: nothing is claimed before all of it is here.
final class RequestIntake: RequestWork {
    /// Where the key is.
    enum Key {
        case known(IdempotencyKey)
        case inBody
    }

    private let head: RequestHead
    private let forwarded: Headers
    private let key: Key
    private let route: Route
    private let scope: Scope
    private let via: String
    private let report: RequestReport
    private let loop: GatewayLoop
    private let epoch: Epoch
    private let bodyEnd: NIODeadline
    private var client: (any ClientExchange)?
    private var body = ByteBuffer()

    init(
        _ admission: Admission, key: Key, route: Route, from client: any ClientExchange, report: RequestReport
    ) throws(Refusal) {
        head = admission.request.head
        forwarded = admission.forwarded
        via = admission.via
        self.key = key
        self.route = route
        self.report = report
        self.client = client
        loop = client.loop
        epoch = loop.epoch
        bodyEnd = .now() + loop.times.body
        scope = try client.peer.scope(of: head.headers, verified: client.caller, by: route.settings.scope)
        let length = head.headers.announcedLength ?? 0
        guard length <= route.settings.maximumBody else { throw .bodyTooLarge(limit: route.settings.maximumBody) }
    }

    func begin() {
        if head.headers.has("100-continue", in: "Expect") { client?.inform(.continue) }
    }

    func receive(_ piece: ByteBuffer) {
        var piece = piece
        let size = body.readableBytes + piece.readableBytes
        guard size <= route.settings.maximumBody else {
            return refuse(.bodyTooLarge(limit: route.settings.maximumBody))
        }
        guard loop.memory.hold(piece.readableBytes, for: .refusable) else {
            return refuse(.overloaded(retryAfter: .seconds(1)))
        }
        if body.readableBytes == 0 { body = piece } else { body.writeBuffer(&piece) }
        client?.expectProgress(until: min(.now() + loop.times.bodySilence, bodyEnd))
    }

    func receiveEnd(trailers: Headers?) {
        switch key {
        case .known(let key): proceed(under: key)
        case .inBody:
            switch epoch.configuration.policy.keyInBody(body.readableBytesView, of: route) {
            case .guarded(let key): proceed(under: key)
            case .refused(let refusal): refuse(refusal)
            case .passThrough: passThrough()
            }
        }
    }

    func readCompleted() {}

    func clientWritabilityChanged(isWritable: Bool) {}

    func clientGone() {
        guard client != nil else { return }
        leave()
        report.end(.refused, status: nil)
    }

    private func proceed(under key: IdempotencyKey) {
        guard let client else { return }
        // The place of its answer is taken before anything is claimed: once it has run there is no way back.
        let place = MemoryBudget.placeForAnswer(under: route.settings)
        guard loop.memory.hold(place, for: .refusable) else { return refuse(.overloaded(retryAfter: .seconds(1))) }
        self.client = nil
        let asked = body.withUnsafeReadableBytes { route.request(under: key, in: scope, head, body: $0) }
        let request = GuardedRequest(
            head: head, forwarded: forwarded, via: via, body: body, route: route, key: key,
            scopeDigest: loop.digest(of: scope), request: asked)
        let exchange = GuardedExchange(
            request, holding: body.readableBytes + place, in: epoch, from: client, report: report)
        client.handOver(to: exchange)
        exchange.begin()
    }

    private func passThrough() {
        guard let client else { return }
        let body = body
        leave()
        let passthrough = Passthrough(
            ForwardedHead.request(head, forwarded: forwarded, via: via), in: epoch, from: client, report: report)
        client.handOver(to: passthrough)
        passthrough.begin()
        passthrough.receive(body)
        passthrough.receiveEnd(trailers: nil)
    }

    private func refuse(_ refusal: Refusal) {
        guard let client else { return }
        leave()
        let response = epoch.configuration.format.response(to: refusal)
        report.end(.refused, status: HTTPResponseStatus(statusCode: response.status))
        client.send(response.readable(by: head.headers["Origin"], under: epoch.configuration.crossOrigin))
    }

    private func leave() {
        client = nil
        loop.memory.letGo(body.readableBytes)
        body = ByteBuffer()
    }
}

import Idempotency
import IdempotencyHTTP
import NIOHTTP1

/// What is to become of a request, as far as its header tells.
struct Admission {
    let request: IncomingRequest
    /// The headers that go on to the upstream.
    let forwarded: Headers
    /// What is added to `Via`.
    let via: String

    /// Looks at a request's header.
    ///
    /// - Parameters:
    ///   - request: The header as it came.
    ///   - peer: Who sent it.
    ///   - epoch: What holds for it.
    /// - Throws: `Refusal.forbiddenHeader` for headers in disguise and for protected ones that `Connection` names.
    init(_ request: IncomingRequest, from peer: ClientPeer, in epoch: Epoch) throws(Refusal) {
        let significant = epoch.plan.significantNames
        self.request = request
        let headers = request.head.headers
        try HeaderDisguise.check(headers, significant: significant)
        let isTrusted = peer.isTrusted(in: epoch)
        var forwarded = try HopByHop.request(headers, significant: significant, from: isTrusted)
        peer.client(host: headers["Host"]).add(to: &forwarded, from: isTrusted)
        self.forwarded = forwarded
        via = ForwardedHead.via(request.version, byHTTP2: peer.speaksHTTP2)
    }

    /// The headers in which routes have their keys.
    static func keyHeaders(of policy: GuardPolicy) -> [String] {
        var names: Set<String> = []
        for route in policy.routes where route.settings.requirement != .off {
            if case .header(let name) = route.settings.key { names.insert(name) }
        }
        return names.sorted()
    }

    /// The header names that decide about a request under this policy, so that nobody may have them removed or
    /// disguised.
    static func significantNames(of policy: GuardPolicy) -> [String] {
        var names: Set<String> = []
        for route in policy.routes {
            let settings = route.settings
            if case .header(let name) = settings.key { names.insert(name) }
            switch settings.scope.source {
            case .header(let name): names.insert(name)
            case .headers(let list): names.formUnion(list)
            case .verified, .shared: break
            }
            names.formUnion(settings.fingerprint.headers)
        }
        return names.filter { name in !HopByHop.protected.contains { FieldName.areEqual($0, name) } }.sorted()
    }
}

extension GatewayLoop {
    /// Says what becomes of a request.
    func work(for request: IncomingRequest, from client: any ClientExchange) -> any RequestWork {
        let report = RequestReport(to: shared.observer)
        do throws(Refusal) {
            let admission = try Admission(request, from: client.peer, in: epoch)
            let method = request.head.method
            if method == "GET" || method == "HEAD", request.head.path == PublishedPolicy.path {
                return LocalAnswer(
                    epoch.plan.published, to: request.head, from: client, outcome: .passedThrough, report: report)
            }
            return try work(for: admission, from: client, report: report)
        } catch {
            var isDisguised = false
            if case .forbiddenHeader = error { isDisguised = true }
            return LocalAnswer(
                configuration.format.response(to: error), to: request.head, from: client, waitsForBody: !isDisguised,
                report: report)
        }
    }

    private func work(
        for admission: Admission, from client: any ClientExchange, report: RequestReport
    ) throws(Refusal) -> any RequestWork {
        switch configuration.policy.verdict(on: admission.request.head) {
        case .passThrough:
            let head = ForwardedHead.request(admission.request.head, forwarded: admission.forwarded, via: admission.via)
            let allowed = configuration.upgrades
            if let wish = UpgradeWish(admission.request, allowed: allowed) {
                return work(for: wish, of: head, from: client, report: report)
            }
            return Passthrough(head, in: epoch, from: client, report: report)
        case .guarded(let key, let route):
            return try RequestIntake(admission, key: .known(key), route: route, from: client, report: report)
        case .keyInBody(let route):
            return try RequestIntake(admission, key: .inBody, route: route, from: client, report: report)
        case .refused(let refusal): throw refusal
        }
    }

    /// A request that asks for another protocol needs a place for the tunnel before it goes upstream.
    private func work(
        for wish: UpgradeWish, of head: RequestHead, from client: any ClientExchange, report: RequestReport
    ) -> any RequestWork {
        guard let seat = TunnelSeat(in: shared.census) else {
            var response = PlainProblem.response(
                .serviceUnavailable, "As many connections as may be are switched to another protocol.")
            response.headers.append("Retry-After", "10")
            return LocalAnswer(response, to: head, from: client, report: report)
        }
        var head = head
        wish.add(to: &head.headers)
        return Passthrough(head, in: epoch, from: client, upgrade: (wish, seat), report: report)
    }
}

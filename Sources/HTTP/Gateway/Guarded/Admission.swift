import Idempotency
import IdempotencyHTTP
import NIOHTTP1

/// What is to become of a request, as far as its header tells.
struct Admission {
    let head: HTTPRequestHead
    let neutral: RequestHead
    /// The headers that go on to the upstream.
    let forwarded: Headers

    /// Looks at a request's header.
    ///
    /// - Throws: `Refusal.forbiddenHeader` for headers in disguise and for protected ones that `Connection` names.
    init(_ head: HTTPRequestHead, significant: [String]) throws(Refusal) {
        self.head = head
        let headers = Headers(head.headers)
        neutral = RequestHead(method: head.method.rawValue, target: head.uri, headers: headers)
        try HeaderDisguise.check(headers, significant: significant)
        forwarded = try HopByHop.request(headers, significant: significant)
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
    func work(for head: HTTPRequestHead, from client: any ClientExchange) -> any RequestWork {
        let report = RequestReport(to: shared.observer)
        do throws(Refusal) {
            let admission = try Admission(head, significant: shared.significantNames)
            if head.method == .GET || head.method == .HEAD, admission.neutral.path == PublishedPolicy.path {
                return LocalAnswer(
                    shared.published, to: head, from: client, outcome: .passedThrough, report: report)
            }
            return try work(for: admission, from: client, report: report)
        } catch {
            var isDisguised = false
            if case .forbiddenHeader = error { isDisguised = true }
            return LocalAnswer(
                configuration.format.response(to: error), to: head, from: client, waitsForBody: !isDisguised,
                report: report)
        }
    }

    private func work(
        for admission: Admission, from client: any ClientExchange, report: RequestReport
    ) throws(Refusal) -> any RequestWork {
        switch configuration.policy.verdict(on: admission.neutral) {
        case .passThrough:
            let head = ForwardedHead.request(admission.head, forwarded: admission.forwarded)
            return Passthrough(head, from: client, pool: upstream, report: report)
        case .guarded(let key, let route):
            return try RequestIntake(admission, key: .known(key), route: route, from: client, report: report)
        case .keyInBody(let route):
            return try RequestIntake(admission, key: .inBody, route: route, from: client, report: report)
        case .refused(let refusal): throw refusal
        }
    }
}

public import Idempotency

/// Which requests are guarded, and how.
public struct GuardPolicy: Sendable {
    /// What is to be done with a request, as far as its head tells.
    public enum Verdict: Sendable {
        /// Hand it on unchanged; nothing is looked up or stored.
        case passThrough
        /// Run it once under this key.
        case guarded(IdempotencyKey, Route)
        /// Read the body and ask `keyInBody(_:of:)`.
        case keyInBody(Route)
        /// Answer with this; nothing is looked up.
        case refused(Refusal)
    }

    /// What is to be done with a request whose key was looked for in the body.
    public enum BodyVerdict: Hashable, Sendable {
        /// Hand it on unchanged.
        case passThrough
        /// Run it once under this key.
        case guarded(IdempotencyKey)
        /// Answer with this.
        case refused(Refusal)
    }

    /// The rules in order, the default one last.
    public let routes: [Route]
    private let methods: Set<String>

    /// The first rule that fits a request counts; POST and PATCH requests that none fits are held to `defaults`.
    ///
    /// - Throws: `RuleError` that names what is wrong.
    public init(defaults: RouteSettings = RouteSettings(), rules: [RouteRule] = []) throws(RuleError) {
        var routes: [Route] = []
        for rule in rules + [RouteRule(path: .all, settings: defaults)] {
            let methods = rule.methods.isEmpty ? RouteRule.standardMethods : rule.methods
            for method in methods where !RouteRule.guardableMethods.contains(method) {
                throw .methodNotGuardable(method)
            }
            try rule.settings.validate()
            routes.append(Route(methods: methods, path: rule.path, settings: rule.settings))
        }
        self.routes = routes
        methods = Set(routes.flatMap(\.methods))
    }

    /// The rule that a request is held to, or `nil` when it passes through. Methods are compared without regard to
    /// case, since some servers read them so.
    public func route(for head: RequestHead) -> Route? {
        guard methods.contains(where: { FieldName.areEqual($0, head.method) }) else { return nil }
        let segments = routes.count > 1 ? PathSegments(head.path) : nil
        return routes.first { $0.matches(head.method, segments) }
    }

    /// What is to be done with a request.
    public func verdict(on head: RequestHead) -> Verdict {
        guard let route = route(for: head), route.settings.requirement != .off else { return .passThrough }
        if route.settings.key.needsBody { return .keyInBody(route) }
        do throws(KeyError) {
            if let key = try route.settings.key.key(in: head) { return .guarded(key, route) }
        } catch {
            return .refused(.keyInvalid(error))
        }
        return route.settings.requirement == .required ? .refused(.keyMissing) : .passThrough
    }

    /// What is to be done with a request whose key is in the body, which has now been read.
    public func keyInBody(_ body: some Collection<UInt8>, of route: Route) -> BodyVerdict {
        do throws(KeyError) {
            if let key = try route.settings.key.key(inBody: body) { return .guarded(key) }
        } catch {
            return .refused(.keyInvalid(error))
        }
        return route.settings.requirement == .required ? .refused(.keyMissing) : .passThrough
    }
}

import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Idempotency
import IdempotencyHTTP
import IdempotencyHummingbird
import Logging
import Synchronization
import Testing

/// A small application behind the middleware, with a count of what its handlers did.
struct Shop: Sendable {
    typealias Routes = (Router<ShopContext>, Counter) -> Void

    let store: any RecordStore
    let effects = Counter()
    let once: Once
    /// What errors mean that make no response.
    var classify: (@Sendable (any Error) -> Failure?)?

    init(
        store: any RecordStore = MemoryStore(), interrupted: Interrupted = .hold,
        _ change: (inout Once.Configuration) -> Void = { _ in }
    ) {
        var configuration = Once.Configuration()
        configuration.claimPatience = .milliseconds(20)
        change(&configuration)
        self.store = store
        once = Once(store: store, interrupted: interrupted, configuration: configuration)
    }

    /// An application whose `POST /pay` and the like count one effect and answer with its number.
    func app(
        rules: [RouteRule] = [], refusals: RefusalFormat = RefusalFormat(), routes: Routes = Self.paying
    ) throws -> Application<RouterResponder<ShopContext>> {
        let router = Router(context: ShopContext.self)
        router.add(middleware: Authenticator())
        let middleware = try IdempotencyMiddleware<ShopContext>(
            once: once, rules: rules, refusals: refusals, classify: classify)
        router.publishPolicy(of: middleware)
        router.add(middleware: middleware)
        routes(router, effects)
        return Application(router: router, logger: Logger(label: "shop", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    @Sendable static func paying(router: Router<ShopContext>, effects: Counter) {
        for method in [HTTPRequest.Method.get, .post, .patch, .put, .delete, .options, .trace] {
            router.on("pay", method: method) { _, _ in "receipt \(effects.count())" }
        }
    }
}

/// A context with a verified caller.
struct ShopContext: RequestContext, IdempotencyPrincipalContext {
    var coreContext: CoreRequestContextStorage
    var user: String?
    var idempotencyPrincipal: String? { user }

    init(source: Source) {
        coreContext = .init(source: source)
    }
}

/// Believes the header `X-User`.
struct Authenticator: RouterMiddleware {
    func handle(
        _ request: Hummingbird.Request, context: ShopContext,
        next: (Hummingbird.Request, ShopContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.user = request.headers[HTTPField.Name("X-User")!]
        return try await next(request, context)
    }
}

/// Counts, from anywhere.
final class Counter: Sendable {
    private let value = Mutex(0)

    @discardableResult func count() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }

    var total: Int { value.withLock { $0 } }
}

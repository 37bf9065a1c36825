import Hummingbird
import Idempotency
import IdempotencyHummingbird
import IdempotencySQLite
import Logging
import Synchronization

/// The service that the benchmarks compare the middleware with: one route that takes a payment and answers at once.
///
/// `bench-service PORT` serves it bare; `bench-service PORT DATABASE` with the middleware in front, on that database.
/// `GET /handled` tells how many payments the route itself has handled.
@main enum BenchService {
    private static let handled = Atomic<Int>(0)

    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let port = arguments.first.flatMap({ Int($0) }) else {
            return print("usage: bench-service PORT [DATABASE]")
        }
        var logger = Logger(label: "bench-service")
        logger.logLevel = .warning
        let router = Router()
        var guardian: Once?
        if let path = arguments.dropFirst().first {
            let store = try await SQLiteStore.open(path, logger: logger)
            let once = Once(store: store, interrupted: .hold)
            router.add(middleware: IdempotencyMiddleware(once: once))
            guardian = once
        }
        router.post("payments") { request, _ in
            _ = try await request.body.collect(upTo: 1 << 20)
            handled.wrappingAdd(1, ordering: .relaxed)
            return Response(
                status: .created, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: #"{"id":"pay_1","status":"succeeded"}"#)))
        }
        router.get("handled") { _, _ in "\(handled.load(ordering: .relaxed))" }
        var application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger)
        if let guardian { application.addServices(guardian) }
        try await application.runService()
    }
}

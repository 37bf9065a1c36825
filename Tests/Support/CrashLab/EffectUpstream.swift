import HTTPTypes
import Hummingbird
import Logging
import Synchronization

/// The system behind the gateway: takes effect, slowly enough to be caught in the middle; not idempotent itself.
struct EffectUpstream {
    let ledger: EffectLedger
    private let memory = Memory()

    init(ledger: EffectLedger) {
        self.ledger = ledger
    }

    /// How many attempts came with a lower number than an earlier one of their key, and were refused.
    var staleAttempts: Int { memory.stale.withLock { $0 } }

    private final class Memory: Sendable {
        /// The keys that were refused once before anything happened.
        private let refused = Mutex<Set<String>>([])
        /// The highest attempt of each key.
        private let attempts = Mutex<[String: UInt64]>([:])
        let stale = Mutex(0)

        func isFirst(_ key: String) -> Bool { refused.withLock { $0.insert(key).inserted } }

        /// Notes an attempt; `false` when a higher one is known already.
        func note(_ key: String, _ attempt: UInt64) -> Bool {
            attempts.withLock { attempts in
                defer { attempts[key] = max(attempt, attempts[key] ?? 0) }
                return attempt >= attempts[key] ?? 0
            }
        }

        /// Takes effect, unless a higher attempt is known by now.
        func effect(_ key: String, _ attempt: UInt64, _ body: () throws -> String) rethrows -> String? {
            try attempts.withLock { attempts in
                guard attempt >= attempts[key] ?? 0 else { return nil }
                return try body()
            }
        }

        func refuseStale() -> Response {
            stale.withLock { $0 += 1 }
            return Response(status: .preconditionFailed)
        }
    }

    func application(port: Int) -> some ApplicationProtocol {
        let router = Router()
        router.post("effects") { request, _ in try await take(request) }
        router.get("ask") { request, _ in ask(request) }
        return Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
            logger: Logger(label: "effects") { _ in SwiftLogNoOpLogHandler() })
    }

    private func take(_ request: Request) async throws -> Response {
        let key = try await String(buffer: request.body.collect(upTo: 1024))
        let plan = Plan(key)
        guard let attempt = attempt(of: request) else { return Response(status: .badRequest) }
        guard memory.note(key, attempt) else { return memory.refuseStale() }
        if plan.isRefusedOnce, memory.isFirst(key) {
            return Response(status: .serviceUnavailable, headers: [.retryAfter: "0"])
        }
        try await Task.sleep(for: plan.before)
        guard let receipt = try memory.effect(key, attempt, { try ledger.append(key) }) else {
            return memory.refuseStale()
        }
        try await Task.sleep(for: plan.after)
        return answer(receipt)
    }

    private func attempt(of request: Request) -> UInt64? {
        HTTPField.Name("Idempotency-Attempt").flatMap { request.headers[$0] }.flatMap(UInt64.init)
    }

    /// The gateway's question after an interruption. "Nothing" is true for good: an attempt below that of the question
    /// has no effect any more.
    private func ask(_ request: Request) -> Response {
        guard let name = HTTPField.Name("Idempotency-Key"), let attempt = attempt(of: request),
            let key = request.headers[name]?.filter({ $0 != "\"" })
        else { return Response(status: .badRequest) }
        _ = memory.note(key, attempt)
        guard let receipt = ledger.receipts(of: key).first else { return Response(status: .notFound) }
        let message =
            "HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\n"
            + "Content-Length: \(receipt.utf8.count)\r\n\r\n\(receipt)"
        return Response(
            status: .ok, headers: [.contentType: "message/http"], body: .init(byteBuffer: ByteBuffer(string: message)))
    }

    private func answer(_ receipt: String) -> Response {
        Response(
            status: .created, headers: [.contentType: "text/plain"],
            body: .init(byteBuffer: ByteBuffer(string: receipt)))
    }

    /// What happens to a key is decided by its name, so that a seed gives the same run again.
    private struct Plan {
        var before: Duration
        var after: Duration
        var isRefusedOnce: Bool

        init(_ key: String) {
            let hash = key.utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
            // Some are still at work when a killed gateway has long come back: what it is told then must not be
            // believed too early. All end within the lease of two seconds.
            before = .milliseconds((hash >> 40) % 8 == 0 ? 300 + Int(hash % 700) : Int(hash % 20))
            after = .milliseconds(Int(hash >> 16 % 30))
            isRefusedOnce = (hash >> 32) % 10 == 0
        }
    }
}

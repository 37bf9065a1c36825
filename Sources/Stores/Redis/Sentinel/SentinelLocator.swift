import Idempotency
import Logging
import NIOCore
import Synchronization

/// Finds the primary by asking sentinels, one after the other; the one that answered last is asked first.
///
/// They are asked anew for every connection, so one that broke, or that met a replica, leads to the new primary as soon
/// as a sentinel knows it. Whether what was found is a primary is checked in the handshake.
///
/// Source: redis.io/docs, *Guidelines for Redis clients with support for Redis Sentinel*.
final class SentinelLocator: Sendable {
    private let context: StoreContext
    private let name: String
    private let sentinels: Mutex<[ServerAddress]>

    init(_ sentinels: [ServerAddress], primary name: String, _ context: StoreContext) {
        self.context = context
        self.name = name
        self.sentinels = Mutex(sentinels)
    }

    /// The address of the primary.
    func locate(_ loop: any EventLoop) -> EventLoopFuture<ServerAddress> {
        let promise = loop.makePromise(of: ServerAddress.self)
        ask(sentinels.withLock { $0 }[...], heard: nil, promise)
        return promise.futureResult
    }

    private func ask(
        _ remaining: ArraySlice<ServerAddress>, heard: StoreError?, _ promise: EventLoopPromise<ServerAddress>
    ) {
        guard let sentinel = remaining.first else { return promise.fail(Self.nobodyKnows(name, heard)) }
        var configuration = context.configuration
        configuration.user = configuration.sentinelUser
        configuration.password = configuration.sentinelPassword
        configuration.database = 0
        let question = ["SENTINEL", "get-master-addr-by-name", name]
        OneQuestion.ask(question, of: sentinel, configuration, context) { [self] result in
            switch result {
            case .success(let reply):
                guard let parts = reply.members, parts.count == 2, let host = parts[0].text,
                    let port = parts[1].number, (1...65_535).contains(port)
                else {
                    let unknown = StoreError(
                        .misuse, "The sentinel at \(sentinel) knows no primary called \"\(name)\".",
                        effect: .notApplied)
                    return ask(remaining.dropFirst(), heard: unknown, promise)
                }
                prefer(sentinel)
                promise.succeed(ServerAddress(host: host, port: Int(port)))
            case .failure(let error):
                ask(remaining.dropFirst(), heard: heard ?? error, promise)
            }
        }
    }

    private func prefer(_ sentinel: ServerAddress) {
        sentinels.withLock { sentinels in
            guard let place = sentinels.firstIndex(of: sentinel), place > 0 else { return }
            sentinels.swapAt(0, place)
        }
    }

    private static func nobodyKnows(_ name: String, _ heard: StoreError?) -> StoreError {
        StoreError(
            heard?.code ?? .unavailable,
            "No sentinel tells where the primary \"\(name)\" is: \(heard?.message ?? "none is named")",
            effect: .notApplied, cause: heard)
    }
}

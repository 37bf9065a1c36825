public import Idempotency
public import Logging
import NIOCore

/// Records in a Redis or Valkey server, its primary under Sentinel, or a cluster: the store for several machines.
///
/// An exchange is one script on one key, sent when it comes and flushed with all others of the same turn of the event
/// loop. Time is the server's. What was sent and not answered, because the connection broke or the server was late, is
/// *unknown*: the engine repeats it and recognises its own owner.
///
/// The promise is the server's: see `promise`.
public final class RedisStore: SubmittingStore {
    /// What the store has done since it was opened.
    public var statistics: Statistics { context.statistics }

    /// What the server promises about answered writes, in a line.
    public var promise: String { context.durability.promise }

    let context: StoreContext
    let set: any NodeSet
    let listener: ChangeListener

    init(context: StoreContext, set: any NodeSet, listener: ChangeListener) {
        self.context = context
        self.set = set
        self.listener = listener
    }

    /// Connects to the server, looks whether it may be used, and makes the store where there is none.
    ///
    /// - Parameters:
    ///   - servers: Where it is.
    ///   - configuration: How to use it.
    ///   - logger: Where to say what an operator should know: the durability promised, losses of data.
    /// - Throws: `StoreError` that says what to do: out of reach, wrong credentials, a replica, an eviction policy that
    ///   throws keys away, settings that cannot be read, a version that is too old, a newer format.
    public static func open(
        _ servers: Servers, configuration: Configuration = Configuration(), logger: Logger
    ) async throws(StoreError) -> RedisStore {
        let context = try StoreContext(configuration, logger: logger)
        let (set, locate) = try await makeSet(servers, context)
        do {
            try await set.connect()
        } catch {
            await set.close()
            throw error
        }
        let listener = await context.onLoop {
            ChangeListener(context, locate: locate) { id, isRunning in look(id, in: set, context, isRunning) }
        }
        return RedisStore(context: context, set: set, listener: listener)
    }

    private static func makeSet(
        _ servers: Servers, _ context: StoreContext
    ) async throws(StoreError) -> (any NodeSet, ServerConnector.Locator) {
        let locate: ServerConnector.Locator
        switch servers.kind {
        case .single(let address): locate = ServerConnector.fixed(ServerAddress(address))
        case .sentinels(let addresses, let name):
            locate = SentinelLocator(addresses.map(ServerAddress.init), primary: name, context).locate
        case .cluster(let addresses):
            guard context.configuration.database == 0 else {
                throw StoreError(
                    .misuse, "A Redis Cluster has the database 0 only, not \(context.configuration.database).",
                    effect: .notApplied)
            }
            let nodes = ClusterNodes(addresses.map(ServerAddress.init), context)
            return (nodes, nodes.locateAny)
        }
        let node = await context.onLoop {
            let node = ServerNode(context, locate: locate, marker: context.encoding.keys.marker())
            node.startBeating()
            return node
        }
        return (SingleNode(node: node), locate)
    }

    /// Tells whether a key is running; one that cannot be looked at is not said to be.
    private static func look(
        _ id: RecordID, in set: any NodeSet, _ context: StoreContext, _ isRunning: @escaping @Sendable (Bool) -> Void
    ) {
        let nobody = Exchange(id, expecting: .inDoubt(Owner(high: .max, low: .max)), next: nil)
        let command = ExchangeCommand(exchange: nobody)
        let request = ServerRequest(.exchange(command), deadline: context.deadline()) { result in
            guard case .success(let reply) = command.answer(result) else { return isRunning(false) }
            isRunning(reply.record?.hasLiveLease(at: reply.now) ?? false)
        }
        set.submit(request, id: id)
    }

    /// Replaces the record of a key if it is the expected one; answers after the server did.
    ///
    /// Cancelling the calling task changes nothing: the answer is never more than the time-out away.
    public func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        let result = await withCheckedContinuation { continuation in
            submit(exchange) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Sends an exchange; `completion` is called on an event loop when the server has answered, or at once with a
    /// refusal when the record is too large, too much is under way or the store is closed.
    public func submit(
        _ exchange: Exchange, completion: @escaping @Sendable (Result<ExchangeReply, StoreError>) -> Void
    ) {
        let limit = context.configuration.recordLimit
        if let next = exchange.next, next.payload > limit {
            let message = "The record has \(next.payload) bytes; the Redis store takes \(limit)."
            return completion(.failure(StoreError(.tooLarge, message, effect: .notApplied)))
        }
        let command = ExchangeCommand(exchange: exchange)
        let request = ServerRequest(.exchange(command), deadline: context.deadline()) { [context] result in
            let answer = command.answer(result)
            if case .success = answer { context.count { $0.exchanges += 1 } }
            completion(answer)
        }
        set.submit(request, id: exchange.id)
    }

    /// Closes the store: refuses what waits, and waits for what is under way. May be called again.
    public func close() async {
        await listener.close()
        await set.close()
    }
}

extension RedisStore {
    /// What a store has done since it was opened.
    public struct Statistics: Hashable, Sendable {
        /// How many exchanges were answered.
        public var exchanges = 0
        /// How often a connection for exchanges was made.
        public var connections = 0
        /// How often one was lost or could not be made.
        public var disconnections = 0
        /// How often a server was found to have lost what it had acknowledged.
        public var losses = 0
    }
}

extension ExchangeCommand {
    /// What the answer of the server, or the lack of one, means for the caller.
    func answer(_ result: Result<RESPValue, StoreError>) -> Result<ExchangeReply, StoreError> {
        switch result {
        case .failure(let error): .failure(error)
        case .success(.error(let text)): .failure(ServerFailure(text).error)
        case .success(let value): Result { () throws(StoreError) in try reply(value) }
        }
    }
}

extension Draft {
    /// The bytes of the parts that have no fixed size.
    fileprivate var payload: Int {
        var size = checkpoint.count + label.key.utf8.count + label.scope.utf8.count + label.operation.utf8.count
        if case .completed(let outcome, _) = state { size += outcome.bytes.count }
        return size
    }
}

extension StoreContext {
    /// Runs a piece of work on the event loop.
    func onLoop<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            loop.execute { continuation.resume(returning: body()) }
        }
    }
}

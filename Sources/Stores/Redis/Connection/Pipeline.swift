import Idempotency
import NIOCore

/// What is under way on a connection, in the order in which it will be answered; a value, without I/O.
///
/// Where replicas have to acknowledge, a `WAIT` goes behind every batch, and the answers of the batch are held back
/// until it is answered: it counts the writes of its own connection only.
struct Pipeline {
    /// What waits for one reply.
    private enum Entry {
        case request(ServerRequest)
        /// The answer to `ASKING`, of which nobody hears.
        case asking
        case wait
    }

    /// An answer that can be given now.
    struct Answer {
        let request: ServerRequest
        let result: Result<RESPValue, StoreError>
    }

    private let replicas: RedisStore.Configuration.Replicas?
    private var entries = CircularBuffer<Entry>()
    private var held: [Answer] = []

    init(replicas: RedisStore.Configuration.Replicas? = nil) {
        self.replicas = replicas
    }

    var isEmpty: Bool { entries.isEmpty }

    /// By when the next reply has to come; `nil` when nothing is awaited that has a deadline.
    var deadline: NIODeadline? {
        for entry in entries {
            if case .request(let request) = entry { return request.deadline }
            // The answers that are held back wait for the count of the replicas.
            if case .wait = entry, let first = held.first { return first.request.deadline }
        }
        return nil
    }

    /// Takes requests that are sent together. Returns what is to be sent behind them.
    mutating func append(_ requests: [ServerRequest]) -> [String]? {
        var hasWrite = false
        for request in requests {
            if case .notice = request.content { continue }
            if request.isAsking { entries.append(.asking) }
            entries.append(.request(request))
            hasWrite = hasWrite || request.isWrite
        }
        guard let replicas, hasWrite else { return nil }
        entries.append(.wait)
        let milliseconds = max(replicas.timeout.wholeMicroseconds / 1000, 1)
        return ["WAIT", "\(replicas.count)", "\(milliseconds)"]
    }

    /// Takes the next reply and gives what can be answered now, or `nil` when no reply was awaited.
    mutating func receive(_ reply: RESPValue) -> [Answer]? {
        guard let entry = entries.popFirst() else { return nil }
        switch entry {
        case .asking:
            return []
        case .request(let request):
            let answer = Answer(request: request, result: .success(reply))
            guard replicas != nil, request.isWrite, !reply.isError else { return [answer] }
            held.append(answer)
            return []
        case .wait:
            defer { held = [] }
            guard let replicas, let count = reply.number, count >= replicas.count else {
                return held.map { Answer(request: $0.request, result: $0.resultWithoutReplicas) }
            }
            return held
        }
    }

    /// Gives up all that is under way: it was sent, and nobody knows what became of it.
    mutating func abandon(_ reason: StoreError) -> [Answer] {
        defer {
            entries = CircularBuffer()
            held = []
        }
        let sent = entries.compactMap { entry -> Answer? in
            guard case .request(let request) = entry else { return nil }
            return Answer(request: request, result: .failure(reason))
        }
        return held.map { Answer(request: $0.request, result: .failure(reason)) } + sent
    }
}

extension Pipeline.Answer {
    /// What is answered when too few replicas have acknowledged the batch: what was written may not outlive a failover.
    /// What was refused is what is there, whoever has it.
    fileprivate var resultWithoutReplicas: Result<RESPValue, StoreError> {
        guard case .success(let reply) = result, request.isWrite else { return result }
        if case .rewrite = request.content, reply != .integer(1) { return result }
        if case .exchange(let command) = request.content, let members = reply.members, members.first == .integer(0) {
            // A writer that finds its own record has written it once more, to have it acknowledged.
            guard members.count > 2, let owner = command.exchange.next?.owner, case .bytes(let bytes) = members[2],
                (try? RecordCoding.decode(bytes))??.owner == owner
            else { return result }
        }
        return .failure(
            StoreError(
                .unavailable,
                "Too few replicas have acknowledged the write in time. It is on the primary, and a failover may lose "
                    + "it; retry with the same key.", effect: .unknown))
    }
}

extension RESPValue {
    var isError: Bool { if case .error = self { true } else { false } }
}

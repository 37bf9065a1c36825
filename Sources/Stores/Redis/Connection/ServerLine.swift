import Idempotency
import IdempotencyReconnecting
import Logging
import NIOCore

/// The part of a link that lives on its event loop: the connection, if there is one, and what waits for it.
final class ServerLine {
    private enum State {
        /// Nobody has wanted a connection yet.
        case idle
        /// One is being made; its handler once there is one.
        case connecting(PipelineHandler?)
        case ready(PipelineHandler)
        /// The connection leads to a server that cannot be written to: it is closed when its replies have come.
        case leaving(PipelineHandler)
        /// The last one broke or could not be made.
        case pausing(Scheduled<Void>?)
        case closed
    }

    let loop: any EventLoop
    /// Told how many requests were answered.
    var answered: (Int) -> Void = { _ in }
    /// Told of what came without being asked for.
    var push: (RESPValue) -> Void = { _ in }
    /// Told of every connection that was made: what the handshake found out.
    var connected: (Handshake.Outcome) -> Void = { _ in }
    /// Told of every connection that was lost or could not be made.
    var disconnected: (StoreError) -> Void = { _ in }
    /// Given a request that was answered with an error; takes it over or leaves it.
    var redirect: (ServerRequest, ServerFailure) -> Bool = { _, _ in false }
    /// Asked before an exchange is sent: as it is, as a look only, or not at all.
    var admission: (inout ExchangeCommand) -> Void = { _ in }

    private let connector: ServerConnector
    private let timeout: Duration
    private var handshake: Handshake
    private let watches: WatchBook?
    private var state = State.idle
    private var waiting: [ServerRequest] = []
    private var openers: [(Result<Void, StoreError>) -> Void] = []
    private var closers: [() -> Void] = []
    private var delay = ReconnectDelay()
    /// The number of the connection that is being made or was made last; what an earlier one tells is of no interest.
    private var attempt = 0
    private var isBeating = false
    private var closedBecause = ServerLink.closed
    private var allowsFullMemory = false

    /// - Parameter watches: Where to look up and note what is known of the marker.
    init(_ connector: ServerConnector, handshake: Handshake, timeout: Duration, watches: WatchBook? = nil) {
        self.watches = watches
        loop = connector.loop
        self.connector = connector
        self.handshake = handshake
        self.timeout = timeout
    }

    /// Sends requests, or keeps them for the connection that is being made.
    func take(_ requests: [ServerRequest]) {
        switch state {
        case .ready(let handler):
            send(requests, on: handler)
        case .closed:
            answer(requests.map { Pipeline.Answer(request: $0, result: .failure(closedBecause)) })
        case .idle:
            waiting += requests
            if !requests.isEmpty { connect() }
        case .connecting, .leaving, .pausing:
            waiting += requests
        }
    }

    /// Makes a connection unless there is one, and tells how the attempt ended.
    func connect(_ completion: @escaping (Result<Void, StoreError>) -> Void) {
        switch state {
        case .ready: completion(.success(()))
        case .closed: completion(.failure(ServerLink.closed))
        case .idle:
            openers.append(completion)
            connect()
        case .connecting, .leaving, .pausing: openers.append(completion)
        }
    }

    /// Gives the connection up and makes a new one.
    func reconnect(_ reason: StoreError) {
        switch state {
        case .ready(let handler), .leaving(let handler): handler.close(reason)
        default: break
        }
    }

    /// Refuses what waits, and ends when what is under way is answered.
    ///
    /// - Parameters:
    ///   - farewell: A last command, if there is a connection.
    ///   - reason: What those are told who are refused.
    func close(
        saying farewell: [String]?, because reason: StoreError = ServerLink.closed, _ completion: @escaping () -> Void
    ) {
        closedBecause = reason
        closers.append(completion)
        switch state {
        case .ready(let handler):
            if let farewell {
                handler.send([ownRequest(farewell) { _ in }])
            }
            state = .leaving(handler)
            leaveIfIdle()
        case .leaving: leaveIfIdle()
        case .connecting(let handler):
            state = .closed
            handler?.close(ServerLink.closed)
            finish()
        case .pausing(let task):
            task?.cancel()
            finish()
        case .idle, .closed: finish()
        }
    }

    // MARK: - Requests

    private func send(_ requests: [ServerRequest], on handler: PipelineHandler) {
        guard !requests.isEmpty else { return }
        handler.send(
            requests.map { request in
                guard case .exchange(var command) = request.content else { return request }
                admission(&command)
                var admitted = request
                admitted.content = .exchange(command)
                return admitted
            })
    }

    private func receive(_ answers: [Pipeline.Answer]) {
        var again: [ServerRequest] = []
        var done: [Pipeline.Answer] = []
        done.reserveCapacity(answers.count)
        for answer in answers {
            guard case .success(.error(let text)) = answer.result else {
                done.append(answer.request.isRefusedNewKey(answer.result) ? answer.refusingNewKeys : answer)
                continue
            }
            let failure = ServerFailure(text)
            if failure.isOfWrongServer { leave() }
            if failure.kind == .noScript, !answer.request.carriesScript {
                var request = answer.request
                request.carriesScript = true
                again.append(request)
            } else if redirect(answer.request, failure) {
                answered(1)
            } else {
                done.append(answer)
            }
        }
        answer(done)
        if !again.isEmpty { take(again) }
        leaveIfIdle()
    }

    private func answer(_ answers: [Pipeline.Answer]) {
        guard !answers.isEmpty else { return }
        answered(answers.count { $0.request.isCounted })
        for answer in answers { answer.request.completion(answer.result) }
    }

    private func failWaiting(_ error: StoreError) {
        let refusal = StoreError(error.code, error.message, effect: .notApplied, cause: error.cause)
        let requests = waiting
        waiting = []
        answer(requests.map { Pipeline.Answer(request: $0, result: .failure(refusal)) })
    }

    // MARK: - The connection

    private func connect() {
        state = .connecting(nil)
        attempt += 1
        let number = attempt
        if let marker = handshake.markerKey, let watches { handshake.watch = watches[marker] }
        let events = PipelineHandler.Events(
            ready: { [weak self] in if self?.attempt == number { self?.ready($0, $1) } },
            answers: { [weak self] in self?.receive($0) }, push: { [weak self] in self?.push($0) },
            closed: { [weak self] in if self?.attempt == number { self?.ended($0) } })
        connector.connect(handshake, events: events) { [weak self] result in
            guard let self, self.attempt == number, case .connecting = self.state else {
                if case .success(let handler) = result { handler.close(ServerLink.closed) }
                return
            }
            switch result {
            case .success(let handler): self.state = .connecting(handler)
            case .failure(let error): self.ended(error)
            }
        }
    }

    private func ready(_ outcome: Handshake.Outcome, _ watch: ServerWatch) {
        guard case .connecting(let handler?) = state else { return }
        state = .ready(handler)
        delay.succeeded()
        if let marker = handshake.markerKey { watches?[marker] = watch }
        allowsFullMemory = outcome.digests.allowsFullMemory
        connected(outcome)
        let openers = openers
        self.openers = []
        for opener in openers { opener(.success(())) }
        let now = NIODeadline.now()
        let (late, requests) = (waiting.filter { $0.deadline <= now }, waiting.filter { $0.deadline > now })
        waiting = []
        answer(late.map { Pipeline.Answer(request: $0, result: .failure(Self.tooLate)) })
        send(requests, on: handler)
    }

    private static let tooLate = StoreError(
        .unavailable, "The connection to the Redis server was made too late; nothing was sent.", effect: .notApplied)

    /// The connection is over, or could not be made.
    private func ended(_ reason: StoreError) {
        var wasReady = false
        switch state {
        case .ready: wasReady = true
        case .leaving:
            wasReady = true
            if !closers.isEmpty { return finish() }
        case .connecting: break
        case .idle, .pausing, .closed: return
        }
        disconnected(reason)
        let pause = delay.next(share: .random(in: 0...1))
        let task = loop.assumeIsolated().scheduleTask(in: TimeAmount(pause)) { [weak self] in
            guard let self, case .pausing = self.state else { return }
            self.connect()
        }
        state = .pausing(task)
        guard !wasReady else { return }
        failWaiting(reason)
        let openers = openers
        self.openers = []
        for opener in openers { opener(.failure(reason)) }
    }

    /// Looks for a server that can be written to, when the replies of this one have come.
    private func leave() {
        if case .ready(let handler) = state { state = .leaving(handler) }
    }

    private func leaveIfIdle() {
        guard case .leaving(let handler) = state, handler.isIdle else { return }
        handler.close(ServerFailure("READONLY").error)
    }

    private func finish() {
        state = .closed
        failWaiting(closedBecause)
        let openers = openers
        self.openers = []
        for opener in openers { opener(.failure(ServerLink.closed)) }
        let closers = closers
        self.closers = []
        for closer in closers { closer() }
    }
}

extension ServerRequest {
    /// Whether it was sent as a look only, because no new key is taken, and found that its key is new.
    fileprivate func isRefusedNewKey(_ result: Result<RESPValue, StoreError>) -> Bool {
        guard case .exchange(let command) = content, command.onlyLooks, case .success(let reply) = result else {
            return false
        }
        return reply.members?.count == 2
    }
}

extension Pipeline.Answer {
    fileprivate var refusingNewKeys: Self {
        let error = StoreError(
            .unavailable,
            "The Redis server has lost acknowledged keys, so no new one is taken until none of the lost ones would "
                + "still be kept (quarantine).", effect: .notApplied)
        return Self(request: request, result: .failure(error))
    }
}

// MARK: - Beats

extension ServerLine {
    /// Moves the marker, if there is a connection and no other beat is under way, and tells what it says.
    func beat(_ completion: @escaping (ServerWatch.Reading) -> Void) {
        guard case .ready(let handler) = state, !isBeating, let marker = handshake.markerKey, let watches else {
            return
        }
        isBeating = true
        let script = MarkerScript.text(allowsFullMemory: allowsFullMemory)
        let address = NIOLoopBound((line: self, completion: completion), eventLoop: loop)
        handler.send([
            ownRequest(["EVAL", script, "1", marker] + watches[marker].arguments) { result in
                let (line, completion) = address.value
                line.isBeating = false
                var watch = watches[marker]
                guard case .success(let reply) = result, let reading = watch.receive(reply) else { return }
                watches[marker] = watch
                completion(reading)
            }
        ])
    }

    private func ownRequest(_ command: [String], _ completion: @escaping ServerRequest.Completion) -> ServerRequest {
        var request = ServerRequest(.command(command), deadline: .now() + TimeAmount(timeout), completion: completion)
        request.isCounted = false
        return request
    }
}

import CPostgres

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A connection to a server. Used by one thread, which it may block, never beyond the deadline that it is given.
final class Connection {
    /// What the server remarked during the last call.
    let notices = Notices()
    /// What the session is called by whoever is at the other end: the server, or a pooler in front of it.
    let announcedProcess: Int64
    /// What was found out about the session when it began.
    var session = Session()

    private let handle: OpaquePointer
    private let keepsStatements: Bool
    private var prepared: Set<String> = []
    private var isGivenUp = false

    /// Connects; tries every host of the address in turn, each for `timeout` at most.
    ///
    /// - Parameter keepsStatements: Whether statements are prepared once under their names: not where another session
    ///   may carry out the next transaction.
    init(_ address: ServerAddress, timeout: Duration, keepsStatements: Bool) throws(PostgresFailure) {
        let seconds = max(Int(timeout.components.seconds), 2)
        let options = address.options(connectTimeout: seconds)
        let handle = Self.withCStrings(options.map(\.0)) { names in
            Self.withCStrings(options.map(\.1)) { values in PQconnectdbParams(names, values, 1) }
        }
        guard let handle else {
            throw PostgresFailure(kind: .connecting, sqlState: nil, message: "no memory for a connection")
        }
        guard PQstatus(handle) == CONNECTION_OK else {
            let text = String(cString: PQerrorMessage(handle)).split(separator: "\n").joined(separator: "; ")
            PQfinish(handle)
            throw PostgresFailure(kind: .connecting, sqlState: nil, message: text)
        }
        self.handle = handle
        self.keepsStatements = keepsStatements
        announcedProcess = Int64(PQbackendPID(handle))
        notices.listen(to: handle)
        guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else {
            PQfinish(handle)
            throw PostgresFailure(kind: .connecting, sqlState: nil, message: "the connection has no pipeline mode")
        }
    }

    deinit {
        PQfinish(handle)
    }

    /// Whether it can still be used.
    var isOpen: Bool { !isGivenUp && PQstatus(handle) == CONNECTION_OK }

    /// Has whoever keeps it make another one; its session ends when it is let go.
    func giveUp() { isGivenUp = true }

    /// Whether no transaction is open or broken.
    var isIdle: Bool { PQtransactionStatus(handle) == PQTRANS_IDLE }

    /// What came of a row of statements.
    struct Answer {
        /// The results of those that succeeded, which come first.
        var results: [QueryResult] = []
        /// Why the next one did not.
        var failure: PostgresFailure?
    }

    /// Sends all statements at once and waits for all their results: one round trip. After the first that fails, none
    /// is carried out.
    func run(_ statements: [Statement], until deadline: ContinuousClock.Instant) -> Answer {
        notices.forget()
        var answer = Answer()
        do throws(PostgresFailure) {
            var isNew: [Bool] = []
            for statement in statements {
                let isAnnounced = isNew.indices.contains { isNew[$0] && statements[$0].name == statement.name }
                let isKept = keepsStatements && !statement.name.isEmpty
                isNew.append(!isKept || !prepared.contains(statement.name) && !isAnnounced)
                try send(statement, preparing: isNew[isNew.count - 1])
            }
            guard PQpipelineSync(handle) == 1 else { throw lost() }
            try flush(until: deadline)
            for (statement, isNew) in zip(statements, isNew) {
                if isNew, try next(into: &answer, until: deadline) != nil, keepsStatements, !statement.name.isEmpty {
                    prepared.insert(statement.name)
                }
                if let result = try next(into: &answer, until: deadline) { answer.results.append(result) }
            }
            try awaitSync(until: deadline)
        } catch {
            // What the server itself said before the connection ended tells more than that it ended.
            if answer.failure == nil { answer.failure = error }
        }
        if answer.failure?.sqlState == "26000" { prepared.removeAll() }
        return answer
    }

    /// Runs one statement.
    func run(_ statement: Statement, until deadline: ContinuousClock.Instant) throws(PostgresFailure) -> QueryResult {
        let answer = run([statement], until: deadline)
        guard answer.failure == nil, let result = answer.results.first else {
            throw answer.failure ?? lost()
        }
        return result
    }

    /// Ends a transaction that failed half way; whether the connection can be used again.
    func rollBack(until deadline: ContinuousClock.Instant) -> Bool {
        guard isOpen else { return false }
        if isIdle { return true }
        return run([.rollback], until: deadline).failure == nil && isIdle
    }

    /// Waits until something was notified, or the deadline; the payloads.
    func notifications(until deadline: ContinuousClock.Instant) throws(PostgresFailure) -> [String] {
        var payloads = takeNotifications()
        while payloads.isEmpty, ContinuousClock.now < deadline {
            do {
                try wait(for: POLLIN, until: deadline)
            } catch {
                guard error.kind == .timedOut else { throw error }
                return []
            }
            guard PQconsumeInput(handle) == 1 else { throw lost() }
            payloads = takeNotifications()
        }
        return payloads
    }

    private func takeNotifications() -> [String] {
        var payloads: [String] = []
        while let notification = PQnotifies(handle) {
            if let extra = notification.pointee.extra { payloads.append(String(cString: extra)) }
            PQfreemem(notification)
        }
        return payloads
    }

    // MARK: - Sending and receiving

    private func send(_ statement: Statement, preparing: Bool) throws(PostgresFailure) {
        let name = keepsStatements ? statement.name : ""
        if preparing {
            guard PQsendPrepare(handle, name, statement.sql, 0, nil) == 1 else { throw lost() }
        }
        let parameters = statement.parameters
        let isSent = parameters.bytes.withUnsafeBytes { buffer in
            // An empty value still needs an address: none at all means NULL.
            let start = buffer.baseAddress ?? UnsafeRawPointer(bitPattern: 1)
            let values = parameters.ranges.map { range -> UnsafePointer<CChar>? in
                range.flatMap { start?.advanced(by: $0.lowerBound).assumingMemoryBound(to: CChar.self) }
            }
            let lengths = parameters.ranges.map { Int32($0?.count ?? 0) }
            let format: Int32 = statement.isText ? 0 : 1
            let formats = parameters.ranges.map { _ in format }
            return PQsendQueryPrepared(handle, name, Int32(parameters.count), values, lengths, formats, format)
        }
        guard isSent == 1 else { throw lost() }
    }

    private func flush(until deadline: ContinuousClock.Instant) throws(PostgresFailure) {
        while true {
            switch PQflush(handle) {
            case 0: return
            case 1:
                // The server may be unable to read on before its answers are read.
                try wait(for: POLLIN | POLLOUT, until: deadline)
                guard PQconsumeInput(handle) == 1 else { throw lost() }
            default: throw lost()
            }
        }
    }

    /// The next result, or `nil` when that statement failed or was not carried out; the reason goes into `answer`.
    private func next(
        into answer: inout Answer, until deadline: ContinuousClock.Instant
    ) throws(PostgresFailure) -> QueryResult? {
        guard let result = try receive(until: deadline) else { throw lost() }
        switch result.status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
            guard try receive(until: deadline) == nil else { throw lost() }
            return answer.failure == nil ? result : nil
        case PGRES_PIPELINE_ABORTED:
            _ = try receive(until: deadline)
            return nil
        default:
            let state = result.field("C")
            let failure = PostgresFailure(
                kind: state == nil ? .lost : .refused, sqlState: state,
                message: result.field("M") ?? String(cString: PQerrorMessage(handle)))
            if answer.failure == nil { answer.failure = failure }
            guard isOpen else { throw failure }
            _ = try receive(until: deadline)
            return nil
        }
    }

    private func awaitSync(until deadline: ContinuousClock.Instant) throws(PostgresFailure) {
        guard let result = try receive(until: deadline), result.status == PGRES_PIPELINE_SYNC else { throw lost() }
    }

    private func receive(until deadline: ContinuousClock.Instant) throws(PostgresFailure) -> QueryResult? {
        while PQisBusy(handle) == 1 {
            try wait(for: POLLIN, until: deadline)
            guard PQconsumeInput(handle) == 1 else {
                // What had arrived before may still be a message that says why.
                if PQisBusy(handle) == 0 { break }
                throw lost()
            }
        }
        return PQgetResult(handle).map { QueryResult($0) }
    }

    private func wait(for events: Int32, until deadline: ContinuousClock.Instant) throws(PostgresFailure) {
        while true {
            let (seconds, attoseconds) = (deadline - .now).components
            let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1
            guard deadline > .now else {
                throw PostgresFailure(kind: .timedOut, sqlState: nil, message: "no answer in time")
            }
            var descriptor = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
            guard descriptor.fd >= 0 else { throw lost() }
            let ready = poll(&descriptor, 1, Int32(clamping: milliseconds))
            if ready > 0 { return }
            guard ready == 0 || errno == EINTR else { throw lost() }
        }
    }

    private func lost() -> PostgresFailure {
        let text = String(cString: PQerrorMessage(handle)).split(separator: "\n").joined(separator: "; ")
        return PostgresFailure(
            kind: .lost, sqlState: nil, message: text.isEmpty ? "the connection does not answer as it should" : text)
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        let pointers = copies.map { $0.map { UnsafePointer($0) } } + [nil]
        return pointers.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { preconditionFailure("the list ends with a null pointer") }
            return body(start)
        }
    }
}

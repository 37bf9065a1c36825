import Synchronization

/// The one server that the tests of a run share, each in a schema of its own.
package enum SharedServer {
    private static let started = Mutex<Task<PostgresServer, any Error>?>(nil)
    private static let number = Mutex(0)
    private static let gate = Gate(places: 6)

    /// The server; started by whoever asks first, ended with this process.
    package static func server() async throws -> PostgresServer {
        let task = started.withLock { started in
            let task = started ?? Task { try await PostgresServer.start() }
            started = task
            return task
        }
        return try await task.value
    }

    /// The address of an empty schema, for the duration of `body`; a few at a time, as every store takes connections.
    package static func withSchema<Result>(
        _ body: (_ url: String, _ server: PostgresServer) async throws -> Result
    ) async throws -> Result {
        try await withNew("SCHEMA") { name, server in try await body(server.url(schema: name), server) }
    }

    /// An empty database, for the duration of `body`: where a pooler stands before the server, an address names no
    /// schema.
    package static func withDatabase<Result>(
        _ body: (_ name: String, _ server: PostgresServer) async throws -> Result
    ) async throws -> Result {
        try await withNew("DATABASE", body)
    }

    private static func withNew<Result>(
        _ kind: String, _ body: (_ name: String, _ server: PostgresServer) async throws -> Result
    ) async throws -> Result {
        let server = try await server()
        await gate.enter()
        defer { gate.leave() }
        let name = number.withLock { number in
            number += 1
            return "t\(number)"
        }
        try await server.execute("CREATE \(kind) \(name)")
        return try await body(name, server)
    }
}

/// Lets a few in at a time.
final class Gate: Sendable {
    private struct State {
        var places: Int
        var queue: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(places: Int) {
        state = Mutex(State(places: places))
    }

    /// Waits for a place.
    func enter() async {
        await withCheckedContinuation { continuation in
            let isIn = state.withLock { state in
                guard state.places > 0 else {
                    state.queue.append(continuation)
                    return false
                }
                state.places -= 1
                return true
            }
            if isIn { continuation.resume() }
        }
    }

    /// Gives the place to the next one.
    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.queue.isEmpty else {
                state.places += 1
                return nil
            }
            return state.queue.removeFirst()
        }
        next?.resume()
    }
}

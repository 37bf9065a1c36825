import Idempotency
import NIOCore

extension ServerLink {
    /// Sends commands together and waits for all answers; an error of the server is thrown.
    func commands(_ commands: [[String]], timeout: Duration) async throws(StoreError) -> [RESPValue] {
        guard !commands.isEmpty else { return [] }
        let answers = await withCheckedContinuation { continuation in
            let gathering = Gathering(commands.count) { continuation.resume(returning: $0) }
            let deadline = NIODeadline.now() + TimeAmount(timeout)
            for (number, command) in commands.enumerated() {
                submit(ServerRequest(.command(command), deadline: deadline) { gathering.take($0, number) })
            }
        }
        var values: [RESPValue] = []
        values.reserveCapacity(answers.count)
        for answer in answers {
            let value = try answer.get()
            if case .error(let text) = value { throw ServerFailure(text).error }
            values.append(value)
        }
        return values
    }

    /// Sends one command and waits for its answer.
    func command(_ command: [String], timeout: Duration) async throws(StoreError) -> RESPValue {
        try await commands([command], timeout: timeout)[0]
    }
}

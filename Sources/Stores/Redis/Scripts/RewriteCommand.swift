import Idempotency
import NIOCore

/// A rewriting as a command for the server.
///
/// The script compares the first 22 bytes of what lies there (version, state, owner, renewals) with those that were
/// seen, and replaces all from byte 58 on: fingerprint, texts, checkpoint and outcome. The end of the key stays. It
/// goes with the command in full: rewriting is rare.
struct RewriteCommand: Sendable {
    let id: RecordID
    let seen: Record
    let content: RecordContent

    private static let script = """
        local old = redis.call('GET', KEYS[1])
        if not old or string.sub(old, 1, 22) ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[1], string.sub(old, 1, 58) .. ARGV[2], 'KEEPTTL')
        return 1
        """

    /// Writes the command.
    func write(keys: KeySpace, into buffer: inout ByteBuffer) {
        let pieces = RecordCoding.Pieces(Draft(rewriting: seen.holding(content)))
        buffer.writeRESP(count: 6)
        buffer.writeRESP(argument: "EVAL")
        buffer.writeRESP(argument: Self.script)
        buffer.writeRESP(argument: "1")
        keys.write(id, into: &buffer)
        buffer.writeRESP(argumentOf: RecordCoding.Pieces.headSize) { pieces.writeHead(into: &$0) }
        buffer.writeRESP(argumentOf: pieces.contentSize) { pieces.writeContent(into: &$0) }
    }

    /// What the answer of the server, or the lack of one, means for the caller.
    func answer(_ result: Result<RESPValue, StoreError>) -> Result<Bool, StoreError> {
        switch result {
        case .failure(let error): .failure(error)
        case .success(.error(let text)): .failure(ServerFailure(text).error)
        case .success(let value): .success(value.number == 1)
        }
    }
}

extension Draft {
    /// A record as it would be written, with no times: only what it holds is taken from here.
    fileprivate init(rewriting record: Record) {
        let state: State =
            switch record.state {
            case .running: .running(lease: .zero)
            case .completed(let outcome, _, _): .completed(outcome, retention: .zero)
            case .inDoubt(let doubt, _): .inDoubt(doubt)
            }
        self.init(record, state: state)
        renewals = record.renewals
    }
}

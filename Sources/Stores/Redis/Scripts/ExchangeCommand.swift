import Idempotency
import NIOCore

/// An exchange as a command for the server, and the server's answer to it as a reply.
struct ExchangeCommand: Sendable {
    let exchange: Exchange
    /// Whether the server is only asked what is there, as no new key may be claimed.
    var onlyLooks = false

    /// How the script is named to the server.
    enum Script {
        /// By its digest, which the server knows as long as it has not forgotten its scripts.
        case digest(String)
        /// In full.
        case text(String)
    }

    /// For how long a time the server keeps a key at most: longer retentions have no end there, and go by comparison
    /// alone. 200 years, so that no server's arithmetic overflows.
    static let longestTime: Int64 = 200 * 366 * 86_400 * 1000

    /// Whether this is a claim: what is refused when the server has no memory left.
    var isClaim: Bool { exchange.next.map { $0.fence == nil } ?? false }

    /// Writes the command.
    ///
    /// - Parameter memory: For how many milliseconds a fence outlives its record.
    func write(_ script: Script, keys: KeySpace, memory: Int64, into buffer: inout ByteBuffer) {
        buffer.writeRESP(count: 11)
        switch script {
        case .digest(let digest):
            buffer.writeRESP(argument: "EVALSHA")
            buffer.writeRESP(argument: digest)
        case .text(let text):
            buffer.writeRESP(argument: "EVAL")
            buffer.writeRESP(argument: text)
        }
        buffer.writeRESP(argument: "1")
        keys.write(exchange.id, into: &buffer)
        buffer.writeRESP(argumentOf: 21) { writeExpectation(into: &$0) }
        guard let next = exchange.next else {
            for _ in 0..<6 { buffer.writeRESP(argument: "") }
            return
        }
        let pieces = RecordCoding.Pieces(next)
        buffer.writeRESP(argumentOf: RecordCoding.Pieces.headSize) { pieces.writeHead(into: &$0) }
        if let fence = next.fence {
            buffer.writeRESP(argumentOf: 8) { $0.writeInteger(fence.number) }
        } else {
            buffer.writeRESP(argument: "")
        }
        buffer.writeRESP(argumentOf: 8) { $0.writeInteger(pieces.length) }
        if let created = next.created {
            buffer.writeRESP(argumentOf: 8) { $0.writeInteger(created.microseconds) }
        } else {
            buffer.writeRESP(argument: "")
        }
        buffer.writeRESP(argumentOf: pieces.bodySize) { pieces.writeBody(into: &$0) }
        buffer.writeRESP(argument: time(pieces, memory: memory).map(String.init) ?? "")
    }

    /// For how many milliseconds the server keeps what is written, or `nil` for ever: only completed records go.
    private func time(_ pieces: RecordCoding.Pieces, memory: Int64) -> Int64? {
        guard case .completed? = exchange.next?.state else { return nil }
        let retention = max(pieces.length, 0) / 1000 + 1
        return retention < Self.longestTime ? retention + memory : nil
    }

    private func writeExpectation(into buffer: inout ByteBuffer) {
        func write(_ kind: UInt8, _ owner: Owner = Owner(high: 0, low: 0), _ renewals: UInt32 = 0) {
            buffer.writeMultipleIntegers(kind, owner.high, owner.low, renewals)
        }
        guard !onlyLooks else { return write(9) }
        switch exchange.expecting {
        case .vacant: write(0)
        case .running(let owner): write(1, owner)
        case .unrenewed(let owner, let renewals): write(2, owner, renewals)
        case .inDoubt(let owner): write(3, owner)
        }
    }

    /// What the answer of the script means.
    func reply(_ value: RESPValue) throws(StoreError) -> ExchangeReply {
        guard let parts = value.members, parts.count >= 2, case .integer(let isStored) = parts[0],
            case .integer(let time) = parts[1]
        else { throw Self.unreadable }
        let now = Timestamp(microseconds: time)
        guard isStored == 1 else { return .conflict(try record(parts.dropFirst(2).first), now: now) }
        guard let next = exchange.next else { return .stored(nil, now: now) }
        guard parts.count == 3, case .integer(let fence) = parts[2] else { throw Self.unreadable }
        return .stored(next.stamped(at: now, fence: Fence(UInt64(clamping: fence))), now: now)
    }

    private func record(_ value: RESPValue?) throws(StoreError) -> Record? {
        guard let value else { return nil }
        guard case .bytes(let bytes) = value else { throw Self.unreadable }
        do {
            return try RecordCoding.decode(bytes)
        } catch {
            throw error.error
        }
    }

    private static let unreadable = StoreError(
        .unavailable,
        "The Redis server answered an exchange with something that is no answer to it; is there a proxy in between?",
        effect: .unknown)
}

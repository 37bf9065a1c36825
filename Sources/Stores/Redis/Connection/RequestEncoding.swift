import Idempotency
import NIOCore

/// How requests are put into bytes.
struct RequestEncoding: Sendable {
    let keys: KeySpace
    let scripts: Scripts
    /// For how many milliseconds a fence outlives its record.
    let memory: Int64

    init(_ configuration: RedisStore.Configuration) {
        keys = KeySpace(prefix: configuration.prefix)
        scripts = Scripts(configuration)
        memory = max(configuration.fenceMemory.wholeMicroseconds / 1000, 1)
    }

    /// Writes a request.
    ///
    /// - Parameter digests: What the server of this connection calls the scripts.
    func write(_ request: ServerRequest, digests: ScriptDigests, into buffer: inout ByteBuffer) {
        if request.isAsking { buffer.writeRESP(command: ["ASKING"]) }
        switch request.content {
        case .command(let command), .notice(let command): buffer.writeRESP(command: command)
        case .rewrite(let command): command.write(keys: keys, into: &buffer)
        case .exchange(let command):
            let script: ExchangeCommand.Script =
                switch (request.carriesScript, command.isClaim) {
                case (false, true): .digest(digests.claim)
                case (false, false): .digest(digests.settle)
                case (true, true): .text(scripts.claim)
                case (true, false): .text(scripts.settle(allowsFullMemory: digests.allowsFullMemory))
                }
            command.write(script, keys: keys, memory: memory, into: &buffer)
        }
    }
}

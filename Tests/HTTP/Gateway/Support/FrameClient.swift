import NIOCore
import NIOHPACK
import Synchronization

/// An HTTP/2 client that sends exactly the frames it is told to (RFC 9113), and acknowledges settings and pings.
final class FrameClient: Sendable {
    /// A frame as it arrived.
    struct Frame: Sendable {
        let kind: Kind
        let flags: UInt8
        let stream: Int
        let payload: [UInt8]

        var endsStream: Bool { flags & 1 != 0 && (kind == .data || kind == .headers) }

        /// The 32-bit number at this place of the payload.
        func number(at index: Int) -> UInt32 { payload[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) } }
    }

    enum Kind: UInt8, Sendable {
        case data, headers, priority, reset, settings, pushPromise, ping, goAway, windowUpdate, continuation
    }

    /// What came on one stream.
    struct Answer: Sendable {
        var status = 0
        var headers = HPACKHeaders()
        var body: [UInt8] = []
        var trailers: HPACKHeaders?
        var interim: [Int] = []
        /// The code of the RST_STREAM that ended it.
        var reset: UInt32?

        var text: String { String(decoding: body, as: UTF8.self) }

        subscript(name: String) -> String? { headers.first(name: name) }
    }

    private let connection: RawClient
    private let decoder = Mutex(HPACKDecoder(allocator: ByteBufferAllocator()))

    /// Sends the preface.
    init(on connection: RawClient, settings: [(UInt16, UInt32)] = []) async throws {
        self.connection = connection
        try await connection.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        let payload = settings.flatMap { [UInt8($0.0 >> 8), UInt8($0.0 & 255)] + Self.bytes($0.1) }
        try await send(.settings, payload)
    }

    /// Goes on where the preface was sent already.
    init(resuming connection: RawClient) async throws {
        self.connection = connection
        try await send(.settings, [])
    }

    /// Sends a frame.
    func send(_ kind: Kind, flags: UInt8 = 0, stream: Int = 0, _ payload: [UInt8] = []) async throws {
        let head = Self.bytes(UInt32(payload.count))[1...] + [kind.rawValue, flags] + Self.bytes(UInt32(stream))
        try await connection.send(head + payload)
    }

    /// Begins a request.
    func request(
        _ stream: Int, _ method: String, _ path: String, _ fields: [(String, String)] = [], end: Bool = true
    ) async throws {
        let control = [(":method", method), (":scheme", "http"), (":authority", "test"), (":path", path)]
        try await headers(stream, control + fields, end: end)
    }

    /// Sends a field section: literals without indexing.
    func headers(_ stream: Int, _ fields: [(String, String)], end: Bool) async throws {
        var block: [UInt8] = []
        for (name, value) in fields {
            block.append(0)
            for text in [name, value] {
                precondition(text.utf8.count < 127, "lengths of several bytes are not needed here")
                block.append(UInt8(text.utf8.count))
                block += Array(text.utf8)
            }
        }
        try await send(.headers, flags: end ? 5 : 4, stream: stream, block)
    }

    /// Sends a piece of a body.
    func data(_ stream: Int, _ text: String, end: Bool) async throws {
        try await send(.data, flags: end ? 1 : 0, stream: stream, Array(text.utf8))
    }

    /// Lets the other side send so many bytes more, on the stream and the connection.
    func open(_ stream: Int, _ count: Int) async throws {
        try await send(.windowUpdate, stream: 0, Self.bytes(UInt32(count)))
        try await send(.windowUpdate, stream: stream, Self.bytes(UInt32(count)))
    }

    /// Resets a stream: CANCEL.
    func reset(_ stream: Int) async throws {
        try await send(.reset, stream: stream, Self.bytes(8))
    }

    /// Hangs up.
    func close() async { await connection.close() }

    /// Waits for the other side to close.
    func ended() async { await connection.ended() }

    /// The next frame; those of settings and pings are acknowledged and not given.
    ///
    /// - Throws: `RawClient.Ended` when the connection is over.
    func next() async throws -> Frame {
        while true {
            let head = try await connection.bytes(9)
            let length = head[..<3].reduce(0) { $0 << 8 | Int($1) }
            let payload = try await connection.bytes(length)
            guard let kind = Kind(rawValue: head[3]) else { continue }
            let stream = head[5...].reduce(0) { $0 << 8 | Int($1) }
            let frame = Frame(kind: kind, flags: head[4], stream: stream, payload: payload)
            switch kind {
            case .settings:
                if frame.flags & 1 == 0 { try await send(.settings, flags: 1) }
            case .ping:
                if frame.flags & 1 == 0 { try await send(.ping, flags: 1, payload) }
            default: return frame
            }
        }
    }

    /// The next frame of this kind.
    func next(_ kind: Kind) async throws -> Frame {
        while true {
            let frame = try await next()
            if frame.kind == kind { return frame }
        }
    }

    /// All that comes on a stream until it ends. What comes on others is passed over.
    func answer(on stream: Int) async throws -> Answer {
        var answer = Answer()
        while true {
            let frame = try await next()
            if frame.kind == .headers {
                let fields = try decode(frame.payload)
                guard frame.stream == stream else { continue }
                Self.add(fields, to: &answer)
            }
            guard frame.stream == stream else { continue }
            if frame.kind == .data { answer.body += frame.payload }
            if frame.kind == .reset { answer.reset = frame.number(at: 0) }
            if frame.endsStream || answer.reset != nil { return answer }
        }
    }

    private static func add(_ fields: HPACKHeaders, to answer: inout Answer) {
        guard let status = fields.first(name: ":status").flatMap({ Int($0) }) else {
            answer.trailers = fields
            return
        }
        if status < 200 { return answer.interim.append(status) }
        answer.status = status
        answer.headers = fields
    }

    private func decode(_ block: [UInt8]) throws -> HPACKHeaders {
        var buffer = ByteBuffer(bytes: block)
        return try decoder.withLock { try $0.decodeHeaders(from: &buffer) }
    }

    private static func bytes(_ number: UInt32) -> [UInt8] {
        [UInt8(number >> 24), UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
    }
}

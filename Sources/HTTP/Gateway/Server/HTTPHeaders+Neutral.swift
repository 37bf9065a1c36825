import IdempotencyHTTP
import NIOHTTP1

extension Headers {
    /// The same lines in the neutral type.
    init(_ headers: HTTPHeaders) {
        self.init(headers.map { HeaderField($0.name, $0.value) })
    }
}

extension HTTPHeaders {
    /// The same lines in the type of the channel handlers, with room for a few more.
    init(_ headers: Headers, adding count: Int = 4) {
        var lines: [(String, String)] = []
        lines.reserveCapacity(headers.count + count)
        for field in headers.fields { lines.append((field.name, field.value)) }
        self.init(lines)
    }
}

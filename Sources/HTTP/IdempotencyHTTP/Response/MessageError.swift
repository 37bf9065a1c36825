/// Why bytes are no HTTP response message.
public enum MessageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The status line is not `HTTP/1.x NNN reason`, or the status is not final.
    case statusLine
    /// A header line is malformed; the number counts from 1.
    case header(line: Int)
    /// The header section does not end.
    case unterminated
    /// There is more or less body than `Content-Length` says.
    case contentLength
    /// The body has a transfer coding, which a message that travels as a body has no use for.
    case transferCoding

    /// What is wrong.
    public var description: String {
        switch self {
        case .statusLine: "The message does not begin with a status line with a final status (HTTP/1.1 200 OK)."
        case .header(let line): "Header line \(line) of the message is malformed."
        case .unterminated: "The header section of the message does not end with an empty line."
        case .contentLength: "The body of the message is not as long as its Content-Length says."
        case .transferCoding: "The message has a transfer coding; send its body as it is."
        }
    }
}

package import NIOCore

/// A reply of a Redis server, in the terms of RESP3; RESP2 is a part of it.
package enum RESPValue: Hashable, Sendable {
    /// `+`: a short text, such as `OK`.
    case simple(String)
    /// `-` and `!`: what went wrong; begins with a word in capitals that names the kind.
    case error(String)
    /// `:`
    case integer(Int64)
    /// `$` and `=`: bytes; of a verbatim text without its three letters of format.
    case bytes(ByteBuffer)
    /// `_`, `$-1` and `*-1`
    case null
    /// `#`
    case boolean(Bool)
    /// `,`
    case double(Double)
    /// `(`: a number of any length, in digits.
    case bigNumber(String)
    /// `*`
    case array([RESPValue])
    /// `%`: keys and values in turn.
    case map([RESPValue])
    /// `~`
    case set([RESPValue])
    /// `>`: what nobody asked for just then, such as a message to a subscriber.
    case push([RESPValue])
}

extension RESPValue {
    /// The text of a simple string or of bytes that are UTF-8.
    package var text: String? {
        switch self {
        case .simple(let text): text
        case .bytes(let bytes): String(validating: bytes.readableBytesView, as: UTF8.self)
        default: nil
        }
    }

    /// The number of an integer, or of digits as text.
    package var number: Int64? {
        if case .integer(let number) = self { number } else { text.flatMap { Int64($0) } }
    }

    /// The members of an array or set, or the keys and values of a map in turn.
    package var members: [RESPValue]? {
        switch self {
        case .array(let members), .set(let members), .map(let members), .push(let members): members
        default: nil
        }
    }

    /// The value under a text key: of a map, or of an array with keys and values in turn, as RESP2 sends it.
    package func value(under key: String) -> RESPValue? {
        guard let members else { return nil }
        return stride(from: 0, to: members.count - 1, by: 2).first { members[$0].text == key }.map { members[$0 + 1] }
    }
}

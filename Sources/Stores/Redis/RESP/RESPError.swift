/// Bytes that are no RESP, or more of it than is taken. The connection that they came from is of no more use.
package struct RESPError: Error, Hashable, CustomStringConvertible {
    /// What was wrong and what is allowed.
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    static func unknownType(_ byte: UInt8) -> RESPError {
        RESPError("A reply begins with byte \(byte), which stands for no type of RESP.")
    }

    static func badNumber(_ type: String) -> RESPError {
        RESPError("What should be the number of \(type) is not one in decimal digits.")
    }

    static func tooLarge(_ what: String, _ count: Int, limit: Int) -> RESPError {
        RESPError("A reply has \(what) of \(count); at most \(limit) is taken.")
    }
}

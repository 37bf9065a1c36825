import NIOCore

extension RESPParser {
    /// A string whose length is known and whose bytes have not come yet.
    struct AwaitedString: Hashable {
        enum Kind { case bytes, error, verbatim }
        let kind: Kind
        let count: Int
    }

    /// An array or its like that has not got all its members yet.
    struct OpenAggregate {
        enum Kind { case array, set, push, map, attribute }
        let kind: Kind
        let count: Int
        var members: [RESPValue] = []

        /// The value, or `nil` for an attribute, which belongs to the value that follows.
        var value: RESPValue? {
            switch kind {
            case .array: .array(members)
            case .set: .set(members)
            case .push: .push(members)
            case .map: .map(members)
            case .attribute: nil
            }
        }
    }

    static func number(_ line: ByteBuffer, of type: String) throws(RESPError) -> Int64 {
        var digits = line.readableBytesView
        let sign = digits.first
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { digits.removeFirst() }
        // Counted downwards, as the least number has no positive counterpart.
        var number: Int64 = 0
        var overflow = digits.isEmpty
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { throw .badNumber(type) }
            let (product, tooLong) = number.multipliedReportingOverflow(by: 10)
            let (sum, tooLarge) = product.subtractingReportingOverflow(Int64(digit - 0x30))
            overflow = overflow || tooLong || tooLarge
            number = sum
        }
        guard !overflow, sign == UInt8(ascii: "-") || number != .min else { throw .badNumber(type) }
        return sign == UInt8(ascii: "-") ? number : -number
    }

    static func digits(_ line: ByteBuffer) throws(RESPError) -> String {
        let text = String(buffer: line)
        let digits = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .badNumber("a big number")
        }
        return text
    }

    static func boolean(_ line: ByteBuffer) throws(RESPError) -> Bool {
        switch String(buffer: line) {
        case "t": return true
        case "f": return false
        default: throw RESPError("A boolean is neither t nor f.")
        }
    }

    static func double(_ line: ByteBuffer) throws(RESPError) -> Double {
        let text = String(buffer: line)
        let allowed = text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
        if allowed, let number = Double(text) { return number }
        switch text {
        case "inf": return .infinity
        case "-inf": return -.infinity
        case "nan", "-nan": return .nan
        default: throw .badNumber("a double")
        }
    }
}

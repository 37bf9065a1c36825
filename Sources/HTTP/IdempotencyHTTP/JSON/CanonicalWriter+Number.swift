extension CanonicalWriter {
    /// Reads the number at the cursor and writes its exact decimal value: digits without zeros at either end, then the
    /// power of ten unless it is one. `100`, `1e2` and `1.00E+2` all become `1e2`; zero has no sign.
    mutating func number() throws(JSONRejection) {
        let start = position
        let isNegative = next == 0x2D
        if isNegative { position += 1 }
        let whole = try digits()
        guard whole.count == 1 || input[whole.lowerBound] != 0x30 else { throw .syntax(offset: start) }
        var fraction = position..<position
        if next == 0x2E {
            position += 1
            fraction = try digits()
        }
        var exponent = Exponent()
        if next == 0x65 || next == 0x45 {
            position += 1
            exponent = try readExponent()
        }
        try write(isNegative, whole, fraction, exponent, offset: start)
    }

    /// The power of ten as written; `nil` when it does not fit.
    private struct Exponent {
        var value: Int64? = 0
    }

    private mutating func digits() throws(JSONRejection) -> Range<Int> {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        guard position > start else { throw .syntax(offset: position) }
        return start..<position
    }

    private mutating func readExponent() throws(JSONRejection) -> Exponent {
        let isNegative = next == 0x2D
        if isNegative || next == 0x2B { position += 1 }
        let all = try digits()
        let significant = input[all].drop { $0 == 0x30 }
        guard significant.count <= 18 else { return Exponent(value: nil) }
        let magnitude = significant.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
        return Exponent(value: isNegative ? -magnitude : magnitude)
    }

    private mutating func write(
        _ isNegative: Bool, _ whole: Range<Int>, _ fraction: Range<Int>, _ exponent: Exponent, offset: Int
    ) throws(JSONRejection) {
        let signStart = output.count
        if isNegative { output.append(0x2D) }
        let digitStart = output.count
        for range in [whole, fraction] {
            var digits = input[range]
            if output.count == digitStart { digits = digits.drop { $0 == 0x30 } }
            output.append(contentsOf: UnsafeBufferPointer(rebasing: digits))
        }
        guard output.count > digitStart else {
            output.removeLast(output.count - signStart)
            output.append(0x30)
            return
        }
        guard var power = exponent.value else { throw .exponentTooLong(offset: offset) }
        power -= Int64(fraction.count)
        while output[output.count - 1] == 0x30 {
            output.removeLast()
            power += 1
        }
        guard power != 0 else { return }
        output.append(0x65)
        output.append(contentsOf: String(power).utf8)
    }
}

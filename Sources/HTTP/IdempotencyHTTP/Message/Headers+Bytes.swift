/// Header lines as bytes, for whoever looks at every message.
extension Headers {
    /// The index of the first line of that name, looked for from `start` on.
    func firstIndex(of name: String, from start: Int = 0) -> Int? {
        var name = name
        return name.withUTF8 { name in
            let name = UnsafeRawBufferPointer(name)
            let code = FieldName.code(of: name)
            return lines.withUnsafeBufferPointer { lines in
                for index in start..<Swift.max(start, lines.count)
                where lines[index].code == code && lines[index].nameCount == name.count {
                    if isName(of: lines[index], name) { return index }
                }
                return nil
            }
        }
    }

    private func isName(of line: HeaderLine, _ name: UnsafeRawBufferPointer) -> Bool {
        bytes.withUnsafeBytes { FieldName.areEqual(UnsafeRawBufferPointer(rebasing: $0[line.name]), name) }
    }

    /// How many lines have that name.
    package func count(of name: String) -> Int {
        var count = 0
        var next = firstIndex(of: name)
        while let index = next {
            count += 1
            next = firstIndex(of: name, from: index + 1)
        }
        return count
    }

    /// The value of the line at `index`.
    func value(at index: Int) -> String {
        bytes.withUnsafeBytes {
            String(decoding: UnsafeRawBufferPointer(rebasing: $0[lines[index].value]), as: UTF8.self)
        }
    }

    /// Whether the value of the first line of that name is that text, without regard to the case of ASCII letters.
    package func has(_ text: String, in name: String) -> Bool {
        var text = text
        return withValue(of: name) { value in
            text.withUTF8 { FieldName.areEqual(value, UnsafeRawBufferPointer($0)) }
        } ?? false
    }

    /// The value of the first line of that name, for as long as `body` takes; `nil` when there is none.
    package func withValue<Result>(of name: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        guard let index = firstIndex(of: name) else { return nil }
        return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[lines[index].value])) }
    }

    /// Looks at all lines in order, until `body` gives something.
    package func firstFlaw<Result>(
        _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Result?
    ) -> Result? {
        bytes.withUnsafeBytes { bytes in
            for index in lines.indices {
                let line = lines[index]
                let name = UnsafeRawBufferPointer(rebasing: bytes[line.name])
                if let result = body(name, UnsafeRawBufferPointer(rebasing: bytes[line.value])) { return result }
            }
            return nil
        }
    }

    /// Looks at all lines in order.
    package func forEachLine(_ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void) {
        let none: Void? = firstFlaw { name, value in
            body(name, value)
            return nil
        }
        assert(none == nil)
    }

    /// The lines that `isKept` says yes to, one behind the other, with room for some more.
    package func filtered(
        _ isKept: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool
    ) -> Headers {
        var kept = Headers()
        kept.reserve(lines: count + Self.furtherLines, bytes: bytes.count + Self.furtherBytes)
        bytes.withUnsafeBytes { bytes in
            for index in lines.indices {
                let line = lines[index]
                let name = UnsafeRawBufferPointer(rebasing: bytes[line.name])
                if isKept(name, UnsafeRawBufferPointer(rebasing: bytes[line.value])) { kept.append(line, of: bytes) }
            }
        }
        return kept
    }

    /// The number of bytes that the lines take in an HTTP/1 message.
    package var messageBytes: Int {
        var size = 0
        for index in lines.indices { size += lines[index].whole.count }
        return size
    }

    /// The lines as an HTTP/1 message has them: in as few pieces as they stand together in.
    package func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) {
        bytes.withUnsafeBytes { bytes in
            var piece = 0..<0
            for index in lines.indices {
                let line = lines[index].whole
                if line.lowerBound != piece.upperBound {
                    if !piece.isEmpty { body(UnsafeRawBufferPointer(rebasing: bytes[piece])) }
                    piece = line
                } else {
                    piece = piece.lowerBound..<line.upperBound
                }
            }
            if !piece.isEmpty { body(UnsafeRawBufferPointer(rebasing: bytes[piece])) }
        }
    }

    /// What a gateway adds to a header fits in behind it.
    private static var furtherLines: Int { 6 }
    private static var furtherBytes: Int { 256 }
}

package import NIOCore

/// Writing commands: arrays of strings, in RESP2 and RESP3 alike.
extension ByteBuffer {
    /// Writes a whole command.
    package mutating func writeRESP(command: [String]) {
        writeRESP(count: command.count)
        for argument in command { writeRESP(argument: argument) }
    }

    /// Begins a command of `count` arguments, its name included.
    package mutating func writeRESP(count: Int) {
        writeRESP(UInt8(ascii: "*"), count)
    }

    /// Writes one argument of a command.
    package mutating func writeRESP(argument: String) {
        writeRESP(UInt8(ascii: "$"), argument.utf8.count)
        writeString(argument)
        writeLineEnd()
    }

    /// Writes one argument of a command.
    package mutating func writeRESP(argument: some Collection<UInt8>) {
        writeRESP(UInt8(ascii: "$"), argument.count)
        writeBytes(argument)
        writeLineEnd()
    }

    /// Writes one argument of exactly `count` bytes, which `body` writes.
    mutating func writeRESP(argumentOf count: Int, _ body: (inout ByteBuffer) -> Void) {
        writeRESP(UInt8(ascii: "$"), count)
        let start = writerIndex
        body(&self)
        precondition(writerIndex - start == count, "an argument has the length that was announced")
        writeLineEnd()
    }

    private mutating func writeRESP(_ type: UInt8, _ count: Int) {
        writeInteger(type)
        // Most lengths are short; this spares the string.
        if count < 10 {
            writeInteger(UInt8(ascii: "0") + UInt8(count))
        } else {
            writeString(String(count))
        }
        writeLineEnd()
    }

    private mutating func writeLineEnd() {
        writeInteger(0x0D0A as UInt16)
    }
}

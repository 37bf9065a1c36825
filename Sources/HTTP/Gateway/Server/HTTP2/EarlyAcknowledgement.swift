import NIOCore

/// Lets the settings of a connection hold from its beginning on, and not only once the client has acknowledged them.
///
/// The frame parser holds a client to what it assumes before that: a header of 16 KiB, where RFC 9113 section 6.5.2
/// knows no limit, so that the first request of a client with large cookies would end its connection. None of our
/// settings allows less than what the parser assumes, but for the number of streams, and there it has twice of what the
/// client is told. So they may hold at once: behind the client's first frame, which must be its own settings, the
/// parser is given an acknowledgement, and the one that the client sends is kept from it.
struct EarlyAcknowledgement {
    /// The client's acknowledgement has come: what follows goes on as it is.
    private(set) var isOver = false
    private var prefaceLeft = 24
    /// The beginning of a frame's header, as long as not all of it has come.
    private var head = ByteBuffer()
    private var payloadLeft = 0
    private var isGiven = false

    /// What the parser is to get of these bytes.
    mutating func pass(_ bytes: ByteBuffer) -> ByteBuffer {
        var bytes = bytes
        var passed = ByteBuffer()
        prefaceLeft -= Self.move(prefaceLeft, from: &bytes, to: &passed)
        while prefaceLeft == 0, !isOver, bytes.readableBytes > 0 {
            if payloadLeft > 0 {
                payloadLeft -= Self.move(payloadLeft, from: &bytes, to: &passed)
                endFrame(&passed)
            } else {
                _ = Self.move(Self.headerLength - head.readableBytes, from: &bytes, to: &head)
                if head.readableBytes == Self.headerLength { beginFrame(&passed) }
            }
        }
        passed.writeBuffer(&bytes)
        return passed
    }

    private mutating func beginFrame(_ passed: inout ByteBuffer) {
        defer { head.clear() }
        let start = head.getInteger(at: head.readerIndex, as: UInt32.self) ?? 0
        let flags = head.getInteger(at: head.readerIndex + 4, as: UInt8.self) ?? 0
        if isGiven, UInt8(truncatingIfNeeded: start) == Self.settings, flags & 1 == 1, start >> 8 == 0 {
            isOver = true
            return
        }
        passed.writeImmutableBuffer(head)
        payloadLeft = Int(start >> 8)
        endFrame(&passed)
    }

    /// Gives the acknowledgement behind the first frame.
    private mutating func endFrame(_ passed: inout ByteBuffer) {
        guard payloadLeft == 0, !isGiven else { return }
        isGiven = true
        passed.writeBytes([0, 0, 0, Self.settings, 1, 0, 0, 0, 0])
    }

    /// Moves up to `count` bytes; tells how many.
    private static func move(_ count: Int, from source: inout ByteBuffer, to target: inout ByteBuffer) -> Int {
        guard var piece = source.readSlice(length: min(count, source.readableBytes)) else { return 0 }
        return target.writeBuffer(&piece)
    }

    private static var headerLength: Int { 9 }
    private static var settings: UInt8 { 4 }
}

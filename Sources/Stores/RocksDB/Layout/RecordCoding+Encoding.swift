import Idempotency

extension RecordCoding {
    /// The value of a record, as new bytes.
    static func encode(_ stored: StoredRecord, id: RecordID) -> [UInt8] {
        withEncoded(stored, id: id) { [UInt8]($0) }
    }

    /// Hands the value of a record to `body`, which must not keep it.
    static func withEncoded<Result>(
        _ stored: StoredRecord, id: RecordID, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let record = stored.record
        var fields = Fields(record.state)
        if let lease = stored.lease { fields.second = UInt64(bitPattern: lease.uptime) }
        let size = self.size(of: stored, outcome: fields.outcome)
        return withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { target in
            var writer = ValueWriter(target)
            writer.put(version)
            writer.put(fields.state)
            writer.put(fields.detail)
            writer.put(record.fingerprint.algorithm)
            writer.put(record.attempt)
            writer.put(record.renewals)
            writer.put(length: record.label.key.utf8.count)
            writer.put(length: record.label.scope.utf8.count)
            writer.put(length: record.label.operation.utf8.count)
            writer.put(length: record.checkpoint.count)
            writer.put(length: fields.outcome.count)
            writer.put(record.fingerprint.digest.words.0)
            writer.put(record.fingerprint.digest.words.1)
            writer.put(record.fingerprint.digest.words.2)
            writer.put(record.fingerprint.digest.words.3)
            writer.put(record.owner.high)
            writer.put(record.owner.low)
            writer.put(record.fence.number)
            writer.put(UInt64(bitPattern: record.created.microseconds))
            writer.put(fields.moment)
            writer.put(fields.second)
            if let holder = stored.lease?.holder {
                writer.put(holder.instance)
                writer.put(holder.boot)
            }
            writer.put(record.label.key)
            writer.put(record.label.scope)
            writer.put(record.label.operation)
            writer.put(record.checkpoint)
            writer.put(fields.outcome)
            let sum = Checksum.of(UnsafeRawBufferPointer(rebasing: writer.written), seed: id.digest.words.0)
            writer.put(sum)
            return body(UnsafeRawBufferPointer(rebasing: writer.written))
        }
    }

    private static func size(of stored: StoredRecord, outcome: [UInt8]) -> Int {
        let label = stored.record.label
        return fixedSize + (stored.lease == nil ? 0 : holderSize) + label.key.utf8.count + label.scope.utf8.count
            + label.operation.utf8.count + stored.record.checkpoint.count + outcome.count + checksumSize
    }

    /// What a state puts into the fixed part.
    private struct Fields {
        let state: UInt8
        let detail: UInt8
        let moment: UInt64
        var second: UInt64
        let outcome: [UInt8]

        init(_ recordState: Record.State) {
            switch recordState {
            case .running(let leaseEnd):
                (state, detail, second, outcome) = (StateNumber.running, 0, 0, [])
                moment = UInt64(bitPattern: leaseEnd.microseconds)
            case .completed(let outcome, let at, let expires):
                (state, detail) = (StateNumber.completed, outcome.kind.rawValue)
                (moment, second) = (UInt64(bitPattern: at.microseconds), UInt64(bitPattern: expires.microseconds))
                self.outcome = outcome.bytes
            case .inDoubt(let doubt, let since):
                (state, detail, second, outcome) = (StateNumber.inDoubt, doubt.rawValue, 0, [])
                moment = UInt64(bitPattern: since.microseconds)
            }
        }
    }
}

/// Fills a buffer from its beginning.
private struct ValueWriter {
    private let target: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ target: UnsafeMutableRawBufferPointer) {
        self.target = target
    }

    /// What was written so far.
    var written: Slice<UnsafeRawBufferPointer> { UnsafeRawBufferPointer(target)[..<count] }

    mutating func put<Number: FixedWidthInteger>(_ number: Number) {
        target.storeBytes(of: number.littleEndian, toByteOffset: count, as: Number.self)
        count += MemoryLayout<Number>.size
    }

    /// Lengths have 32 bits; a store refuses records long before that.
    mutating func put(length: Int) {
        put(UInt32(length))
    }

    mutating func put(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { put($0) }
    }

    mutating func put(_ text: String) {
        var text = text
        text.withUTF8 { put(UnsafeRawBufferPointer($0)) }
    }

    private mutating func put(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
        UnsafeMutableRawBufferPointer(rebasing: target[count..<count + bytes.count])
            .copyMemory(from: UnsafeRawBufferPointer(start: source, count: bytes.count))
        count += bytes.count
    }
}

import Idempotency

/// How a record is read from a row. Whatever is not exactly as expected is refused, never guessed at.
struct RecordRow {
    let result: QueryResult
    let row: Int
    /// The column that holds the version.
    let first: Int

    /// A row that cannot be understood.
    struct Damage: Error {
        let column: String
    }

    /// The record.
    func record() throws(Damage) -> Record {
        guard try integer(0) == Schema.recordVersion else { throw Damage(column: "version") }
        let moment = Timestamp(microseconds: try integer(9))
        let state: Record.State
        switch try integer(1) {
        case 0:
            state = .running(leaseEnd: moment)
        case 1:
            guard let kind = Outcome.Kind(rawValue: try number(11)) else { throw Damage(column: "detail") }
            state = .completed(
                Outcome(kind, try bytes(12)), at: moment, expires: Timestamp(microseconds: try integer(10)))
        case 2:
            guard let doubt = Doubt(rawValue: try number(11)) else { throw Damage(column: "detail") }
            state = .inDoubt(doubt, since: moment)
        default:
            throw Damage(column: "state")
        }
        guard let digest = Digest(bytes: try bytes(3)) else { throw Damage(column: "fingerprint") }
        guard let owner = Owner(bytes: try bytes(4)) else { throw Damage(column: "owner") }
        return Record(
            fingerprint: Fingerprint(algorithm: try number(2), digest: digest), owner: owner,
            fence: Fence(UInt64(bitPattern: try integer(5))), attempt: try number(6), renewals: try number(7),
            created: Timestamp(microseconds: try integer(8)), state: state,
            checkpoint: result.isNull(row, first + 13) ? [] : try bytes(13),
            label: Label(key: try label(14), scope: try label(15), operation: try label(16)))
    }

    /// The record, as it answers an exchange.
    var found: Result<Record?, StoreError> {
        do throws(Damage) {
            return .success(try record())
        } catch {
            return .failure(error.error)
        }
    }

    private func integer(_ column: Int) throws(Damage) -> Int64 {
        guard let value = result.integer(row, first + column) else { throw damage(column) }
        return value
    }

    private func number<Number: FixedWidthInteger>(_ column: Int) throws(Damage) -> Number {
        guard let value = Number(exactly: try integer(column)) else { throw damage(column) }
        return value
    }

    private func bytes(_ column: Int) throws(Damage) -> [UInt8] {
        guard let value = result.bytes(row, first + column) else { throw damage(column) }
        return value
    }

    private func label(_ column: Int) throws(Damage) -> String {
        guard let value = result.text(row, first + column).flatMap({ LabelText.decode($0) }) else {
            throw damage(column)
        }
        return value
    }

    private func damage(_ column: Int) -> Damage { Damage(column: RecordStatements.columns[column]) }
}

extension RecordRow.Damage {
    /// The damage as the callers of a store see it: the record is refused, nothing runs.
    var error: StoreError {
        StoreError(
            .corrupt,
            "A record of the PostgreSQL store cannot be understood (column \(column)): it is damaged, or a newer "
                + "version wrote it. Nothing is run for this key; upgrade this program, or repair the row.",
            effect: .notApplied, cause: self)
    }
}

extension Owner {
    /// The 16 bytes, most significant first.
    var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            for byte in 0..<8 {
                buffer[byte] = UInt8(truncatingIfNeeded: high >> UInt64(56 - byte * 8))
                buffer[8 + byte] = UInt8(truncatingIfNeeded: low >> UInt64(56 - byte * 8))
            }
            count = 16
        }
    }

    /// Reads 16 bytes; `nil` for any other number.
    init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        func word(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: word(0..<8), low: word(8..<16))
    }
}

extension Draft.State {
    /// The state as the table knows it: 0 running, 1 completed, 2 in doubt.
    var number: Int16 {
        switch self {
        case .running: 0
        case .completed: 1
        case .inDoubt: 2
        }
    }

    /// Lease or retention, in microseconds.
    var span: Int64? {
        switch self {
        case .running(let lease): lease.wholeMicroseconds
        case .completed(_, let retention): retention.wholeMicroseconds
        case .inDoubt: nil
        }
    }

    /// The kind of outcome, or why it is in doubt.
    var detail: Int16 {
        switch self {
        case .running: 0
        case .completed(let outcome, _): Int16(outcome.kind.rawValue)
        case .inDoubt(let doubt): Int16(doubt.rawValue)
        }
    }

    /// The bytes of the outcome.
    var outcome: [UInt8]? {
        if case .completed(let outcome, _) = self { outcome.bytes } else { nil }
    }
}

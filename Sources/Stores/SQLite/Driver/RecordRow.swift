import Idempotency
import IdempotencyEmbedded

/// How a record is written into a row and read back. Whatever is not exactly as expected is refused, never guessed at.
enum RecordRow {
    /// The columns of a record, in the order of the parameters that `bind` fills and of the columns that `read` reads.
    static let columns = [
        "version", "state", "algorithm", "fingerprint", "owner", "fence", "attempt", "renewals", "created", "moment",
        "expires", "detail", "instance", "outcome", "checkpoint", "label_key", "label_scope", "label_operation",
        "lease_uptime",
    ]

    /// The number of the first parameter after those of the record.
    static let nextParameter = Int32(columns.count + 1)

    /// The number of the state of a running record.
    static var runningState: Int64 { StateNumber.running }

    private enum StateNumber {
        static let running: Int64 = 0
        static let completed: Int64 = 1
        static let inDoubt: Int64 = 2
    }

    /// A lease as it was granted.
    struct GrantedLease {
        /// When it was to end, on the wall clock of that time.
        let end: Timestamp
        /// When it ends on the boot clock, in microseconds.
        let uptime: Int64
        /// To whom it was granted.
        let instance: Int64
    }

    /// A row that cannot be understood.
    struct Damage: Error {
        let column: String
    }

    /// Binds a record as it is to be stored; the end of a lease travels on the boot clock.
    static func bind(_ record: Record, at reading: ClockReading, to statement: Statement) throws(SQLiteFailure) {
        try statement.bind(1, Schema.recordVersion)
        try statement.bind(3, Int64(record.fingerprint.algorithm))
        try statement.bind(4, memoryOf: record.fingerprint.digest.bigEndianWords)
        try statement.bind(5, memoryOf: record.owner.bigEndianWords)
        try statement.bind(6, Int64(bitPattern: record.fence.number))
        try statement.bind(7, Int64(record.attempt))
        try statement.bind(8, Int64(record.renewals))
        try statement.bind(9, record.created.microseconds)
        switch record.state {
        case .running(let leaseEnd):
            try bindState(StateNumber.running, since: leaseEnd.microseconds, to: statement)
            try statement.bind(19, reading.machine.uptime(of: leaseEnd))
        case .completed(let outcome, let at, let expires):
            try bindState(
                StateNumber.completed, since: at.microseconds, expires: expires, detail: Int64(outcome.kind.rawValue),
                outcome: outcome.bytes, to: statement)
        case .inDoubt(let doubt, let since):
            try bindState(
                StateNumber.inDoubt, since: since.microseconds, detail: Int64(doubt.rawValue), to: statement)
        }
        try statement.bind(13, reading.instance)
        if record.checkpoint.isEmpty {
            try statement.bindNull(15)
        } else {
            try statement.bind(15, record.checkpoint)
        }
        try statement.bind(16, record.label.key)
        try statement.bind(17, record.label.scope)
        try statement.bind(18, record.label.operation)
    }

    private static func bindState(
        _ number: Int64, since: Int64, expires: Timestamp? = nil, detail: Int64 = 0, outcome: [UInt8]? = nil,
        to statement: Statement
    ) throws(SQLiteFailure) {
        try statement.bind(2, number)
        try statement.bindNull(19)
        try statement.bind(10, since)
        if let expires { try statement.bind(11, expires.microseconds) } else { try statement.bindNull(11) }
        try statement.bind(12, detail)
        if let outcome { try statement.bind(14, outcome) } else { try statement.bindNull(14) }
    }

    /// Reads the record that a statement stands on; its columns begin at `first`.
    ///
    /// - Parameter leaseEnd: Tells when a lease ends on the wall clock.
    static func read(
        _ statement: Statement, from first: Int32, leaseEnd: (GrantedLease) throws -> Timestamp
    ) throws -> Record {
        let row = Columns(statement: statement, first: first)
        guard try row.integer(0) == Schema.recordVersion else { throw Damage(column: "version") }
        let state = try state(row, leaseEnd: leaseEnd)
        guard let digest = statement.withBytes(first + 3, { Digest(memory: $0) }) ?? nil else {
            throw Damage(column: "fingerprint")
        }
        guard let owner = statement.withBytes(first + 4, { Owner(bytes: $0) }) ?? nil else {
            throw Damage(column: "owner")
        }
        return Record(
            fingerprint: Fingerprint(algorithm: try row.number(2), digest: digest), owner: owner,
            fence: Fence(UInt64(bitPattern: try row.integer(5))), attempt: try row.number(6),
            renewals: try row.number(7), created: Timestamp(microseconds: try row.integer(8)), state: state,
            checkpoint: try checkpoint(row),
            label: Label(key: try row.text(15), scope: try row.text(16), operation: try row.text(17)))
    }

    private static func state(_ row: Columns, leaseEnd: (GrantedLease) throws -> Timestamp) throws -> Record.State {
        let moment = try row.integer(9)
        switch try row.integer(1) {
        case StateNumber.running:
            try row.requireNull(10)
            try row.requireNull(13)
            guard try row.integer(11) == 0 else { throw Damage(column: "detail") }
            let lease = GrantedLease(
                end: Timestamp(microseconds: moment), uptime: try row.integer(18), instance: try row.integer(12))
            return .running(leaseEnd: try leaseEnd(lease))
        case StateNumber.completed:
            try row.requireNull(18)
            guard let kind = Outcome.Kind(rawValue: try row.number(11)) else { throw Damage(column: "detail") }
            return .completed(
                Outcome(kind, try row.bytes(13)), at: Timestamp(microseconds: moment),
                expires: Timestamp(microseconds: try row.integer(10)))
        case StateNumber.inDoubt:
            try row.requireNull(10)
            try row.requireNull(13)
            try row.requireNull(18)
            guard let doubt = Doubt(rawValue: try row.number(11)) else { throw Damage(column: "detail") }
            return .inDoubt(doubt, since: Timestamp(microseconds: moment))
        default:
            throw Damage(column: "state")
        }
    }

    private static func checkpoint(_ row: Columns) throws(Damage) -> [UInt8] {
        if row.isNull(14) { return [] }
        let bytes = try row.bytes(14)
        guard !bytes.isEmpty else { throw Damage(column: "checkpoint") }
        return bytes
    }

    /// Columns that must be what they are said to be.
    private struct Columns {
        let statement: Statement
        let first: Int32

        func requireNull(_ column: Int32) throws(Damage) {
            guard isNull(column) else { throw damage(column) }
        }

        func integer(_ column: Int32) throws(Damage) -> Int64 {
            guard let value = statement.integer(first + column) else { throw damage(column) }
            return value
        }

        func number<Number: FixedWidthInteger>(_ column: Int32) throws(Damage) -> Number {
            guard let value = Number(exactly: try integer(column)) else { throw damage(column) }
            return value
        }

        func bytes(_ column: Int32) throws(Damage) -> [UInt8] {
            guard let value = statement.bytes(first + column) else { throw damage(column) }
            return value
        }

        func text(_ column: Int32) throws(Damage) -> String {
            guard let value = statement.text(first + column) else { throw damage(column) }
            return value
        }

        func isNull(_ column: Int32) -> Bool { statement.isNull(first + column) }

        private func damage(_ column: Int32) -> Damage { Damage(column: columns[Int(column)]) }
    }
}

extension Owner {
    /// Words whose memory is the 16 bytes, most significant first.
    var bigEndianWords: (UInt64, UInt64) { (high.bigEndian, low.bigEndian) }

    /// Reads 16 bytes; `nil` for any other number.
    init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 16 else { return nil }
        self.init(
            high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
}

extension Digest {
    /// Words whose memory is the 32 bytes, most significant first.
    var bigEndianWords: (UInt64, UInt64, UInt64, UInt64) {
        (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
    }

    /// Reads 32 bytes; `nil` for any other number.
    init?(memory bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        func word(_ index: Int) -> UInt64 {
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        self.init(word(0), word(1), word(2), word(3))
    }
}

extension RecordID {
    /// The first 64 bits as a signed number whose order is that of the unsigned one.
    var prefix: Int64 { Int64(bitPattern: digest.words.0 ^ (1 << 63)) }

    /// Words whose memory is the other 24 bytes.
    var tail: (UInt64, UInt64, UInt64) {
        let words = digest.bigEndianWords
        return (words.1, words.2, words.3)
    }

    /// Puts an id together from the two columns; `nil` when `tail` has not 24 bytes.
    init?(prefix: Int64, tail: UnsafeRawBufferPointer) {
        guard tail.count == 24 else { return nil }
        func word(_ offset: Int) -> UInt64 {
            UInt64(bigEndian: tail.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        self.init(Digest(UInt64(bitPattern: prefix) ^ (1 << 63), word(0), word(8), word(16)))
    }
}

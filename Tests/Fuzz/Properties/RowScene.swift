import GRDBSQLite
import Idempotency
import Synchronization

@testable import IdempotencyEmbedded
@testable import IdempotencySQLite

/// A database in memory, and rows made in it that no store has written.
final class RowScene {
    /// A column as the bytes of an input ask for it.
    private enum Value {
        case asWritten, null
        case number(Int64), real(Int64)
        case blob([UInt8]), text([UInt8])
    }

    /// The one for all inputs.
    static let shared = Mutex<RowScene?>(nil)

    private static let boot = "boot"
    private static let count = Int32(RecordRow.columns.count)

    private let reading = ClockReading(
        machine: MachineReading(now: Timestamp(microseconds: 1_700_000_000_000_000), uptime: 5_000_000), instance: 3,
        boot: boot, lock: nil)
    /// A row of any values, and one that the store writes.
    private let given: Statement
    private let written: Statement

    init() throws(FuzzProperty.Violation) {
        var connection: OpaquePointer?
        guard sqlite3_open(":memory:", &connection) == SQLITE_OK, let connection else {
            throw .init("SQLite makes no database in memory")
        }
        // What a value is to be taken for comes after the values: 1 text, 2 real.
        let columns = (1...Self.count).map {
            "CASE ?\($0 + Self.count) WHEN 1 THEN CAST(?\($0) AS TEXT) WHEN 2 THEN CAST(?\($0) AS REAL) ELSE ?\($0) END"
        }
        do {
            given = try Statement("SELECT \(columns.joined(separator: ", "))", on: connection)
            let same = (1...Self.count).map { "?\($0)" }
            written = try Statement("SELECT \(same.joined(separator: ", "))", on: connection)
        } catch {
            throw .init("SQLite refuses the statements of the scene: \(error)")
        }
    }

    /// Makes a row of the bytes and reads it: what was read, and the columns that are other ones when it is written.
    ///
    /// - Throws: `RecordRow.Damage` when the row is refused.
    func read(_ bytes: [UInt8]) throws -> (record: Record, again: Record, changed: [String]) {
        var rest = bytes[...]
        try RecordRow.bind(Self.record(of: rest.popFirst() ?? 0), at: reading, to: given)
        for column in 1...Self.count { try bind(Self.value(from: &rest), to: column) }
        defer { given.reset() }
        _ = try given.step()
        let record = try read(given)
        try RecordRow.bind(record, at: reading, to: written)
        defer { written.reset() }
        _ = try written.step()
        let names = RecordRow.columns.indices.filter { !isSame(Int32($0)) }.map { RecordRow.columns[$0] }
        return (record, try read(written), names)
    }

    private func read(_ statement: Statement) throws -> Record {
        try RecordRow.read(statement, from: 0) { lease in
            // Odd numbers have opened the store before the machine was started anew.
            let boot = lease.instance.isMultiple(of: 2) || lease.instance == reading.instance ? Self.boot : "before"
            return reading.leaseEnd(of: lease, grantedTo: InstanceEntry(boot: boot, lockFile: 0))
        }
    }

    private func isSame(_ column: Int32) -> Bool {
        given.isNull(column) == written.isNull(column) && given.integer(column) == written.integer(column)
            && given.bytes(column) == written.bytes(column) && given.text(column) == written.text(column)
    }

    private func bind(_ value: Value, to column: Int32) throws {
        try given.bind(column + Self.count, 0)
        switch value {
        case .asWritten: return
        case .null: try given.bindNull(column)
        case .number(let number): try given.bind(column, number)
        case .real(let number):
            try given.bind(column, number)
            try given.bind(column + Self.count, 2)
        case .blob(let bytes): try given.bind(column, bytes)
        case .text(let bytes):
            try given.bind(column, bytes)
            try given.bind(column + Self.count, 1)
        }
    }

    private static func value(from rest: inout ArraySlice<UInt8>) -> Value {
        switch (rest.popFirst() ?? 0) % 8 {
        case 1: return .number(number(from: &rest, bytes: 8))
        case 2: return .number(number(from: &rest, bytes: 1))
        case 3: return .blob(piece(from: &rest))
        case 4: return .text(piece(from: &rest))
        case 5: return .null
        case 6: return .real(number(from: &rest, bytes: 8))
        default: return .asWritten
        }
    }

    private static func number(from rest: inout ArraySlice<UInt8>, bytes count: Int) -> Int64 {
        var number: UInt64 = 0
        for _ in 0..<count { number = number << 8 | UInt64(rest.popFirst() ?? 0) }
        return Int64(bitPattern: number)
    }

    private static func piece(from rest: inout ArraySlice<UInt8>) -> [UInt8] {
        let count = min(Int(rest.popFirst() ?? 0), rest.count)
        defer { rest.removeFirst(count) }
        return Array(rest.prefix(count))
    }

    /// What the row is before its values are replaced.
    private static func record(of choice: UInt8) -> Record {
        let at = Timestamp(microseconds: 1_700_000_000_000_000)
        let state: Record.State =
            switch choice % 3 {
            case 0: .running(leaseEnd: at + .seconds(30))
            case 1: .completed(Outcome(.success, [1, 2]), at: at, expires: at + .seconds(60))
            default: .inDoubt(.unknownEnd, since: at)
            }
        return Record(
            fingerprint: Fingerprint(algorithm: 1, digest: Digest(1, 2, 3, 4)), owner: Owner(high: 5, low: 6),
            fence: Fence(7), attempt: 1, renewals: 2, created: at, state: state, checkpoint: [9],
            label: Label(key: "k", scope: "s", operation: "o"))
    }
}

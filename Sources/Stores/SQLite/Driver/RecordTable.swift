import GRDBSQLite
import Idempotency
import IdempotencyEmbedded

/// The records in a database, one by one: the statements of the hot path, prepared once.
///
/// Must be used inside a write transaction that was begun as such (`BEGIN IMMEDIATE`): then nobody else writes between
/// a look and a write.
final class RecordTable {
    /// A record and where it lies.
    struct Found {
        let row: Int64
        let record: Record
    }

    /// What lies under the first 64 bits of an id.
    private struct Search {
        var found: Found?
        /// The twin number that a new row of this prefix gets.
        var nextTwin: Int64 = 0
    }

    private let connection: OpaquePointer
    private let find: Statement
    private let insert: Statement
    private let update: Statement
    private let updateSameAge: Statement
    private let updateKnown: Statement
    private let delete: Statement
    private let readFence: Statement
    private let writeFence: Statement
    private let findInstance: Statement
    private let sweep: Statement
    private let rewrite: Statement
    private var instances: [Int64: InstanceEntry] = [:]
    private var known = KnownRows()

    /// Takes the statements of a connection to a database that has the tables.
    init(from source: StatementSource) throws(SQLiteFailure) {
        connection = source.connection
        find = try source.statement(SQL.find)
        insert = try source.statement(SQL.insert)
        update = try source.statement(SQL.update)
        updateSameAge = try source.statement(SQL.updateSameAge)
        updateKnown = try source.statement(SQL.updateKnown)
        delete = try source.statement(SQL.delete)
        readFence = try source.statement(SQL.readFence)
        writeFence = try source.statement(SQL.writeFence)
        findInstance = try source.statement(SQL.findInstance)
        sweep = try source.statement(SQL.sweep)
        rewrite = try source.statement(SQL.rewrite)
    }

    /// Does what `Register` says, on the record that lies in the database.
    ///
    /// - Parameters:
    ///   - exchange: What is asked.
    ///   - reading: The clocks.
    ///   - lastFence: The highest fence stamped so far, as read in this transaction; raised when a claim succeeds.
    /// - Throws: `StoreError` for a failure of this record alone, `SQLiteFailure` for one of the database.
    func apply(_ exchange: Exchange, at reading: ClockReading, lastFence: inout Fence) throws -> ExchangeReply {
        if let reply = try applyToKnown(exchange, at: reading) { return reply }
        let search = try look(for: exchange.id, at: reading)
        var register = Register(search.found?.record)
        let reply = register.exchange(
            expecting: exchange.expecting, next: exchange.next, now: reading.now, lastFence: &lastFence)
        guard case .stored(let next, _) = reply else { return reply }
        do {
            try replace(search, of: exchange.id, by: next, at: reading)
        } catch {
            if error.concernsRowOnly { throw error.storeError(.notApplied) }
            throw error
        }
        return reply
    }

    /// Does the write of an attempt whose row is known, in one statement; `nil` when it is not known, or does not hold
    /// what is expected, so that it has to be looked at.
    private func applyToKnown(_ exchange: Exchange, at reading: ClockReading) throws -> ExchangeReply? {
        guard case .running(let owner) = exchange.expecting, let draft = exchange.next, let fence = draft.fence,
            draft.created != nil, let row = known[exchange.id]
        else { return nil }
        let record = draft.stamped(at: reading.now, fence: fence)
        let next = RecordRow.nextParameter
        do throws(SQLiteFailure) {
            try RecordRow.bind(record, at: reading, to: updateKnown)
            try updateKnown.bind(next, row)
            try updateKnown.bind(next + 1, exchange.id.prefix)
            try updateKnown.bind(next + 2, memoryOf: exchange.id.tail)
            try updateKnown.bind(next + 3, memoryOf: owner.bigEndianWords)
            try updateKnown.run()
        } catch {
            if error.concernsRowOnly { throw error.storeError(.notApplied) }
            throw error
        }
        guard sqlite3_changes64(connection) == 1 else {
            known.forget(exchange.id)
            return nil
        }
        known.note(record, of: exchange.id, in: row)
        return .stored(record, now: reading.now)
    }

    /// Puts other content in the place of what a record holds; the columns that say when and who stay as they are.
    ///
    /// - Returns: Whether the record was still at the point where it was seen.
    func rewrite(
        _ id: RecordID, seen: Record, as content: RecordContent, at reading: ClockReading
    ) throws -> Bool {
        guard let found = try look(for: id, at: reading).found, found.record.isAtPoint(of: seen) else { return false }
        try RecordRow.bindContent(of: found.record.holding(content), in: found.row, to: rewrite)
        try rewrite.run()
        return true
    }

    /// The record of one key; an expired one too.
    func record(_ id: RecordID, at reading: ClockReading) throws -> Record? {
        try look(for: id, at: reading).found?.record
    }

    /// The highest fence stamped so far.
    func lastFence() throws -> Fence {
        defer { readFence.reset() }
        guard try readFence.step(), let last = readFence.integer(0), last >= 0 else {
            throw RecordRow.Damage(column: "last").error
        }
        return Fence(UInt64(bitPattern: last))
    }

    /// Keeps the highest fence stamped so far.
    func keep(lastFence: Fence) throws(SQLiteFailure) {
        try writeFence.bind(1, Int64(bitPattern: lastFence.number))
        try writeFence.run()
    }

    /// Removes up to `limit` records that have expired, the longest expired first; how many there were.
    func sweep(limit: Int, at now: Timestamp) throws(SQLiteFailure) -> Int {
        try sweep.bind(1, now.microseconds)
        try sweep.bind(2, Int64(limit))
        try sweep.run()
        return Int(sqlite3_changes64(connection))
    }

    /// Reads the record that a statement on this connection stands on; its columns begin at `first`.
    ///
    /// - Throws: `StoreError` when the row cannot be understood.
    func read(_ statement: Statement, from first: Int32, at reading: ClockReading) throws -> Record {
        do {
            return try RecordRow.read(statement, from: first) { lease in
                reading.leaseEnd(of: lease, grantedTo: try entry(of: lease.instance))
            }
        } catch let damage as RecordRow.Damage {
            throw damage.error
        }
    }

    private func entry(of instance: Int64) throws -> InstanceEntry {
        if let entry = instances[instance] { return entry }
        defer { findInstance.reset() }
        try findInstance.bind(1, instance)
        guard try findInstance.step(), let boot = findInstance.text(0), let file = findInstance.integer(1) else {
            throw RecordRow.Damage(column: "instance").error
        }
        let entry = InstanceEntry(boot: boot, lockFile: UInt64(bitPattern: file))
        if instances.count >= 1000 { instances.removeAll() }
        instances[instance] = entry
        return entry
    }

    private func look(for id: RecordID, at reading: ClockReading) throws -> Search {
        defer { find.reset() }
        try find.bind(1, id.prefix)
        var search = Search()
        while try find.step() {
            guard let twin = find.integer(1), (0..<Int64.max).contains(twin) else {
                throw RecordRow.Damage(column: "twin").error
            }
            search.nextTwin = max(search.nextTwin, twin + 1)
            guard let found = find.withBytes(2, { RecordID(prefix: id.prefix, tail: $0) }) ?? nil else {
                throw RecordRow.Damage(column: "tail").error
            }
            guard found == id, let row = find.integer(0) else { continue }
            search.found = Found(row: row, record: try read(find, from: 3, at: reading))
        }
        return search
    }

    private func replace(
        _ search: Search, of id: RecordID, by next: Record?, at reading: ClockReading
    ) throws(SQLiteFailure) {
        switch (search.found, next) {
        case (nil, nil): break
        case (let found?, nil):
            try delete.bind(1, found.row)
            try delete.run()
            known.forget(id)
        case (let found?, let next?):
            let statement = found.record.created == next.created ? updateSameAge : update
            try RecordRow.bind(next, at: reading, to: statement)
            try statement.bind(RecordRow.nextParameter, found.row)
            try statement.run()
            known.note(next, of: id, in: found.row)
        case (nil, let next?):
            try RecordRow.bind(next, at: reading, to: insert)
            try insert.bind(RecordRow.nextParameter, id.prefix)
            try insert.bind(RecordRow.nextParameter + 1, search.nextTwin)
            try insert.bind(RecordRow.nextParameter + 2, memoryOf: id.tail)
            try insert.run()
            known.note(next, of: id, in: sqlite3_last_insert_rowid(connection))
        }
    }
}

extension RecordRow.Damage {
    /// The damage as the callers of a store see it: the record is refused, nothing runs.
    var error: StoreError {
        StoreError(
            .corrupt,
            "A record of the SQLite store cannot be understood (column \(column)): it is damaged, or a newer version "
                + "wrote it. Nothing is run for this key; upgrade this program, or repair the row.",
            effect: .notApplied, cause: self)
    }
}

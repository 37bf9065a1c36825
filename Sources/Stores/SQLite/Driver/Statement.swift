import GRDB
import GRDBSQLite

/// A prepared statement of SQLite. Used by one thread at a time, the one that has the connection.
///
/// Parameters are numbered from 1, columns from 0, as in SQLite.
final class Statement {
    private let connection: OpaquePointer
    private let handle: OpaquePointer
    /// Who prepared it and ends it, if somebody else.
    private let keeper: GRDB.Statement?
    /// A place of its own for every parameter, for values that are short: SQLite then need not allocate a copy of each.
    private let places: UnsafeMutableRawPointer

    /// The size of a place, in bytes: digests, keys, routes and the names of scopes fit.
    private static let placeSize = 128

    /// Copies what is bound, so that it need not outlive the call.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// Prepares a statement that will be used again and again.
    init(_ sql: String, on connection: OpaquePointer) throws(SQLiteFailure) {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else { throw SQLiteFailure(code, on: connection) }
        self.connection = connection
        self.handle = handle
        keeper = nil
        places = Self.places(for: handle)
    }

    /// Uses a statement that GRDB has prepared and keeps.
    init(_ keeper: GRDB.Statement, on connection: OpaquePointer) {
        self.connection = connection
        handle = keeper.sqliteStatement
        self.keeper = keeper
        places = Self.places(for: handle)
    }

    deinit {
        if keeper == nil {
            sqlite3_finalize(handle)
        } else {
            sqlite3_reset(handle)
            // What is bound lies in places that are about to go.
            sqlite3_clear_bindings(handle)
        }
        places.deallocate()
    }

    private static func places(for handle: OpaquePointer) -> UnsafeMutableRawPointer {
        let count = max(Int(sqlite3_bind_parameter_count(handle)), 1)
        return .allocate(byteCount: count * placeSize, alignment: 16)
    }

    /// Takes one step; whether there is a row to read.
    func step() throws(SQLiteFailure) -> Bool {
        let code = sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw SQLiteFailure(code, on: connection)
        }
    }

    /// Makes the statement ready to run again; what is bound stays. Ends its hold on the database.
    func reset() {
        sqlite3_reset(handle)
    }

    /// Runs a statement that gives no rows.
    func run() throws(SQLiteFailure) {
        defer { reset() }
        while try step() {}
    }

    /// Binds a number.
    func bind(_ index: Int32, _ value: Int64) throws(SQLiteFailure) {
        try check(sqlite3_bind_int64(handle, index, value))
    }

    /// Binds `NULL`.
    func bindNull(_ index: Int32) throws(SQLiteFailure) {
        try check(sqlite3_bind_null(handle, index))
    }

    /// Binds bytes; an empty array is an empty blob.
    func bind(_ index: Int32, _ bytes: [UInt8]) throws(SQLiteFailure) {
        let code = bytes.withUnsafeBytes { buffer in
            if buffer.count <= Self.placeSize { return bindShort(index, buffer) }
            return sqlite3_bind_blob64(handle, index, buffer.baseAddress, UInt64(buffer.count), Self.copied)
        }
        try check(code)
    }

    /// Binds the memory of a value of a few words as a blob.
    func bind(_ index: Int32, memoryOf value: some BitwiseCopyable) throws(SQLiteFailure) {
        try check(withUnsafeBytes(of: value) { bindShort(index, $0) })
    }

    /// Binds text, which may hold any character, zero included.
    func bind(_ index: Int32, _ text: String) throws(SQLiteFailure) {
        var text = text
        let code = text.withUTF8 { buffer in
            let bytes = UnsafeRawBufferPointer(buffer)
            let isShort = bytes.count <= Self.placeSize
            let start = isShort ? place(of: index, with: bytes) : bytes.baseAddress
            return sqlite3_bind_text64(
                handle, index, start?.assumingMemoryBound(to: CChar.self), UInt64(bytes.count),
                isShort ? nil : Self.copied, UInt8(SQLITE_UTF8))
        }
        try check(code)
    }

    /// Binds a blob that lies in the parameter's own place. That outlives every use: it is written again only when the
    /// parameter is bound again, and goes after the statement.
    private func bindShort(_ index: Int32, _ bytes: UnsafeRawBufferPointer) -> Int32 {
        sqlite3_bind_blob64(handle, index, place(of: index, with: bytes), UInt64(bytes.count), nil)
    }

    /// The place of a parameter, with these bytes in it.
    private func place(of index: Int32, with bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer {
        let place = places + Int(index - 1) * Self.placeSize
        if let start = bytes.baseAddress { place.copyMemory(from: start, byteCount: bytes.count) }
        return UnsafeRawPointer(place)
    }

    /// A number, or `nil` when the column holds something else.
    func integer(_ column: Int32) -> Int64? {
        sqlite3_column_type(handle, column) == SQLITE_INTEGER ? sqlite3_column_int64(handle, column) : nil
    }

    /// Whether the column holds `NULL`.
    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    /// Hands the bytes of a blob to `body`, which must not keep them; `nil` when the column holds something else.
    func withBytes<Result>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        guard sqlite3_column_type(handle, column) == SQLITE_BLOB else { return nil }
        let start = sqlite3_column_blob(handle, column)
        return body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    /// The bytes of a blob, or `nil` when the column holds something else.
    func bytes(_ column: Int32) -> [UInt8]? {
        withBytes(column) { [UInt8]($0) }
    }

    /// Text, or `nil` when the column holds something else, or text that is no UTF-8.
    func text(_ column: Int32) -> String? {
        guard sqlite3_column_type(handle, column) == SQLITE_TEXT else { return nil }
        let start = sqlite3_column_text(handle, column)
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(validating: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    private func check(_ code: Int32) throws(SQLiteFailure) {
        guard code == SQLITE_OK else { throw SQLiteFailure(code, on: connection) }
    }
}

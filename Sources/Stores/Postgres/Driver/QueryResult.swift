import CPostgres

/// What a statement gave back, in the binary format of the protocol. Rows and columns are numbered from 0.
final class QueryResult {
    private let handle: OpaquePointer

    /// Takes over a result, and frees it in the end.
    init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        PQclear(handle)
    }

    /// How the statement ended.
    var status: ExecStatusType { PQresultStatus(handle) }

    /// How many rows there are.
    var count: Int { Int(PQntuples(handle)) }

    /// What the server calls what it did: `COMMIT`, `INSERT 0 3`.
    var tag: String { PQcmdStatus(handle).map { String(cString: $0) } ?? "" }

    /// The names of the columns.
    var names: [String] {
        (0..<PQnfields(handle)).map { PQfname(handle, $0).map { String(cString: $0) } ?? "" }
    }

    /// How many rows were written.
    var affected: Int { PQcmdTuples(handle).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// A part of an error or a notice: `C` is its code, `M` its message, `V` its severity.
    func field(_ code: Character) -> String? {
        guard let ascii = code.asciiValue else { return nil }
        return PQresultErrorField(handle, Int32(ascii)).map { String(cString: $0) }
    }

    /// Whether the value is `NULL`.
    func isNull(_ row: Int, _ column: Int) -> Bool {
        PQgetisnull(handle, Int32(row), Int32(column)) == 1
    }

    /// An integer of 2, 4 or 8 bytes, or `nil` for anything else.
    func integer(_ row: Int, _ column: Int) -> Int64? {
        withBytes(row, column) { bytes in
            switch bytes.count {
            case 2: Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
            case 4: Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
            case 8: Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
            default: nil
            }
        } ?? nil
    }

    /// A boolean.
    func boolean(_ row: Int, _ column: Int) -> Bool? {
        withBytes(row, column) { $0.count == 1 ? $0[0] != 0 : nil } ?? nil
    }

    /// Bytes as they are.
    func bytes(_ row: Int, _ column: Int) -> [UInt8]? {
        withBytes(row, column) { [UInt8]($0) }
    }

    /// Text.
    func text(_ row: Int, _ column: Int) -> String? {
        withBytes(row, column) { String(decoding: $0, as: UTF8.self) }
    }

    /// Hands the bytes of a value to `body`, which must not keep them; `nil` for `NULL`.
    func withBytes<Result>(_ row: Int, _ column: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        guard !isNull(row, column) else { return nil }
        let start = PQgetvalue(handle, Int32(row), Int32(column))
        return body(
            UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(handle, Int32(row), Int32(column)))))
    }
}

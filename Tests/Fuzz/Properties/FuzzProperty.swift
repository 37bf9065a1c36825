/// What must hold for every sequence of bytes that one parser is given.
enum FuzzProperty: String, CaseIterable, Sendable {
    /// The `Idempotency-Key` header.
    case keyHeader
    /// Canonical JSON.
    case json
    /// Stored answers and tombstones.
    case storedAnswer
    /// `message/http`, by which an upstream tells what became of an attempt.
    case responseMessage
    /// Records of the RocksDB store.
    case record
    /// Rows of the SQLite store.
    case row
    /// Requests of HTTP/1.
    case request
    /// The header of requests of HTTP/2.
    case http2
    #if !WITHOUT_SETTINGS
    /// What people write in settings: durations, sizes, addresses, paths, pointers.
    case settings
    #endif

    /// A property that does not hold.
    struct Violation: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    /// Gives the parser these bytes.
    ///
    /// - Throws: `Violation` that says what does not hold.
    func check(_ bytes: [UInt8]) throws(Violation) {
        switch self {
        case .keyHeader: try KeyHeaderProperty.check(bytes)
        case .json: try JSONProperty.check(bytes)
        case .storedAnswer: try StoredAnswerProperty.check(bytes)
        case .responseMessage: try ResponseMessageProperty.check(bytes)
        case .record: try RecordProperty.check(bytes)
        case .row: try RowProperty.check(bytes)
        case .request: try RequestProperty.check(bytes)
        case .http2: try HTTP2Property.check(bytes)
        #if !WITHOUT_SETTINGS
        case .settings: try SettingsProperty.check(bytes)
        #endif
        }
    }
}

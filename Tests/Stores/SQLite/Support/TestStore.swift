import Foundation
import Idempotency
import IdempotencySQLite
import Logging

/// A directory that is removed when the last reference to it goes.
final class TestDirectory: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "once-sqlite-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of a file in it.
    func file(_ name: String = "once.db") -> String { path + "/" + name }
}

/// A logger that says nothing.
let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

extension SQLiteStore {
    /// Opens a store for a test.
    static func test(
        _ path: String, clock: any MachineClock = .machine, _ change: (inout Configuration) -> Void = { _ in }
    ) async throws -> SQLiteStore {
        var configuration = Configuration()
        configuration.clock = clock
        change(&configuration)
        return try await open(path, configuration: configuration, logger: silent)
    }
}

extension RecordID {
    /// An id for a test; ids of the same prefix collide in the index.
    static func test(_ number: Int, prefix: UInt64? = nil) -> RecordID {
        let word = UInt64(number)
        return RecordID(Digest(prefix ?? word &* 0x9E37_79B9_7F4A_7C15, word, ~word, 7))
    }
}

extension Owner {
    static func test(_ number: Int) -> Owner { Owner(high: UInt64(number), low: ~UInt64(number)) }
}

extension Fingerprint {
    static func test(_ number: Int) -> Fingerprint {
        Fingerprint(algorithm: 1, digest: Digest(1, 2, 3, UInt64(number)))
    }
}

extension Exchange {
    /// The claim of a vacant key.
    static func claim(_ id: RecordID, _ owner: Owner, lease: Duration = .seconds(30)) -> Exchange {
        Exchange(id, expecting: .vacant, next: Draft(claiming: .test(1), owner: owner, lease: lease))
    }

    /// The completion of a running record.
    static func complete(
        _ id: RecordID, _ record: Record, _ bytes: [UInt8] = [1, 2, 3], retention: Duration = .seconds(3600)
    ) -> Exchange {
        Exchange(
            id, expecting: .running(record.owner),
            next: Draft(record, state: .completed(Outcome(.success, bytes), retention: retention)))
    }
}

extension ExchangeReply {
    /// Whether the write happened.
    var isStored: Bool { if case .stored = self { true } else { false } }
}

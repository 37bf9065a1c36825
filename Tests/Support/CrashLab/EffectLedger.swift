import Foundation
import Synchronization

/// The independent witness: one line per effect, on disk before the answer goes out, written by nobody but the
/// upstream.
final class EffectLedger: Sendable {
    private struct State {
        var handle: FileHandle
        var effects: [String: [String]] = [:]
    }

    private let state: Mutex<State>

    init(path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw LabError("cannot create the ledger at \(path)") }
        state = Mutex(State(handle: handle))
    }

    /// Records one effect of `key` and returns its receipt.
    func append(_ key: String) throws -> String {
        try state.withLock { state in
            let receipt = "receipt-\(state.effects.count + 1)-\(state.effects[key, default: []].count + 1)"
            try state.handle.write(contentsOf: Data("\(key) \(receipt)\n".utf8))
            try state.handle.synchronize()
            state.effects[key, default: []].append(receipt)
            return receipt
        }
    }

    /// The receipts of `key`; more than one is a double effect.
    func receipts(of key: String) -> [String] {
        state.withLock { $0.effects[key] ?? [] }
    }

    /// All keys that took effect.
    var keys: [String] { state.withLock { Array($0.effects.keys) } }

    var count: Int { state.withLock { $0.effects.values.reduce(0) { $0 + $1.count } } }
}

struct LabError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

import Foundation
import Idempotency
import Synchronization

/// Writes many keys through a store's own batches, as fast as it takes them.
///
/// The keys are sorted by their id, half a million at a time: each part of an index is then touched once a run instead
/// of once a key, while the indexes grow as they do in use.
struct Filling {
    private static let run = 500_000
    private static let slice = 4096
    private static let slicesUnderWay = 24

    let keys: StoredKeys

    /// Fills an empty store.
    func fill(_ store: any SubmittingStore) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var underWay = 0
            for first in stride(from: 0, to: keys.total, by: Self.run) {
                let sorted = try await sorted(first..<min(first + Self.run, keys.total))
                for start in stride(from: 0, to: sorted.count, by: Self.slice) {
                    if underWay == Self.slicesUnderWay {
                        try await group.next()
                        underWay -= 1
                    }
                    underWay += 1
                    let slice = sorted[start..<min(start + Self.slice, sorted.count)]
                    group.addTask { try await write(slice, to: store) }
                }
            }
            try await group.waitForAll()
        }
    }

    /// The keys of a run and their ids, in the order of the ids.
    private func sorted(_ numbers: Range<Int>) async throws -> [(number: Int, id: RecordID)] {
        var run = try numbers.map { (number: $0, id: try keys.id($0)) }
        run.sort { $0.id.digest.words.0 < $1.id.digest.words.0 }
        return run
    }

    private func write(
        _ slice: ArraySlice<(number: Int, id: RecordID)>, to store: any SubmittingStore
    ) async throws {
        let exchanges = slice.map { keys.completion($0.number, $0.id) }
        let waiting = Mutex((missing: exchanges.count, failure: String?.none))
        let failure: String? = await withCheckedContinuation { continuation in
            for exchange in exchanges {
                store.submit(exchange) { result in
                    let isLast = waiting.withLock { waiting in
                        switch result {
                        case .success(.stored): break
                        case .success(.conflict): waiting.failure = "a key is there already"
                        case .failure(let error): waiting.failure = "\(error)"
                        }
                        waiting.missing -= 1
                        return waiting.missing == 0
                    }
                    if isLast { continuation.resume(returning: waiting.withLock(\.failure)) }
                }
            }
        }
        if let failure { throw BenchmarkError("a store cannot be filled: \(failure)") }
    }
}

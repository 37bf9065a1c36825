import Idempotency
import Synchronization

extension StoreConformance {
    static let submissions = [
        ConformanceCheck("A submission gets the same replies as an exchange", needs: .submitting) { trial in
            let oracle = Oracle(trial) { try await submit($0, to: trial.store) }
            try await randomHistory(trial, oracle)
        },
        ConformanceCheck(
            "Of many submissions that claim one key exactly one wins", needs: .submitting, spansInstances: true
        ) { trial in
            let id = Sample.id(1)
            let replies = try await crowd(trial, of: trial.effort.crowd) { client in
                let claim = Sample.claim(Sample.owner(UInt64(client)))
                return try await submit(Exchange(id, expecting: .vacant, next: claim), to: trial.store(for: client))
            }
            try requireOneWinner(replies, trial)
        },
        ConformanceCheck("A submission is answered exactly once", needs: .submitting) { trial in
            guard let store = trial.store as? any SubmittingStore else { return }
            let answers = AnswerCount()
            for number in 0..<trial.effort.crowd {
                let claim = Sample.claim(Sample.owner(UInt64(number)))
                let exchange = Exchange(Sample.id(UInt64(number % 7)), expecting: .vacant, next: claim)
                store.submit(exchange) { _ in answers.count.withLock { $0[number, default: 0] += 1 } }
            }
            for _ in 0..<10_000 where answers.count.withLock({ $0.count }) < trial.effort.crowd {
                try await Task.sleep(for: .milliseconds(1))
            }
            let wrong = answers.count.withLock { counts in
                (0..<trial.effort.crowd).filter { counts[$0] != 1 }
            }
            try trial.require(wrong.isEmpty, "\(wrong.count) submissions were not answered exactly once.")
        },
    ]

    private static func submit(_ exchange: Exchange, to store: any RecordStore) async throws -> ExchangeReply {
        guard let store = store as? any SubmittingStore else {
            preconditionFailure("the check runs only on stores that take submissions")
        }
        return try await withCheckedContinuation { continuation in
            store.submit(exchange) { continuation.resume(returning: $0) }
        }.get()
    }
}

/// How often each submission was answered.
private final class AnswerCount: Sendable {
    let count = Mutex<[Int: Int]>([:])
}

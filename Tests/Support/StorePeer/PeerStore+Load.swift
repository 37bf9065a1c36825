import Idempotency
import StoreTestParts

extension PeerStore {
    /// Executes `keys` new keys (claim, completion), `callers` at a time; says how many a second, for every tenth.
    func load(keys: Int, callers: Int) async {
        let clock = ContinuousClock()
        for part in 0..<10 {
            let range = (part * keys / 10)..<((part + 1) * keys / 10)
            let start = clock.now
            await withTaskGroup(of: Void.self) { group in
                for caller in 0..<callers {
                    group.addTask {
                        for number in stride(from: range.lowerBound + caller, to: range.upperBound, by: callers) {
                            let key = PeerKey(number)
                            guard let reply = try? await store.exchange(key.claim(owner: 1)), let record = reply.record
                            else { continue }
                            _ = try? await store.exchange(key.completion(of: record))
                        }
                    }
                }
            }
            let seconds = (clock.now - start) / .seconds(1)
            line("\(range.upperBound) keys: \(Int(Double(range.count) / seconds)) executed operations a second")
        }
    }
}

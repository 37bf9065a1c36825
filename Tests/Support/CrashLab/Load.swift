import NIOCore

/// Callers who pay under new keys until cancelled.
struct Load {
    let caller: Caller
    let callers: Int
    let seed: UInt64

    /// Runs `body` while all callers are at it.
    func during(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<callers { group.addTask { await pay(as: number) } }
            try await body()
            group.cancelAll()
        }
    }

    /// Some keys are sent twice at once, some callers hang up and come back, some ask for something else under a key
    /// that has its outcome.
    private func pay(as number: Int) async {
        var generator = SplitMix(seed: seed &+ UInt64(number) &* 7919)
        var count = 0
        while !Task.isCancelled {
            count += 1
            let key = "key-\(number)-\(count)"
            if Int.random(in: 0..<5, using: &generator) == 0 {
                await caller.once(key, within: .milliseconds(Int64.random(in: 1...30, using: &generator)))
            }
            if Int.random(in: 0..<3, using: &generator) == 0 {
                async let twin = caller.call(key, tries: 30)
                _ = await (caller.call(key, tries: 30), twin)
            } else {
                let answer = await caller.call(key, tries: 30)
                if case .completed = answer, Int.random(in: 0..<8, using: &generator) == 0 {
                    await caller.once(key, body: "something else than \(key)")
                }
            }
        }
    }

    /// What every key answers when all is quiet.
    func finalAnswers(of keys: [String], doubtIsFinal: Bool) async -> [String: Answer] {
        await withTaskGroup(of: (String, Answer?).self) { group in
            var final: [String: Answer] = [:]
            var rest = keys[...]
            func ask(_ key: String) {
                group.addTask { (key, await caller.call(key, tries: 60, doubtIsFinal: doubtIsFinal)) }
            }
            for key in rest.prefix(32) { ask(key) }
            rest = rest.dropFirst(32)
            while let (key, answer) = await group.next() {
                final[key] = answer
                if let next = rest.popFirst() { ask(next) }
            }
            return final
        }
    }
}

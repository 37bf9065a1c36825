import Idempotency
import Synchronization

/// Waits for several answers, which come on any thread and in any order.
final class Gathering: Sendable {
    typealias Answer = Result<RESPValue, StoreError>

    private struct State {
        var answers: [Answer?]
        var missing: Int
    }

    private let state: Mutex<State>
    private let completion: @Sendable ([Answer]) -> Void

    init(_ count: Int, _ completion: @escaping @Sendable ([Answer]) -> Void) {
        state = Mutex(State(answers: Array(repeating: nil, count: count), missing: count))
        self.completion = completion
    }

    func take(_ answer: Answer, _ number: Int) {
        let complete: [Answer]? = state.withLock { state in
            state.answers[number] = answer
            state.missing -= 1
            return state.missing == 0 ? state.answers.compactMap(\.self) : nil
        }
        if let complete { completion(complete) }
    }
}

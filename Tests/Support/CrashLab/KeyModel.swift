import IdempotencyTestKit

/// What the callers of one key may see when one request is served after the other: once an outcome was told, every
/// later request is told the same, and none is told that nothing is known, that one is running, or that the key was
/// freed.
///
/// A request without an answer explains nothing and forbids nothing: what it may have caused is seen in later answers.
struct KeyModel: SequentialModel {
    enum State: Hashable {
        case undecided
        case completed(String)
    }

    func part(of input: String) -> String { input }

    func initialState(of part: String) -> State { .undecided }

    func step(_ state: State, _ input: String, _ output: Answer?) -> State? {
        switch (state, output) {
        case (_, nil), (_, .refused): state
        case (.undecided, .completed(let body)): .completed(body)
        case (.undecided, .mismatch): nil
        case (.undecided, _): .undecided
        case (.completed(let before), .completed(let body)): before == body ? state : nil
        case (.completed, .mismatch): state
        case (.completed, _): nil
        }
    }
}

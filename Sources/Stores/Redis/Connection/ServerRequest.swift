import Idempotency
import NIOCore

/// Something asked of the server, and who wants the answer.
struct ServerRequest: Sendable {
    /// What is asked.
    enum Content: Sendable {
        case exchange(ExchangeCommand)
        case rewrite(RewriteCommand)
        case command([String])
        /// A command that is not answered, or not in turn: of a subscriber.
        case notice([String])
    }

    /// Whatever the server answers, an error included, or why there is no answer.
    typealias Completion = @Sendable (Result<RESPValue, StoreError>) -> Void

    var content: Content
    /// By when it has to be answered.
    let deadline: NIODeadline
    /// Called exactly once, on the event loop of the connection.
    let completion: Completion
    /// Whether the script goes with it, because the server has forgotten it.
    var carriesScript = false
    /// Whether it goes behind an `ASKING`: the slot is on its way to the server that is asked.
    var isAsking = false
    /// How often it was sent to another place than the last time.
    var hops = 0
    /// Whether it counts against the limit of what may be under way; what the store itself asks does not.
    var isCounted = true

    init(_ content: Content, deadline: NIODeadline, completion: @escaping Completion) {
        self.content = content
        self.deadline = deadline
        self.completion = completion
    }

    /// A command whose answer comes as a push, if at all.
    init(notice command: [String]) {
        self.init(.notice(command), deadline: .distantFuture) { _ in }
        isCounted = false
    }

    /// Whether it may write a record: what replicas are waited for.
    var isWrite: Bool {
        switch content {
        case .exchange, .rewrite: true
        case .command, .notice: false
        }
    }
}

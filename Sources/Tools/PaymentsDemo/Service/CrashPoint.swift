import Foundation
import HTTPTypes

/// Where in the middle of a payment the service is asked to crash.
enum CrashPoint: String, Sendable {
    /// All rows are written and nothing is committed: the payment will not have happened.
    case beforeCommit = "before-commit"
    /// The payment is committed and nobody was told.
    case afterCommit = "after-commit"

    /// Ends the process on the spot, as a power cut or an out-of-memory kill would: nothing is flushed, closed or
    /// answered.
    static let crash: @Sendable () -> Void = { _exit(70) }
}

extension HTTPField.Name {
    /// Asks the payments service to crash; the value is a ``CrashPoint``. Only this demonstration knows it.
    static let demoCrash = Self("Demo-Crash")!
}

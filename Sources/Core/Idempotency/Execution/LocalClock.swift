/// The local monotonic clock, as a value that tests can replace.
package protocol LocalClock: Sendable {
    /// The present moment.
    var now: Moment { get }
    /// Waits until `moment`; ends early by throwing `CancellationError` when the task is cancelled.
    func sleep(until moment: Moment) async throws
}

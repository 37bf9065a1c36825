/// What works on a lane: it owns a blocking resource (a connection, an open database) and uses it from one thread only.
///
/// All methods are called on the lane's thread, never at the same time. The worker need not be `Sendable`.
package protocol LaneWorker: SendableMetatype {
    /// What is queued. It carries its own completion; the worker calls it exactly once.
    associatedtype Job: Sendable

    /// Works on all that had queued up, at least one job, oldest first, and answers every one of them.
    mutating func perform(_ jobs: [Job])

    /// Uses the pause: called when nothing has been queued for the lane's `idleDelay`, and once only per pause.
    mutating func idle()

    /// Gives the resource back; the last call.
    mutating func close()

    /// Answers a job that will never be worked on; called on any thread.
    static func refuse(_ job: Job, because reason: LaneRefusal)
}

/// Why a lane does not take a job.
package enum LaneRefusal: Hashable, Sendable {
    /// As many jobs as the lane may hold are queued already.
    case full
    /// The lane was shut down, before the job came or while it was queued.
    case closed
}

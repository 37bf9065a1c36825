import Synchronization

/// One thread, one worker, one queue: how blocking C libraries are used without blocking anybody else.
///
/// The lane takes all that has queued up as one batch, so that the worker can share one transaction or one round trip
/// among all who wait: group commit. A lone job is worked on at once; the lane never waits for company.
package final class Lane<Worker: LaneWorker>: Sendable {
    private let queue: LaneQueue<Worker.Job>
    private let ending = Mutex(Ending())

    private struct Ending {
        var isOver = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private init(queue: LaneQueue<Worker.Job>) {
        self.queue = queue
    }

    /// Starts the lane's thread, makes the worker on it, and returns when the worker is ready.
    ///
    /// - Parameters:
    ///   - name: The name of the thread, for debuggers; 15 bytes of it are shown.
    ///   - limits: How much the lane takes.
    ///   - open: Makes the worker, and what others need to know of it; called once, on the lane's thread, so it may
    ///     block.
    /// - Throws: What `open` throws; the thread has ended by then.
    package static func start<Shared: Sendable, Failure: Error>(
        name: String, limits: LaneLimits = LaneLimits(),
        open: @escaping @Sendable () throws(Failure) -> (worker: Worker, shared: Shared)
    ) async throws(Failure) -> (lane: Lane, shared: Shared) {
        let lane = Lane(queue: LaneQueue(capacity: limits.capacity))
        let started: Result<Shared, Failure> = await withCheckedContinuation { continuation in
            LaneThread.start(name: name) {
                do throws(Failure) {
                    var (worker, shared) = try open()
                    continuation.resume(returning: .success(shared))
                    lane.queue.serve(&worker, limits: limits)
                    worker.close()
                    lane.end()
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return (lane, try started.get())
    }

    /// Queues a job and returns at once. A job that the lane does not take is refused on the calling thread.
    package func submit(_ job: Worker.Job) {
        if let refusal = queue.append(job) { Worker.refuse(job, because: refusal) }
    }

    /// Takes no more jobs and refuses those that are queued; the batch at work is finished. Does not wait.
    package func close() {
        for job in queue.close() { Worker.refuse(job, because: .closed) }
    }

    /// Closes the lane and waits until the worker has given its resource back. May be called again.
    package func shutDown() async {
        close()
        await withCheckedContinuation { continuation in
            let isOver = ending.withLock { ending in
                if !ending.isOver { ending.waiters.append(continuation) }
                return ending.isOver
            }
            if isOver { continuation.resume() }
        }
    }

    private func end() {
        let waiters = ending.withLock { ending in
            ending.isOver = true
            defer { ending.waiters = [] }
            return ending.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

/// How much a lane takes.
package struct LaneLimits: Hashable, Sendable {
    /// How many jobs may be queued; one more is refused. Bounds the memory and the time that a job can wait.
    package var capacity: Int
    /// How many jobs make a batch at most. Bounds how long the first of a batch waits for the last.
    package var batch: Int
    /// How long nothing must come before the worker may use the pause.
    package var idleDelay: Duration

    /// Limits; the defaults hold a second of work of a fast disk, and make batches in which one sync hardly counts.
    package init(capacity: Int = 16_384, batch: Int = 256, idleDelay: Duration = .seconds(1)) {
        self.capacity = max(capacity, 1)
        self.batch = max(batch, 1)
        self.idleDelay = idleDelay
    }
}

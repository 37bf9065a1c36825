#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The queue of a lane: many threads append, one takes all.
///
/// `@unchecked Sendable`: `jobs`, `isClosed` and `isSleeping` are touched only while `mutex` is held. A `Mutex` would
/// not do, because a thread cannot sleep on it until something is appended.
final class LaneQueue<Job: Sendable>: @unchecked Sendable {
    private enum Taken {
        case jobs([Job])
        case pause
        case closed
    }

    private let capacity: Int
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var jobs: [Job] = []
    private var isClosed = false
    private var isSleeping = false

    init(capacity: Int) {
        self.capacity = capacity
        pthread_mutex_init(mutex, nil)
        #if canImport(Darwin)
        pthread_cond_init(condition, nil)
        #else
        // Waits are measured on the monotonic clock: a step of the wall clock neither ends nor prolongs a pause.
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
        #endif
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Appends a job, or tells why not.
    func append(_ job: Job) -> LaneRefusal? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard !isClosed else { return .closed }
        guard jobs.count < capacity else { return .full }
        jobs.append(job)
        if isSleeping { pthread_cond_signal(condition) }
        return nil
    }

    /// Takes no more jobs, and hands out those that are left.
    func close() -> [Job] {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        isClosed = true
        pthread_cond_signal(condition)
        defer { jobs = [] }
        return jobs
    }

    /// Feeds the worker until the queue is closed.
    func serve<Worker: LaneWorker>(_ worker: inout Worker, limits: LaneLimits) where Worker.Job == Job {
        var pause: Duration? = limits.idleDelay
        while true {
            switch take(upTo: limits.batch, within: pause) {
            case .jobs(let batch):
                worker.perform(batch)
                pause = limits.idleDelay
            case .pause:
                worker.idle()
                pause = nil
            case .closed:
                return
            }
        }
    }

    /// Takes the oldest jobs; sleeps until there are any, for `pause` at most if there is one.
    private func take(upTo limit: Int, within pause: Duration?) -> Taken {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        var deadline: timespec? = nil
        while jobs.isEmpty && !isClosed {
            if let pause, deadline == nil { deadline = Self.time(after: pause) }
            isSleeping = true
            let isOver = sleep(until: deadline)
            isSleeping = false
            if isOver && jobs.isEmpty && !isClosed { return .pause }
        }
        guard !isClosed else { return .closed }
        if jobs.count <= limit {
            var batch: [Job] = []
            batch.reserveCapacity(jobs.count)
            swap(&batch, &jobs)
            return .jobs(batch)
        }
        let batch = Array(jobs.prefix(limit))
        jobs.removeFirst(limit)
        return .jobs(batch)
    }

    /// Sleeps on the condition; whether the deadline has passed.
    private func sleep(until deadline: timespec?) -> Bool {
        guard var deadline else {
            pthread_cond_wait(condition, mutex)
            return false
        }
        #if canImport(Darwin)
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        var remaining = timespec(
            tv_sec: max(deadline.tv_sec - now.tv_sec, 0), tv_nsec: max(deadline.tv_nsec - now.tv_nsec, 0))
        return pthread_cond_timedwait_relative_np(condition, mutex, &remaining) == ETIMEDOUT
        #else
        return pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT
        #endif
    }

    private static func time(after pause: Duration) -> timespec {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let (seconds, attoseconds) = pause.components
        let nanoseconds = Int64(time.tv_nsec) + attoseconds / 1_000_000_000
        time.tv_sec += Int(seconds + nanoseconds / 1_000_000_000)
        time.tv_nsec = Int(nanoseconds % 1_000_000_000)
        return time
    }
}

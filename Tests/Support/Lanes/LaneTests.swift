import Foundation
import IdempotencyLanes
import Synchronization
import Testing

@Suite struct LaneTests {
    @Test("What queues up while the worker is busy becomes one batch, in the order in which it came")
    func batches() async throws {
        let recorder = Recorder()
        let (lane, _) = await Lane.start(name: "test") { (RecordingWorker(recorder: recorder), ()) }
        recorder.hold()
        lane.submit(0)
        recorder.waitUntilHeld()
        for job in 1...100 { lane.submit(job) }
        recorder.letGo()
        await lane.drain(recorder, count: 101)
        #expect(recorder.batches == [[0], Array(1...100)])
        await lane.shutDown()
        #expect(recorder.isClosed)
    }

    @Test("A batch never has more jobs than its limit")
    func batchLimit() async throws {
        let recorder = Recorder()
        let limits = LaneLimits(batch: 3)
        let (lane, _) = await Lane.start(name: "test", limits: limits) { (RecordingWorker(recorder: recorder), ()) }
        recorder.hold()
        lane.submit(0)
        recorder.waitUntilHeld()
        for job in 1...7 { lane.submit(job) }
        recorder.letGo()
        await lane.drain(recorder, count: 8)
        #expect(recorder.batches == [[0], [1, 2, 3], [4, 5, 6], [7]])
        await lane.shutDown()
    }

    @Test("A job more than the lane may hold is refused as full")
    func capacity() async throws {
        let recorder = Recorder()
        let limits = LaneLimits(capacity: 2)
        let (lane, _) = await Lane.start(name: "test", limits: limits) { (RecordingWorker(recorder: recorder), ()) }
        recorder.hold()
        lane.submit(0)
        recorder.waitUntilHeld()
        for job in 1...3 { lane.submit(RecordingWorker.Job(job, refusals: recorder)) }
        recorder.letGo()
        await lane.drain(recorder, count: 3)
        #expect(recorder.refusals == [.init(job: 3, reason: .full)])
        await lane.shutDown()
    }

    @Test("Closing refuses what is queued, finishes what is at work, and refuses what comes later")
    func closing() async throws {
        let recorder = Recorder()
        let (lane, _) = await Lane.start(name: "test") { (RecordingWorker(recorder: recorder), ()) }
        recorder.hold()
        lane.submit(0)
        recorder.waitUntilHeld()
        lane.submit(RecordingWorker.Job(1, refusals: recorder))
        lane.close()
        recorder.letGo()
        await lane.shutDown()
        lane.submit(RecordingWorker.Job(2, refusals: recorder))
        await lane.shutDown()
        #expect(recorder.batches == [[0]])
        #expect(recorder.refusals == [.init(job: 1, reason: .closed), .init(job: 2, reason: .closed)])
    }

    @Test("A pause is used once, and again only after new work")
    func pauses() async throws {
        let recorder = Recorder()
        let limits = LaneLimits(idleDelay: .milliseconds(1))
        let (lane, _) = await Lane.start(name: "test", limits: limits) { (RecordingWorker(recorder: recorder), ()) }
        await recorder.waitUntil { $0.pauses == 1 }
        lane.submit(0)
        await recorder.waitUntil { $0.pauses == 2 }
        #expect(recorder.batches == [[0]])
        await lane.shutDown()
    }

    @Test("A worker that cannot be made fails the start with its own error")
    func failingStart() async throws {
        struct Refused: Error {}
        await #expect(throws: Refused.self) {
            _ = try await Lane<RecordingWorker>.start(name: "test") { () throws -> (RecordingWorker, Void) in
                throw Refused()
            }
        }
    }
}

extension Lane<RecordingWorker> {
    func submit(_ number: Int) { submit(RecordingWorker.Job(number)) }

    /// Waits until `count` jobs were worked on.
    func drain(_ recorder: Recorder, count: Int) async {
        await recorder.waitUntil { $0.batches.reduce(0) { $0 + $1.count } >= count }
    }
}

struct RecordingWorker: LaneWorker {
    struct Job: Sendable {
        let number: Int
        let refusals: Recorder?

        init(_ number: Int, refusals: Recorder? = nil) {
            self.number = number
            self.refusals = refusals
        }
    }

    let recorder: Recorder

    mutating func perform(_ jobs: [Job]) { recorder.perform(jobs.map(\.number)) }
    mutating func idle() { recorder.pause() }
    mutating func close() { recorder.close() }
    static func refuse(_ job: Job, because reason: LaneRefusal) { job.refusals?.refuse(job.number, reason) }
}

/// Writes down what a worker is given, and can hold it up.
final class Recorder: Sendable {
    struct Refusal: Hashable {
        let job: Int
        let reason: LaneRefusal
    }

    struct State {
        var batches: [[Int]] = []
        var refusals: [Refusal] = []
        var pauses = 0
        var isClosed = false
        var holds = false
    }

    private let state = Mutex(State())
    private let held = DispatchSemaphore(value: 0)
    private let gate = DispatchSemaphore(value: 0)

    var batches: [[Int]] { state.withLock { $0.batches } }
    var refusals: [Refusal] { state.withLock { $0.refusals } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    func hold() { state.withLock { $0.holds = true } }
    func waitUntilHeld() { held.wait() }
    func letGo() { gate.signal() }

    func perform(_ jobs: [Int]) {
        let holds = state.withLock { state in
            state.batches.append(jobs)
            defer { state.holds = false }
            return state.holds
        }
        guard holds else { return }
        held.signal()
        gate.wait()
    }

    func pause() { state.withLock { $0.pauses += 1 } }
    func close() { state.withLock { $0.isClosed = true } }
    func refuse(_ job: Int, _ reason: LaneRefusal) {
        state.withLock { $0.refusals.append(Refusal(job: job, reason: reason)) }
    }

    /// Waits until the state is as `condition` wants it.
    func waitUntil(_ condition: @Sendable (State) -> Bool) async {
        while !state.withLock({ condition($0) }) { await Task.yield() }
    }
}

import Idempotency

/// Executed operations and replays over one store against those over another one.
struct StoreAgainstStore {
    /// What is compared, as titles say it.
    let what: String
    /// What the two stores are called.
    let names: (yardstick: String, measured: String)
    let effort: Effort

    func run(_ yardstick: any RecordStore, _ measured: any RecordStore, into report: inout Report) async throws {
        var executed = PairTable(
            "\(what), executed operations", "callers", yardstick: names.yardstick, measured: names.measured)
        var replayed = PairTable(
            "\(what), replays", "callers", yardstick: names.yardstick, measured: names.measured)
        for callers in effort.callers {
            let one = try await MeasuredOnce(yardstick, callers: callers, effort: effort)
            let other = try await MeasuredOnce(measured, callers: callers, effort: effort)
            let measurements = await Comparison(rounds: effort.rounds).run([
                one.executed("\(names.yardstick), executed, \(callers) callers"),
                other.executed("\(names.measured), executed, \(callers) callers"),
                one.replayed("\(names.yardstick), replayed, \(callers) callers"),
                other.replayed("\(names.measured), replayed, \(callers) callers"),
            ])
            executed.add("\(callers)", measurements[0], measurements[1])
            replayed.add("\(callers)", measurements[2], measurements[3])
        }
        report.add(executed.table, of: executed.measurements)
        report.add(replayed.table, of: replayed.measurements)
    }
}

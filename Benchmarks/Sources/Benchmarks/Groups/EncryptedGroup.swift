import Idempotency
import IdempotencyEncrypted

/// Encryption at rest against the same kind of store without it: in memory, where it is all that there is, and on the
/// disk.
struct EncryptedGroup {
    let effort: Effort
    let folder: String

    func run(into report: inout Report) async throws {
        try await compare("memory", MemoryStore(), MemoryStore(), into: &report)
        let plain = try await EmbeddedStore.sqlite.open(in: folder, name: "plain")
        let base = try await EmbeddedStore.sqlite.open(in: folder, name: "encrypted")
        try await compare("SQLite", plain.store, base.store, into: &report)
        await plain.close()
        await base.close()
    }

    private func compare(
        _ name: String, _ plain: any RecordStore, _ base: some RecordStore, into report: inout Report
    ) async throws {
        let encrypted = EncryptedStore(base, keys: try EncryptionKeys(generating: "bench"))
        var executed = PairTable(
            "Encryption, \(name), executed operations", "callers", yardstick: "as it is", measured: "encrypted")
        var replayed = PairTable(
            "Encryption, \(name), replays", "callers", yardstick: "as it is", measured: "encrypted")
        for callers in Effort.callers {
            let open = try await MeasuredOnce(plain, callers: callers, effort: effort)
            let sealed = try await MeasuredOnce(encrypted, callers: callers, effort: effort)
            let measurements = await Comparison(rounds: effort.rounds).run([
                open.executed("\(name), executed, \(callers) callers"),
                sealed.executed("\(name), encrypted, executed, \(callers) callers"),
                open.replayed("\(name), replayed, \(callers) callers"),
                sealed.replayed("\(name), encrypted, replayed, \(callers) callers"),
            ])
            executed.add("\(callers)", measurements[0], measurements[1])
            replayed.add("\(callers)", measurements[2], measurements[3])
        }
        report.add(executed.citing("Encryption, \(name), executed operations", "as it is"), of: executed.measurements)
        report.add(replayed.citing("Encryption, \(name), replays", "as it is"), of: replayed.measurements)
    }
}

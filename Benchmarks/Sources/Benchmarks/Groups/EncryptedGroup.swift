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
        try await StoreAgainstStore(what: "Encryption, \(name)", names: ("plain", "encrypted"), effort: effort)
            .run(plain, encrypted, into: &report)
    }
}

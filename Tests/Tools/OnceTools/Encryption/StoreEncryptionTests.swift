import Foundation
import Idempotency
import IdempotencyEncrypted
import Logging
import Testing

@testable import OnceTools

/// A store that is opened by its URL, with keys and without.
@Suite struct StoreEncryptionTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs `body` with the URL of a store that is not there yet, and keys.
    private func withStore(_ body: (StoreURL, LoadedKeys) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "once-encryption-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = EncryptionKeyFile(path: folder + "/keys.json")
        try file.create(try EncryptionKeys(generating: "a"))
        try await body(try StoreURL("rocksdb:\(folder)/once.rocksdb"), try LoadedKeys(path: file.path))
    }

    @Test("Closing it closes the store below, which can be opened again")
    func closing() async throws {
        try await withStore { url, keys in
            let first = try await url.open(
                for: .serving(orphansLapseAtOnce: true), encryption: keys, logger: logger)
            await first.close()
            let second = try await url.open(for: .maintaining, encryption: keys, logger: logger)
            await second.close()
            withExtendedLifetime(first) {}
        }
    }

    @Test("Without keys an encrypted store is refused, by what serves and by what looks after it")
    func withoutKeys() async throws {
        try await withStore { url, keys in
            let opened = try await url.open(
                for: .serving(orphansLapseAtOnce: true), encryption: keys, logger: logger)
            let draft = Draft(
                claiming: Fingerprint(of: [1]), owner: Owner(high: 1, low: 1), lease: .seconds(30), label: Label())
            let id = RecordID(Digest(1, 2, 3, 4))
            _ = try await opened.store.exchange(Exchange(id, expecting: .vacant, next: draft))
            await opened.close()
            for mode in [StoreMode.serving(orphansLapseAtOnce: true), .maintaining] {
                let error = await #expect(throws: StoreError.self) {
                    _ = try await url.open(for: mode, encryption: nil, logger: logger)
                }
                #expect(error?.message.contains("--encryption-keys") == true)
            }
        }
    }
}

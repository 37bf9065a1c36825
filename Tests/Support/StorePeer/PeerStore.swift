import Foundation
import Idempotency
import IdempotencyDynamoDB
import IdempotencyPostgres
import IdempotencyRedis
import IdempotencyRocksDB
import IdempotencySQLite
import StoreTestParts

/// The store that a peer works on.
struct PeerStore: Sendable {
    let store: any SubmittingStore & ListingStore
    let close: @Sendable () async -> Void

    /// Opens a store by its URL; `nil` when there is no such kind.
    init?(url: String) async throws {
        if url.hasPrefix("postgres:") {
            let store = try await PostgresStore.open(url, logger: silent)
            self.store = store
            close = { await store.close() }
            return
        }
        let parts = url.split(separator: "?", maxSplits: 1)
        let isUnsafe = parts.count == 2 && parts[1] == "synchronous=off"
        guard let colon = parts[0].firstIndex(of: ":"), parts.count == 1 || isUnsafe else { return nil }
        let path = String(parts[0][parts[0].index(after: colon)...])
        switch parts[0][..<colon] {
        case "sqlite":
            var configuration = SQLiteStore.Configuration()
            if isUnsafe { configuration.synchronous = .off }
            let store = try await SQLiteStore.open(path, configuration: configuration, logger: silent)
            self.store = store
            close = { await store.close() }
        case "rocksdb":
            var configuration = RocksDBStore.Configuration()
            if isUnsafe { configuration.synchronous = .off }
            // Small disks are filled up in tests.
            configuration.freeSpaceReserve = 0
            let store = try await RocksDBStore.open(path, configuration: configuration, logger: silent)
            self.store = store
            close = { await store.close() }
        case "redis":
            guard let port = Int(path) else { return nil }
            var configuration = RedisStore.Configuration()
            configuration.acceptsWeakPersistence = true
            let store = try await RedisStore.open(
                .server(host: "127.0.0.1", port: port), configuration: configuration, logger: silent)
            self.store = store
            close = { await store.close() }
        case "dynamodb":
            let store = try await Self.openDynamoDB(path)
            self.store = store
            close = { await store.close() }
        default:
            return nil
        }
    }

    /// A table of a server on this machine, by `PORT/TABLE`.
    private static func openDynamoDB(_ place: String) async throws -> DynamoDBStore {
        let parts = place.split(separator: "/")
        var configuration = DynamoDBStore.Configuration()
        configuration.region = "eu-west-1"
        configuration.endpoint = "http://127.0.0.1:\(parts.first ?? "")"
        configuration.credentials = Credentials(accessKey: "peer", secretKey: "peer")
        configuration.timeout = .seconds(30)
        configuration.tryTimeout = .seconds(10)
        return try await DynamoDBStore.open(String(parts.last ?? ""), configuration: configuration, logger: silent)
    }

    /// Claims keys `0..<keys`, all at once; how many it got.
    func race(owner: UInt64, keys: Int) async throws -> Int {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for key in 0..<keys {
                group.addTask {
                    if case .stored = try await store.exchange(PeerKey(key).claim(owner: owner)) { true } else { false }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }

    /// Claims keys while the system refuses files larger than `limit` bytes; ends after the first failure.
    func fill(limit: Int) async {
        signal(SIGXFSZ, SIG_IGN)
        var resource = rlimit()
        resource.rlim_cur = rlim_t(limit)
        resource.rlim_max = resource.rlim_cur
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &resource)
        for key in 0..<100_000 {
            do {
                _ = try await store.exchange(PeerKey(key).claim(owner: 1))
                line("acknowledged \(key)")
            } catch {
                line("failed \(key) \(error.code) \(error.effect)")
                do {
                    _ = try await store.exchange(PeerKey(key + 1).claim(owner: 1))
                    line("went on")
                } catch {
                    line("refused \(error.code) \(error.effect)")
                }
                return
            }
        }
    }

    /// Executes keys, so many at a time, until it is killed: says `claimed N` and `completed N` after the store did.
    func write(from first: Int, callers: Int) async {
        await withTaskGroup(of: Void.self) { group in
            for caller in 0..<callers {
                group.addTask {
                    var number = first + caller
                    while true {
                        await execute(PeerKey(number))
                        number += callers
                    }
                }
            }
        }
    }

    private func execute(_ key: PeerKey) async {
        do {
            guard case .stored(let record?, _) = try await store.exchange(key.claim(owner: 1)) else {
                line("conflict \(key.number)")
                return
            }
            line("claimed \(key.number)")
            guard case .stored = try await store.exchange(key.completion(of: record)) else {
                line("conflict \(key.number)")
                return
            }
            line("completed \(key.number)")
        } catch {
            line("failed \(key.number) \(error.code) \(error.effect)")
            try? await Task.sleep(for: .milliseconds(200))
        }
    }
}

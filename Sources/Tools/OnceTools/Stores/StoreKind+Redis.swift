import Foundation
import Idempotency
import IdempotencyRedis

extension StoreKind {
    /// Records in a Redis or Valkey server, its primary under Sentinel, or a cluster.
    static let redis = StoreKind("redis", form: "redis://HOST[:PORT][/DATABASE]") { rest, mode, logger in
        try await RedisAddress(rest, tls: false).open(mode, logger)
    }

    /// The same over TLS.
    static let rediss = StoreKind("rediss", form: "rediss://HOST[:PORT][/DATABASE]") { rest, mode, logger in
        try await RedisAddress(rest, tls: true).open(mode, logger)
    }
}

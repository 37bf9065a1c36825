public import NIOCore
import NIOPosix
public import NIOSSL

extension RedisStore {
    /// How a store is opened.
    public struct Configuration: Sendable {
        /// What all keys of the store begin with, followed by a colon. `once`: stores of several systems in one server
        /// need different ones.
        public var prefix: String = "once"
        /// The number of the database, or 0. A Redis Cluster has only that one.
        public var database: Int = 0
        /// Who this program is on the server, or `nil` for its default user.
        public var user: String?
        /// The password, or `nil` where the server asks for none.
        public var password: String?
        /// Who this program is for the sentinels, or `nil` for their default user.
        public var sentinelUser: String?
        /// The password for the sentinels, or `nil` where they ask for none.
        public var sentinelPassword: String?
        /// How TLS is spoken with the server, or `nil` for not at all.
        public var tls: TLSConfiguration?
        /// The name that the server's certificate must have, or `nil` for the host of the address.
        public var tlsServerName: String?
        /// What the server calls the connections of this program (CLIENT LIST).
        public var clientName: String = "swift-idempotency"

        /// How long an exchange may take, the wait for a connection included. Five seconds: longer than a server that
        /// forks or syncs makes anybody wait, shorter than callers wait. What was sent and not answered by then is
        /// *unknown*, and the connection is given up.
        public var timeout: Duration = .seconds(5)
        /// How long a connection may take to be made, until the first exchange can be sent. Two seconds.
        public var connectTimeout: Duration = .seconds(2)
        /// How many exchanges may wait or be under way; one more is refused as unavailable. 16,384: a quarter of a
        /// second of work, so that an overloaded server is noticed before all time out.
        public var queueLimit: Int = 16_384
        /// The largest outcome and checkpoint together, in bytes. 16 MiB: all others wait while one is sent.
        public var recordLimit: Int = 16 * 1024 * 1024

        /// How many replicas must have a write before it is answered.
        public struct Replicas: Hashable, Sendable {
            /// How many.
            public var count: Int
            /// How long to wait for them. What they have not acknowledged by then is *unknown*.
            public var timeout: Duration

            /// So many replicas within this time; half a second unless it is said.
            public init(_ count: Int, within timeout: Duration = .milliseconds(500)) {
                self.count = count
                self.timeout = timeout
            }
        }

        /// How many replicas must have a write before it is answered (WAIT), or `nil` for none. It makes a loss at a
        /// failover much less likely and does not rule it out: Redis may promote a replica that has not got it.
        public var replicas: Replicas?

        /// How long the fence of a key is remembered after the key is vacant again. An hour: until then the next fence
        /// is higher by count, and after that because the server's clock has moved on, unless it was set back by more.
        public var fenceMemory: Duration = .seconds(3600)
        /// For how long no new key is taken after the server was found to have lost what it had acknowledged; zero for
        /// not at all. Set it to the retention, and no operation runs twice for that, at the price of an outage of that
        /// length for new keys; keys that are still there are answered all the time.
        public var quarantine: Duration = .zero
        /// How often it is looked whether the server still has what it had. A second: after a restart it is looked at
        /// once, and what was acknowledged since the last look may be lost without being found out.
        public var beat: Duration = .seconds(1)
        /// Whether those who wait in other processes are told of a change (PUBLISH). Yes: a fraction of a microsecond
        /// in the server. In a large cluster every message goes to every node.
        public var announces: Bool = true
        /// Whether a store is made where there is none. Switch it off for maintenance: a mistyped address then says so.
        public var makesStore: Bool = true

        /// Whether a server that evicts keys is used all the same. No: a key that is gone runs its operation again. In
        /// trials every policy but `noeviction` threw away nearly half of 40,000 acknowledged claims.
        public var acceptsEviction: Bool = false
        /// Whether a server is used that does not let its settings be read (CONFIG GET), as managed services do. No:
        /// somebody has to have looked.
        public var acceptsHiddenSettings: Bool = false
        /// Whether a server that may lose acknowledged writes at a power cut is used without a warning.
        public var acceptsWeakPersistence: Bool = false

        /// Where the connections live. The loops that all of NIO shares.
        public var eventLoopGroup: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup

        /// The defaults.
        public init() {}
    }
}

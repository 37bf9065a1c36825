extension PostgresStore {
    /// How a store is opened.
    public struct Configuration: Sendable {
        /// What a commit waits for, where it is not to be as the server says.
        public enum SynchronousCommit: String, Hashable, Sendable, CaseIterable {
            /// Its own disk, and those of the synchronous standbys if there are any.
            case on
            /// Also until the synchronous standbys show the change.
            case remoteApply = "remote_apply"
            /// Its own disk, and the memory of the synchronous standbys.
            case remoteWrite = "remote_write"
            /// Its own disk only.
            case local
            /// Nothing: the last commits are lost when the server crashes. Has to be accepted.
            case off
        }

        /// A setting under which answered writes can be lost, and operations run twice.
        public enum Weakness: String, Hashable, Sendable, CaseIterable {
            /// `fsync=off`: a power cut may destroy the database. In trials 13,741 of 13,741 answered writes were gone.
            case noSync = "fsync-off"
            /// `synchronous_commit=off`: a crash takes the last commits back. In trials 40 of 24,244 were gone.
            case asynchronousCommit = "synchronous-commit-off"
            /// An unlogged table: a crash of the server empties it.
            case unloggedTable = "unlogged-table"
        }

        /// Whose the sessions are that the server has, where a pooler (PgBouncer) stands between.
        public enum Pooling: String, Hashable, Sendable, CaseIterable {
            /// This program's own, as without a pooler: a session has settings, prepared statements and notifications.
            case session
            /// Everybody's, another one for every transaction: statements are sent whole, settings are those of a
            /// transaction, and whoever waits asks again instead of being notified.
            case transaction
        }

        /// Whose the sessions are. `session`: a pooler that exchanges them all the same is refused at start. With
        /// `transaction` an exchange costs the server more, and one whose connection broke is unknown.
        public var pooling: Pooling = .session
        /// How many connections exchanges share. Two: while one waits for its commit the other fills its own. More of
        /// them make more and smaller transactions of the same work: four took half as much processor time again, eight
        /// twice as much. More are worth it where the server has many cores to spare.
        public var connections: Int = 2
        /// What a commit waits for, or `nil` for what the server, the database or the role is set to.
        public var synchronousCommit: SynchronousCommit?
        /// The weaknesses that are accepted. None: a store that forgets answered claims runs operations twice.
        public var accepted: Set<Weakness> = []
        /// How long an exchange takes at most, queueing, reconnecting and reading back included; then it is refused,
        /// and the refusal says whether it may have been applied. Ten seconds: a failover fits in.
        public var requestTimeout: Duration = .seconds(10)
        /// How long connecting to one host may take, two seconds at least.
        public var connectTimeout: Duration = .seconds(3)
        /// How long the transaction of somebody else may hold a key. Two seconds: ours take milliseconds, and the
        /// others in the batch wait as long.
        public var lockTimeout: Duration = .seconds(2)
        /// How many exchanges may be queued; one more is refused as unavailable.
        public var queueLimit: Int = 16_384
        /// How many exchanges share a commit at most. 128: their locks, those of all connections together, fit into the
        /// lock table of a server with the default settings many times over.
        public var batchLimit: Int = 128
        /// The largest outcome and checkpoint together, in bytes. 16 MiB: all that is queued waits for it.
        public var recordLimit: Int = 16 * 1024 * 1024
        /// In how many hash partitions the table of records is made; none: one table. For very large tables, whose
        /// vacuuming then is done in pieces. Has no meaning once the table is there.
        public var partitions: Int = 0
        /// Whether tables are made and brought up to date. Switch it off where the role may not; then they have to be
        /// there.
        public var migrates: Bool = true
        /// For how long it is expected that outcomes are kept, until the first one tells. Sweeping looks at a row so
        /// long after its claim; when that is too early it looks again, when it is too late the completion puts it
        /// right.
        public var expectedRetention: Duration = .seconds(86_400)

        /// The defaults.
        public init() {}
    }
}

public import Idempotency

extension SQLiteStore {
    /// How a store is opened.
    public struct Configuration: Sendable {
        /// What a commit waits for.
        public enum Synchronous: Int64, Hashable, Sendable {
            /// Every commit is on the disk before anyone is answered.
            case full = 2
            /// A power cut may take the last commits back, answered ones too: operations may then run twice.
            case normal = 1
            /// Nothing is waited for; a power cut may damage the file. Only for tests and benchmarks.
            case off = 0
        }

        /// What a commit waits for. Full: an acknowledged claim that a power cut takes back runs the operation twice.
        /// In trials `normal` lost 286 of 4,000 acknowledged commits at a power cut, `full` none.
        public var synchronous: Synchronous = .full
        /// How long to wait for another process that is writing, before an exchange is refused. Ten seconds: longer
        /// than any batch takes on a sick disk, shorter than callers wait.
        public var busyTimeout: Duration = .seconds(10)
        /// How many exchanges may be queued; one more is refused as unavailable. 16,384: about half a second of work,
        /// so that an overloaded store says so instead of answering too late.
        public var queueLimit: Int = 16_384
        /// How many exchanges share a commit at most. 256: a sync then costs each of them next to nothing, and the
        /// first of them waits for a few milliseconds of the others' work at most.
        public var batchLimit: Int = 256
        /// The largest outcome and checkpoint together, in bytes. 16 MiB: one record is written in one piece, and all
        /// that is queued waits for it; what is larger belongs elsewhere, with a reference in the outcome.
        public var recordLimit: Int = 16 * 1024 * 1024
        /// The size that the database file may grow to, in bytes, or `nil` for as long as there is space. None: what is
        /// kept is bounded by retention; set it where the disk is shared with something that must not starve.
        public var fileSizeLimit: Int?
        /// After how many pages in the write-ahead log they are copied into the database. 4,000 (16 MB): pages that are
        /// written again and again are then copied once, and a restart has little to read.
        public var checkpointPages: Int = 4_000
        /// After which pause the write-ahead log is copied and cut to nothing. A second: when nobody writes, nobody
        /// waits.
        public var idleDelay: Duration = .seconds(1)
        /// Whether a file on a network file system is used all the same. No: locks and syncs there do not keep what
        /// they promise, and with them goes the promise that nothing runs twice.
        public var acceptsNetworkFileSystem: Bool = false
        /// Whether a record that a dead instance left running counts as lapsed at once, or only when its lease is over.
        /// At once: an operation that ran in that process has ended with it. Switch it off where operations are
        /// requests to other systems, which go on when the process that sent them dies, and where the interrupted
        /// policy asks them or sends them again: what has not happened yet may happen still.
        public var orphansLapseAtOnce: Bool = true
        /// The clocks of the machine. Its own; tests set them.
        public var clock: any MachineClock = .machine

        /// The defaults.
        public init() {}
    }
}

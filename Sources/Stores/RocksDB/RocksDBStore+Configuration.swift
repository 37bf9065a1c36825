public import Idempotency

extension RocksDBStore {
    /// How a store is opened.
    public struct Configuration: Sendable {
        /// What a write waits for.
        public enum Synchronous: Hashable, Sendable {
            /// Every write is on the disk before anyone is answered.
            case full
            /// Nothing is waited for; a power cut takes answered writes back: operations may then run twice. Only for
            /// tests and benchmarks.
            case off
        }

        /// What a write waits for. Full: an acknowledged claim that a power cut takes back runs the operation twice.
        public var synchronous: Synchronous = .full
        /// How many exchanges may be queued; one more is refused as unavailable. 16,384: less than half a second of
        /// work, so that an overloaded store says so instead of answering too late.
        public var queueLimit: Int = 16_384
        /// How many exchanges share a write at most. 512: a sync then costs each of them next to nothing, and the first
        /// of them waits for a few milliseconds of the others' work at most.
        public var batchLimit: Int = 512
        /// The largest outcome and checkpoint together, in bytes. 16 MiB: one record is written in one piece, and all
        /// that is queued waits for it; what is larger belongs elsewhere, with a reference in the outcome.
        public var recordLimit: Int = 16 * 1024 * 1024
        /// The memory for what was read from files, their indexes and filters included, in bytes. 128 MiB: holds the
        /// filters (10 bits a key) of tens of millions of keys and the records that were used last. Shared by all that
        /// is read, and held to this size.
        public var cacheSize: Int = 128 * 1024 * 1024
        /// The memory for what is not in files yet, in bytes. 128 MiB: files are then written in pieces that are worth
        /// it. Twice as much log is read at a start at most.
        public var writeBufferSize: Int = 128 * 1024 * 1024
        /// How many threads write and compact files in the background. 2: one for each, on a small machine.
        public var backgroundJobs: Int = 2
        /// When less than so many bytes are free on the disk, new keys are refused while what runs can still be
        /// completed. 256 MiB: what is buffered, and one compaction.
        public var freeSpaceReserve: Int = 256 * 1024 * 1024
        /// Whether a directory on a network file system is used all the same. No: locks and syncs there do not keep
        /// what they promise, and with them goes the promise that nothing runs twice.
        public var acceptsNetworkFileSystem: Bool = false
        /// Whether a record that a dead process left running counts as lapsed at once, or only when its lease is over.
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

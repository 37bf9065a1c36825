extension PostgresStore {
    /// What the server promises of an answered write, as found when the store was opened.
    public struct Durability: Hashable, Sendable, CustomStringConvertible {
        /// How far the promise goes.
        public enum Level: String, Hashable, Sendable {
            /// On the disks of the server and of its synchronous standbys.
            case replicated
            /// On the disk of one server.
            case singleNode = "single-node"
            /// It may be lost, because a weakness was accepted.
            case weak
        }

        /// How far the promise goes.
        public let level: Level
        /// The weaknesses that the server has and that were accepted.
        public let weaknesses: Set<Configuration.Weakness>
        /// The setting of that name, empty when there is no synchronous standby.
        public let synchronousStandbyNames: String

        /// A sentence for operators.
        public var description: String {
            switch level {
            case .replicated:
                "An answered write is on the disks of the PostgreSQL server and of its synchronous standbys "
                    + "(\(synchronousStandbyNames)): it outlives a crash, a power cut and a failover to one of them."
            case .singleNode:
                "An answered write is on the disk of the PostgreSQL server: it outlives a crash and a power cut. After "
                    + "a failover to an asynchronous replica the last keys may be granted again."
            case .weak:
                "An answered write may be lost when the PostgreSQL server crashes ("
                    + "\(weaknesses.map(\.rawValue).sorted().joined(separator: ", "))): operations may then run twice."
            }
        }
    }
}

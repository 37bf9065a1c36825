/// What a server promises about what it has acknowledged.
struct Durability: Hashable, Sendable {
    /// When a write reaches the disk of the server.
    enum Disk: Hashable, Sendable {
        /// Before it is acknowledged.
        case everyWrite
        /// Within a second or two.
        case everySecond
        /// When the system pleases.
        case systemDecides
        /// With the next snapshot.
        case snapshots
        /// Never.
        case never
        /// The server does not say.
        case unknown
    }

    let disk: Disk
    /// How many replicas acknowledge a write before it is answered.
    var replicas = 0

    init(disk: Disk, replicas: Int = 0) {
        self.disk = disk
        self.replicas = replicas
    }

    /// - Parameters:
    ///   - report: What INFO says.
    ///   - appendFsync: The setting of that name, or `nil` where the server does not tell.
    ///   - save: The setting of that name, or `nil` where the server does not tell.
    init(_ report: ServerReport, appendFsync: String?, save: String?, replicas: Int) {
        disk =
            switch (report.hasAppendOnlyFile, appendFsync) {
            case (true, "always"): .everyWrite
            case (true, "everysec"): .everySecond
            case (true, "no"): .systemDecides
            case (true, _): .unknown
            case (false, _): save.map { $0.isEmpty ? .never : .snapshots } ?? .unknown
            }
        self.replicas = replicas
    }

    /// Whether an answered write can be lost by one failure of one machine.
    var isWeak: Bool { disk != .everyWrite && replicas == 0 }

    /// What is promised, in one line.
    var promise: String {
        let disk =
            switch disk {
            case .everyWrite: "An answered write is on the server's disk: it outlives a crash and a power cut there"
            case .everySecond:
                "An answered write outlives a crash of the server's process; a power cut takes the last second or two"
            case .systemDecides:
                "An answered write outlives a crash of the server's process; a power cut takes up to half a minute"
            case .snapshots: "A crash of the server takes all that was answered since its last snapshot"
            case .never: "A crash or restart of the server takes everything"
            case .unknown: "The server does not tell when a write is on its disk"
            }
        let others =
            switch replicas {
            case 0: ". A failover to a replica may lose it as well, and its operation then runs twice."
            default:
                "; it was acknowledged by \(replicas) replica\(replicas == 1 ? "" : "s") before it was answered, and "
                    + "outlives a failover to one of those."
            }
        return disk + others
    }
}

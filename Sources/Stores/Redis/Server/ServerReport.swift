/// What a server tells about itself: the answer of INFO, taken apart.
struct ServerReport: Hashable, Sendable {
    private var fields: [String: String] = [:]

    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[String(line[..<colon])] = String(line[line.index(after: colon)...])
        }
    }

    /// Any field by its name.
    subscript(name: String) -> String? { fields[name] }

    /// What tells this run of the server from every other.
    var runID: String { fields["run_id"] ?? "" }
    /// What tells the history of its data from every other; changes at a failover.
    var replicationID: String { fields["master_replid"] ?? "" }
    var isReplica: Bool { fields["role"] == "slave" }
    var isLoading: Bool { fields["loading"] == "1" || fields["async_loading"] == "1" }
    var isCluster: Bool { fields["cluster_enabled"] == "1" }
    var hasAppendOnlyFile: Bool { fields["aof_enabled"] == "1" }
    var memoryLimit: Int { fields["maxmemory"].flatMap { Int($0) } ?? 0 }
    var evictionPolicy: String? { fields["maxmemory_policy"] }
    var connectedReplicas: Int { fields["connected_slaves"].flatMap { Int($0) } ?? 0 }

    /// The version as `7.0.15`.
    var version: String { fields["redis_version"] ?? "" }
    /// The numbers of the version; none when it tells none.
    var versionNumbers: [Int] { version.split(separator: ".").map { Int($0) ?? 0 } }

    /// Whether the server is of this version or a later one.
    func isAtLeast(_ numbers: Int...) -> Bool { !versionNumbers.lexicographicallyPrecedes(numbers) }
}

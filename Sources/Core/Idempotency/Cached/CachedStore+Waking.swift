extension CachedStore: WakingStore {
    /// As the store behind; one that tells of no changes is waited for until `limit` is over.
    public func change(of id: RecordID, within limit: Duration) async {
        await base.changeIfTold(of: id, within: limit) { try await pause(for: $0) }
    }

    /// Whether the store behind does.
    public var hearsOtherProcesses: Bool { base.tellsOfOtherProcesses }
}

extension SubmittingCachedStore: WakingStore {
    /// As the store behind; one that tells of no changes is waited for until `limit` is over.
    public func change(of id: RecordID, within limit: Duration) async {
        await cache.change(of: id, within: limit)
    }

    /// Whether the store behind does.
    public var hearsOtherProcesses: Bool { cache.hearsOtherProcesses }
}

extension CachedStore: WakingStore {
    /// As the store behind; one that tells of no changes is waited for until `limit` is over.
    public func change(of id: RecordID, within limit: Duration) async {
        guard let base = base as? any WakingStore else {
            try? await pause(for: limit)
            return
        }
        await base.change(of: id, within: limit)
    }

    /// Whether the store behind does.
    public var hearsOtherProcesses: Bool { (base as? any WakingStore)?.hearsOtherProcesses ?? false }
}

extension SubmittingCachedStore: WakingStore {
    /// As the store behind; one that tells of no changes is waited for until `limit` is over.
    public func change(of id: RecordID, within limit: Duration) async {
        await cache.change(of: id, within: limit)
    }

    /// Whether the store behind does.
    public var hearsOtherProcesses: Bool { cache.hearsOtherProcesses }
}

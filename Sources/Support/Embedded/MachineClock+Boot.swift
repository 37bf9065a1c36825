package import Idempotency

extension MachineClock {
    /// Which boot of the machine this is; leases are counted on its clock.
    ///
    /// - Parameter kind: What the store is called that cannot do without: `SQLite`.
    package func bootID(requiredBy kind: String) throws(StoreError) -> String {
        guard let boot = bootID, !boot.isEmpty else {
            throw StoreError(
                .misuse,
                "The system does not tell in which boot it is (/proc/sys/kernel/random/boot_id), without which leases "
                    + "cannot be counted in the \(kind) store; make /proc readable.", effect: .notApplied)
        }
        return boot
    }
}

import Idempotency
import Logging

/// Whether a table may be used: what is refused, and what its operator is told.
struct TableCheck: Sendable {
    let table: String
    let acceptsGlobalTable: Bool

    /// Refuses what cannot work.
    func check(_ report: TableReport) throws(StoreError) {
        guard report.key == TableReport.expectedKey else {
            throw Self.misuse(
                "The table \(table) has the key \(report.key.joined(separator: ", ")); this store needs one partition "
                    + "key, the string id, and no sort key. Name another table, or let one be made (?create=yes).")
        }
        guard report.replicas.isEmpty || report.isStronglyReplicated || acceptsGlobalTable else {
            throw Self.misuse(
                "The table \(table) has replicas in \(report.replicas.joined(separator: ", ")), where the last writer "
                    + "wins: two regions can grant the same key, and its operation runs twice. Use a table of one "
                    + "region or one with strong consistency, or, where every key is served by one region at a time, "
                    + "accept it: acceptsGlobalTable, or ?global-table=accepted in the URL.")
        }
    }

    /// What the operator should know, a line each.
    func warnings(_ report: TableReport) -> [Logger.Message] {
        var warnings: [Logger.Message] = []
        if !report.expiresItems {
            let found = report.expiryAttribute.map { "has \($0) as the attribute of its time to live" }
            warnings.append(
                """
                The table \(found ?? "does not remove expired items by itself"); set it to ttl, or \
                expired records are removed by sweeping, which reads the whole table every time
                """)
        }
        if report.isInfrequentAccess {
            warnings.append(
                "The table is of the class for infrequent access: every write and read costs more than elsewhere"
            )
        }
        if !report.replicas.isEmpty, !report.isStronglyReplicated {
            warnings.append(
                "The table has replicas in other regions, where the last writer wins: two may grant the same key"
            )
        }
        return warnings
    }

    static func misuse(_ message: String) -> StoreError {
        StoreError(.misuse, message, effect: .notApplied)
    }
}

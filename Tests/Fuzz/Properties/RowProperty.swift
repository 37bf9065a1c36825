import Idempotency
import Synchronization

@testable import IdempotencySQLite

/// A row of the SQLite store that can be read, whatever its columns hold, says the same after it was written again, and
/// holds the same: what nobody writes is refused, not guessed at.
enum RowProperty {
    /// What depends on the clocks and on who writes while an attempt is running.
    private static let moving: Set<String> = ["moment", "instance", "lease_uptime"]

    /// Whether a lease ends in another age, so that its distance from now cannot be told.
    private static func isFarAway(_ record: Record) -> Bool {
        if case .running(let leaseEnd) = record.state { leaseEnd.microseconds.magnitude > 1 << 62 } else { false }
    }

    static func check(_ bytes: [UInt8]) throws(FuzzProperty.Violation) {
        let found: (record: Record, again: Record, changed: [String])
        do {
            found = try RowScene.shared.withLock { shared in
                let scene = try shared ?? RowScene()
                shared = scene
                return try scene.read(bytes)
            }
        } catch is RecordRow.Damage {
            return
        } catch {
            throw .init("a row is not refused as damaged but fails: \(error), \(bytes)")
        }
        guard found.again == found.record || isFarAway(found.record) else {
            throw .init("a record changes when it is written again: \(bytes)")
        }
        var changed = Set(found.changed).subtracting(["instance"])
        if case .running = found.record.state { changed.subtract(moving) }
        guard changed.isEmpty else {
            throw .init("a row that nobody writes was read, see \(changed.sorted()): \(bytes)")
        }
    }
}

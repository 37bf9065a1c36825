import Idempotency
import IdempotencyEmbedded

/// Up to which expiry records may be removed for good.
///
/// What is removed cannot come back when a wall clock that was set forward by mistake is set right, and an operation
/// would run again. So a step forward is believed only after it has stood for an hour of the boot clock; until then
/// time goes on from where it was. A step back is believed at once. Records that are kept longer by this count as
/// vacant all the same: only their space is freed later.
struct ExpiryHorizon {
    /// How long a step forward must stand. An hour: longer than a mistake goes unnoticed that other systems feel too,
    /// short beside the retention.
    static let settling = Duration.seconds(3600)
    /// What counts as no step: the wall clock is slewed to the right time in little pieces.
    static let tolerance = Duration.seconds(1)

    /// By how much the wall clock is believed to be ahead of the boot clock.
    private var offset: Duration
    private var step: (offset: Duration, since: Int64)?

    /// Believes what the clocks say when the store is opened.
    init(_ reading: MachineReading) {
        offset = Self.offset(reading)
    }

    /// The horizon at a reading; never later than its wall clock.
    mutating func advance(to reading: MachineReading) -> Timestamp {
        let found = Self.offset(reading)
        if found <= offset + Self.tolerance {
            offset = found
            step = nil
        } else if let step, Self.areAlike(step.offset, found) {
            if .microseconds(reading.uptime - step.since) >= Self.settling {
                offset = found
                self.step = nil
            }
        } else {
            step = (found, reading.uptime)
        }
        return Timestamp(microseconds: reading.uptime) + offset
    }

    private static func offset(_ reading: MachineReading) -> Duration {
        reading.now - Timestamp(microseconds: reading.uptime)
    }

    private static func areAlike(_ a: Duration, _ b: Duration) -> Bool {
        a - b <= tolerance && b - a <= tolerance
    }
}

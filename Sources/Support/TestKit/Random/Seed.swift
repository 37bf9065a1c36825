import Foundation

/// What a random test run is made from: the same seed gives the same run.
public struct Seed: Hashable, Sendable, CustomStringConvertible, ExpressibleByIntegerLiteral {
    /// The number.
    public let number: UInt64

    /// The environment variable that `current` reads: a decimal number.
    public static let variable = "IDEMPOTENCY_SEED"

    /// A seed of this number.
    public init(_ number: UInt64) {
        self.number = number
    }

    /// A seed written in the source.
    public init(integerLiteral value: UInt64) {
        number = value
    }

    /// The seed of this process: what `IDEMPOTENCY_SEED` says, or else a random number that stays the same until the
    /// process ends. Failures print it, so that a run can be repeated.
    public static let current: Seed = {
        if let text = ProcessInfo.processInfo.environment[variable], let number = UInt64(text) {
            return Seed(number)
        }
        return Seed(UInt64.random(in: 0...UInt64(UInt32.max)))
    }()

    /// A seed of its own for a named part of the run, so that parts do not depend on the order they run in.
    public func derived(_ name: String) -> Seed {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ number
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return Seed(hash)
    }

    /// The number in decimal digits.
    public var description: String { String(number) }
}

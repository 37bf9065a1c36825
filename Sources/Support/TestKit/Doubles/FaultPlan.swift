public import Idempotency

/// Which calls of a `FaultyStore` go wrong, and how.
public struct FaultPlan: Sendable {
    private let choose: @Sendable (_ call: Int, _ exchange: Exchange?) -> StoreFault?

    /// A plan of your own. It is asked for every call, one at a time, in the order they come in.
    ///
    /// - Parameter choose: Gets the number of the call, from 0, and its exchange (`nil` for listing and sweeping);
    ///   gives the fault or `nil`.
    public init(_ choose: @escaping @Sendable (_ call: Int, _ exchange: Exchange?) -> StoreFault?) {
        self.choose = choose
    }

    /// Nothing goes wrong.
    public static let none = FaultPlan { _, _ in nil }

    /// The first calls go wrong as written, one entry for each call; all later ones go well.
    public static func script(_ faults: StoreFault?...) -> FaultPlan {
        FaultPlan { call, _ in call < faults.count ? faults[call] : nil }
    }

    /// Every call goes wrong in this way.
    public static func always(_ fault: StoreFault) -> FaultPlan {
        FaultPlan { _, _ in fault }
    }

    /// Out of a hundred calls `percent` go wrong, each in one of these ways; the same seed gives the same faults to the
    /// same sequence of calls.
    public static func random(_ faults: [StoreFault], percent: Int, seed: Seed = .current) -> FaultPlan {
        FaultPlan { call, _ in
            var generator = SeededGenerator(seed.derived("fault \(call)"))
            guard !faults.isEmpty, generator.chance(percent) else { return nil }
            return generator.pick(faults)
        }
    }

    /// What goes wrong with this call.
    func fault(call: Int, exchange: Exchange?) -> StoreFault? {
        choose(call, exchange)
    }
}

import DynamoDBTestParts
import Foundation
import Idempotency
import IdempotencyDynamoDB
import IdempotencyTestKit
import Testing

/// The suite that every store passes, against moto.
@Suite(.enabled(if: MotoServer.isInstalled, Comment(rawValue: MotoServer.missing)))
struct ConformanceTests {
    private var effort: ConformanceEffort {
        var effort = ConformanceEffort()
        // Round trips of a server that is slow, on a machine that may be busy, have to fit in.
        effort.shortRetention = .milliseconds(250)
        effort.histories = 1
        effort.steps = 100
        effort.crowd = 10
        // moto counts both what is there and what is written, in base64.
        effort.largestPayload = 100 * 1024
        // Stamps are made before a write is sent, so that those of concurrent ones may change places.
        effort.clockTolerance = .seconds(1)
        return effort
    }

    @Test("One instance of the store", arguments: StoreConformance.checks.filter(\.isForMoto))
    func oneInstance(check: ConformanceCheck) async throws {
        try await StoreConformance(effort: effort) { body in
            let store = try await MotoServer.shared().open(MotoServer.freshTable())
            try await body([store])
            await store.close()
        }.run(check)
    }

    /// Leases are believed as they are stamped: the suite compares them to the microsecond, and the instances of one
    /// process have one clock. How leases of others are judged otherwise has tests of its own.
    @Test("Three instances that share a table", arguments: StoreConformance.checks.filter { !$0.isForOneCaller })
    func threeInstances(check: ConformanceCheck) async throws {
        try await StoreConformance(effort: effort) { body in
            let server = try MotoServer.shared()
            let table = MotoServer.freshTable()
            var stores: [DynamoDBStore] = []
            for _ in 0..<3 { stores.append(try await server.open(table) { $0.clockTolerance = .zero }) }
            try await body(stores)
            for store in stores { await store.close() }
        }.run(check)
    }
}

extension ConformanceCheck {
    /// Whether the check is run every time. moto takes some ten milliseconds for a call: checks that make a thousand
    /// are run when `ONCE_MOTO_ALL` is set.
    fileprivate var isForMoto: Bool {
        if Self.runsAll { return true }
        let slow = [
            "Every expectation", "Owners that differ", "Many keys", "The clock of the replies", "Under contention",
            "Fences grow", "A cancelled caller", "Between completion", "Concurrent histories are", "A listing shows",
            "The counts are", "A sweep", "Labels come back", "Record ids", "Every value", "A completed record",
            "A claim is refused until",
        ]
        return !slow.contains { name.hasPrefix($0) }
    }

    /// Whether the check uses the first instance alone, so that the others add nothing.
    fileprivate var isForOneCaller: Bool {
        let shared = ["Of many callers that claim", "Concurrent histories are"]
        let slow = Self.runsAll ? ["Concurrent histories with", "Under contention"] : []
        return !(shared + slow).contains { name.contains($0) }
    }

    private static let runsAll = ProcessInfo.processInfo.environment["ONCE_MOTO_ALL"] != nil
}

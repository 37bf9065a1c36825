import Foundation
import Idempotency

/// What is known of the table: what DynamoDB tells of it, and what follows.
struct TableReport: Hashable, Sendable {
    /// `ACTIVE`, or why not.
    var status = ""
    /// The attributes of the key, as `id:HASH:S`.
    var key: [String] = []
    /// The regions that have a replica, this one included; none for an ordinary table.
    var replicas: [String] = []
    /// Whether replicas are consistent with each other (`STRONG`), or whoever writes last wins.
    var isStronglyReplicated = false
    var isInfrequentAccess = false
    var isPaidByRequest = false
    /// The attribute that removes items, or `nil` for none; not known where it may not be asked for.
    var expiryAttribute: String?

    /// Whether DynamoDB removes what has expired.
    var expiresItems: Bool { expiryAttribute == RecordCoding.Name.timeToLive.rawValue }

    /// The key that a table of this store has.
    static let expectedKey = ["id:HASH:S"]

    /// What is promised about answered writes, in a line.
    var promise: String {
        let base = "An answered write is in at least two data centres of the region, and outlives the loss of one"
        guard !replicas.isEmpty else { return base + "." }
        return isStronglyReplicated
            ? base + "; other regions have it too."
            : base + "; another region may grant the same key, as there the last writer wins."
    }
}

extension TableReport {
    private struct Description: Decodable {
        let Table: Table

        struct Table: Decodable {
            let TableStatus: String?
            let KeySchema: [Key]?
            let AttributeDefinitions: [Attribute]?
            let Replicas: [Replica]?
            let MultiRegionConsistency: String?
            let TableClassSummary: TableClass?
            let BillingModeSummary: BillingMode?
        }

        struct Key: Decodable {
            let AttributeName: String
            let KeyType: String
        }

        struct Attribute: Decodable {
            let AttributeName: String
            let AttributeType: String
        }

        struct Replica: Decodable {
            let RegionName: String?
        }

        struct TableClass: Decodable {
            let TableClass: String?
        }

        struct BillingMode: Decodable {
            let BillingMode: String?
        }
    }

    /// Reads the answer of DescribeTable; `nil` if it is none.
    init?(_ body: [UInt8]) {
        guard let table = try? JSONDecoder().decode(Description.self, from: Data(body)).Table else { return nil }
        status = table.TableStatus ?? ""
        let types = (table.AttributeDefinitions ?? []).reduce(into: [:]) { $0[$1.AttributeName] = $1.AttributeType }
        key = (table.KeySchema ?? []).map { "\($0.AttributeName):\($0.KeyType):\(types[$0.AttributeName] ?? "?")" }
        replicas = (table.Replicas ?? []).compactMap(\.RegionName)
        isStronglyReplicated = table.MultiRegionConsistency == "STRONG"
        isInfrequentAccess = table.TableClassSummary?.TableClass == "STANDARD_INFREQUENT_ACCESS"
        isPaidByRequest = table.BillingModeSummary?.BillingMode == "PAY_PER_REQUEST"
    }

    private struct Expiry: Decodable {
        let TimeToLiveDescription: Description

        struct Description: Decodable {
            let TimeToLiveStatus: String?
            let AttributeName: String?
        }
    }

    /// Reads the answer of DescribeTimeToLive: the attribute that removes items, or `nil`.
    static func expiryAttribute(_ body: [UInt8]) -> String? {
        let expiry = try? JSONDecoder().decode(Expiry.self, from: Data(body)).TimeToLiveDescription
        guard let expiry, let status = expiry.TimeToLiveStatus, ["ENABLED", "ENABLING"].contains(status) else {
            return nil
        }
        return expiry.AttributeName
    }
}

import Foundation
import Idempotency

/// An answer that is a refusal: its kind, and what it tells of the write.
///
/// DynamoDB refuses before it writes, with two exceptions: an internal error and an unavailable service leave open
/// whether the write was done. Of an answer that is none of the service's (a proxy's), nothing is known either.
struct ServiceFailure: Error, Hashable, CustomStringConvertible {
    /// The kinds that are told apart.
    enum Kind: Hashable, CaseIterable {
        case conditionFailed, throttled, conflict, skewed, expired, tooLarge, denied, unsigned, noTable, tableBusy
        case limit, serverError, unintelligible, other
    }

    let kind: Kind
    /// The HTTP status.
    let status: Int
    /// The name that the service gives the failure, and what it says.
    let name: String
    let text: String

    private static let names: [String: Kind] = [
        "ConditionalCheckFailedException": .conditionFailed,
        "ProvisionedThroughputExceededException": .throttled,
        "ThrottlingException": .throttled,
        "Throttling": .throttled,
        "RequestLimitExceeded": .throttled,
        "TransactionConflictException": .conflict,
        "ReplicatedWriteConflictException": .conflict,
        "TransactionInProgressException": .conflict,
        "RequestTimeTooSkewed": .skewed,
        "RequestExpired": .skewed,
        "ExpiredTokenException": .expired,
        "ExpiredToken": .expired,
        "AccessDeniedException": .denied,
        "UnrecognizedClientException": .unsigned,
        "InvalidSignatureException": .unsigned,
        "IncompleteSignature": .unsigned,
        "IncompleteSignatureException": .unsigned,
        "MissingAuthenticationTokenException": .unsigned,
        "MissingAuthenticationToken": .unsigned,
        "InvalidClientTokenId": .unsigned,
        "ResourceNotFoundException": .noTable,
        "TableNotFoundException": .noTable,
        "ResourceInUseException": .tableBusy,
        "LimitExceededException": .limit,
        "InternalServerError": .serverError,
        "InternalServerErrorException": .serverError,
        "InternalFailure": .serverError,
        "ServiceUnavailable": .serverError,
        "ServiceUnavailableException": .serverError,
    ]

    /// Takes an answer with an error status apart.
    init(status: Int, body: [UInt8]) {
        self.status = status
        guard let content = try? JSONDecoder().decode(Content.self, from: Data(body)), let type = content.type else {
            name = "HTTP \(status)"
            text = ""
            kind = status >= 500 ? .serverError : .unintelligible
            return
        }
        // `com.amazonaws.dynamodb.v20120810#ThrottlingException`, sometimes with more behind a colon.
        name = String(type.split(separator: "#").last?.prefix { $0 != ":" } ?? "")
        text = String((content.message ?? content.capitalMessage ?? "").prefix(300))
        kind = Self.kind(name, text, status)
    }

    private static func kind(_ name: String, _ text: String, _ status: Int) -> Kind {
        let isOfTime = text.contains("Signature expired") || text.contains("Signature not yet current")
        if name.hasPrefix("InvalidSignature"), isOfTime { return .skewed }
        if let kind = names[name] { return kind }
        if name == "ValidationException", text.contains("tem size"), text.contains("exceeded") { return .tooLarge }
        return status >= 500 ? .serverError : .other
    }

    private struct Content: Decodable {
        let type: String?
        let message: String?
        let capitalMessage: String?

        enum CodingKeys: String, CodingKey {
            case type = "__type"
            case message
            case capitalMessage = "Message"
        }
    }

    /// Whether the write may have been done all the same.
    var isUnknown: Bool { kind == .serverError || kind == .unintelligible }

    /// Whether the same request may succeed when it is sent again soon.
    var isWorthRepeating: Bool {
        switch kind {
        case .throttled, .conflict, .skewed, .expired, .serverError, .unintelligible, .tableBusy: true
        case .conditionFailed, .tooLarge, .denied, .unsigned, .noTable, .limit, .other: false
        }
    }

    /// Name and text.
    var description: String { text.isEmpty ? name : "\(name): \(text)" }

    /// The failure as the callers of a store see it.
    ///
    /// - Parameter isUnknown: Whether an earlier try of the same write has left its effect open.
    func error(afterUnknown isUnknown: Bool = false) -> StoreError {
        StoreError(code, message, effect: isUnknown || self.isUnknown ? .unknown : .notApplied, cause: self)
    }

    private var code: StoreError.Code {
        switch kind {
        case .tooLarge: .tooLarge
        case .denied, .unsigned, .noTable, .other: .misuse
        case .conditionFailed, .throttled, .conflict, .skewed, .expired, .tableBusy, .limit, .serverError,
            .unintelligible:
            .unavailable
        }
    }

    private var message: String {
        switch kind {
        case .throttled:
            "DynamoDB throttles the table (\(name)): it gets more requests than its capacity allows, or than one key "
                + "may get (1,000 writes a second)."
        case .conflict: "Another write to the same item was under way in DynamoDB (\(name)); try again."
        case .skewed:
            "DynamoDB refuses the time of the signature (\(description)); the clock of this machine is being corrected."
        case .expired: "The credentials for DynamoDB have expired (\(name)), and no newer ones could be had."
        case .tooLarge: "The record is larger than the 400 KB that an item of DynamoDB may have."
        case .denied:
            "The credentials of this program do not allow what a store has to do (\(text)); docs/DYNAMODB.md lists "
                + "what it needs."
        case .unsigned: "DynamoDB does not accept the credentials or the signature of this program (\(description))."
        case .noTable:
            "There is no such table in this region. Make it with ?create=yes in the URL (createsTable), or as "
                + "docs/DYNAMODB.md shows."
        case .tableBusy: "The table is being made or changed (\(name)); try again in a moment."
        case .limit: "A limit of the AWS account is reached (\(description))."
        case .serverError: "DynamoDB has failed (\(description)); whether the write was done is not known."
        case .unintelligible:
            "What answered is not DynamoDB (\(description)); is there a proxy in between? The write may have been done."
        case .conditionFailed, .other: "DynamoDB refuses the request (\(description))."
        }
    }
}

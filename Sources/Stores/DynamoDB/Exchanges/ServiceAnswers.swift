import Foundation
import Idempotency

/// What DynamoDB answers, as far as a store reads it.
enum ServiceAnswers {
    /// Of GetItem; of a refused write, with what was there.
    struct OneItem: Decodable {
        let Item: Item?
    }

    /// Of Scan.
    struct Page: Decodable {
        let Items: [Item]?
        let LastEvaluatedKey: Item?
    }

    /// Reads an answer.
    static func read<Answer: Decodable>(_ type: Answer.Type, _ body: [UInt8]) throws(StoreError) -> Answer {
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch {
            throw StoreError(
                .unavailable, "DynamoDB answered with something that is no answer; is there a proxy in between?",
                effect: .unknown, cause: error)
        }
    }

    /// Reads an item; `nil` for none.
    static func record(_ item: Item?) throws(StoreError) -> RecordCoding.StoredItem? {
        guard let item, !item.isEmpty else { return nil }
        do {
            return try RecordCoding.decode(item)
        } catch {
            throw error.error
        }
    }
}

extension Encodable {
    /// The bytes of a request.
    func json() throws(StoreError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        do {
            return Array(try encoder.encode(self))
        } catch {
            throw StoreError(
                .misuse, "The request cannot be written as JSON (\(error)).", effect: .notApplied, cause: error)
        }
    }
}

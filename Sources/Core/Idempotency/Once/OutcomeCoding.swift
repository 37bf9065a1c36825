#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How results and errors become bytes: JSON, with the members in order so that equal values give equal bytes.
package enum OutcomeCoding {
    /// The JSON form of a value.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        if let plain = PlainJSON.encode(value) { return plain }
        return Array(try encoder.encode(value))
    }

    /// Set up once; coding changes neither of the two.
    private static let encoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
    private static let decoder = JSONDecoder()

    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        if let plain = PlainJSON.decode(type, from: bytes) { return plain }
        return try decoder.decode(type, from: Data(bytes))
    }

    /// What a stored outcome gives a retry: the first result, or the first error thrown again.
    ///
    /// - Parameters:
    ///   - outcome: What is stored.
    ///   - type: What the result is to be decoded as.
    ///   - errors: The types of the errors that are to be thrown as themselves.
    package static func value<Value: Decodable>(
        of outcome: Outcome, as type: Value.Type = Value.self, among errors: [any StorableError.Type]
    ) throws -> Value {
        switch outcome.kind {
        case .failure: throw error(from: outcome.bytes, among: errors)
        case .tombstone: throw OnceError.notRetained(outcome.bytes)
        case .success:
            do {
                return try decode(type, from: outcome.bytes)
            } catch {
                throw OnceError(
                    .undecodable, "The stored result does not decode as \(type). The operation took effect.",
                    retry: .never, cause: error)
            }
        }
    }

    /// The outcome of an operation that succeeded. It took effect, so that a result that cannot be encoded leaves a
    /// tombstone, never an error.
    static func outcome(of value: some Encodable) -> Outcome {
        do {
            return Outcome(.success, try encode(value))
        } catch {
            return Outcome(.tombstone, Array("The result could not be encoded.".utf8))
        }
    }

    /// A stored error: its type by name, and its JSON form or its description.
    struct Failed: Codable {
        var type: String
        var storable: Bool
        var text: String
    }

    static func outcome(of error: any Error) throws -> Outcome {
        let type = String(reflecting: Swift.type(of: error))
        let failed =
            if let storable = error as? any StorableError {
                Failed(type: type, storable: true, text: String(decoding: try encode(storable), as: UTF8.self))
            } else {
                Failed(type: type, storable: false, text: String(describing: error))
            }
        return Outcome(.failure, try encode(failed))
    }

    static func error(from bytes: [UInt8], among types: [any StorableError.Type]) -> any Error {
        guard let failed = try? decode(Failed.self, from: bytes) else {
            return OnceError(.undecodable, "The stored error cannot be read.", retry: .never)
        }
        for type in types where failed.storable && String(reflecting: type) == failed.type {
            if let error = try? decode(type, from: Array(failed.text.utf8)) { return error }
        }
        return StoredFailure(type: failed.type, description: failed.text)
    }
}

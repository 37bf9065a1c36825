import Foundation

/// A value of an attribute, as far as records have them: a text, a number, or bytes.
enum AttributeValue: Hashable, Sendable {
    case text(String)
    /// Numbers travel as decimal digits, so that all bits survive.
    case number(String)
    case bytes([UInt8])

    static func number(_ number: some BinaryInteger) -> AttributeValue { .number(String(number)) }

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }

    func integer<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number? {
        if case .number(let digits) = self { Number(digits) } else { nil }
    }

    /// What it counts towards the size of an item: numbers take a byte for two digits, and two more.
    var size: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .number(let digits): (digits.utf8.count + 1) / 2 + 2
        case .bytes(let bytes): bytes.count
        }
    }
}

extension AttributeValue: Codable {
    private enum CodingKeys: String, CodingKey {
        case text = "S"
        case number = "N"
        case bytes = "B"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let text = try container.decodeIfPresent(String.self, forKey: .text) {
            self = .text(text)
        } else if let digits = try container.decodeIfPresent(String.self, forKey: .number) {
            self = .number(digits)
        } else {
            // A value of another kind is nobody's here: kept as nothing, so that a record that has it is refused.
            let data = try container.decodeIfPresent(Data.self, forKey: .bytes)
            self = .bytes(data.map { Array($0) } ?? [])
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .text(let text): try container.encode(text, forKey: .text)
        case .number(let digits): try container.encode(digits, forKey: .number)
        case .bytes(let bytes): try container.encode(Data(bytes), forKey: .bytes)
        }
    }
}

/// The attributes of an item by their names.
typealias Item = [String: AttributeValue]

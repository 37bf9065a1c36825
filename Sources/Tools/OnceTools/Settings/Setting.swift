/// What a setting may be: how its text is read and what is allowed.
public struct Setting<Value: Sendable>: Sendable {
    /// What is allowed, in words.
    public let allowed: String
    private let read: @Sendable (String) throws -> Value?

    /// A kind of value.
    ///
    /// - Parameters:
    ///   - allowed: What is allowed, in words; ends an error message.
    ///   - read: Reads the text; `nil` or an error, whose description tells why, for what is not allowed.
    public init(_ allowed: String, _ read: @escaping @Sendable (String) throws -> Value?) {
        self.allowed = allowed
        self.read = read
    }

    /// Reads the text found at `place`.
    ///
    /// - Throws: `UsageError` that names place, value and what is allowed.
    public func value(of text: String, at place: SettingPlace) throws(UsageError) -> Value {
        let value: Value?
        do {
            value = try read(text)
        } catch {
            throw UsageError("\"\(text)\" is not allowed: \(error) Allowed: \(allowed).", at: place)
        }
        guard let value else { throw UsageError("\"\(text)\" is not allowed. Allowed: \(allowed).", at: place) }
        return value
    }
}

/// A text that stands for no value; says why.
struct Unreadable: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension Setting where Value == Duration {
    /// A duration within bounds.
    public static func duration(_ bounds: ClosedRange<Duration>) -> Setting {
        let (low, high) = (DurationText.format(bounds.lowerBound), DurationText.format(bounds.upperBound))
        return Setting("\(DurationText.allowed); from \(low) to \(high)") { text in
            guard let duration = DurationText.parse(text) else { return nil }
            guard bounds.contains(duration) else { throw Unreadable("it is out of bounds.") }
            return duration
        }
    }
}

extension Setting where Value == Int {
    /// A size within bounds, in bytes.
    public static func size(_ bounds: ClosedRange<Int>) -> Setting {
        let (low, high) = (SizeText.format(bounds.lowerBound), SizeText.format(bounds.upperBound))
        return Setting("\(SizeText.allowed); from \(low) to \(high)") { text in
            guard let size = SizeText.parse(text) else { return nil }
            guard bounds.contains(size) else { throw Unreadable("it is out of bounds.") }
            return size
        }
    }

    /// A whole number within bounds.
    public static func number(_ bounds: ClosedRange<Int>) -> Setting {
        Setting("a whole number from \(bounds.lowerBound) to \(bounds.upperBound)") { text in
            Int(text).flatMap { bounds.contains($0) ? $0 : nil }
        }
    }
}

extension Setting where Value == Bool {
    /// `true` or `false`.
    public static var bool: Setting {
        Setting("true or false") { ["true": true, "false": false][$0] }
    }

    /// `on` or `off`; YAML takes these words for `true` and `false`, which mean the same here.
    public static var onOff: Setting {
        Setting("on or off") { ["on": true, "off": false, "true": true, "false": false][$0] }
    }
}

extension Setting where Value == String {
    /// Any text but the empty one.
    public static func text(_ what: String) -> Setting {
        Setting(what) { $0.isEmpty ? nil : $0 }
    }
}

extension Setting where Value == ListenAddress {
    /// `HOST:PORT`.
    public static var address: Setting {
        Setting(ListenAddress.allowed) { ListenAddress($0) }
    }
}

extension Setting where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of a few words.
    public static var word: Setting {
        Setting(Value.allCases.map(\.rawValue).joined(separator: ", ")) { Value(rawValue: $0) }
    }
}

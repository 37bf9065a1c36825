/// The text of a setting and where it was written.
public struct SettingText: Hashable, Sendable {
    /// As written.
    public let text: String
    /// Where.
    public let place: SettingPlace
}

/// Something that settings are looked up in by the name of their option.
public protocol SettingLookup {
    /// The texts of an option in order; empty when it is not set.
    ///
    /// - Throws: `UsageError` when it is set to something that is no text.
    func texts(_ name: String) throws(UsageError) -> [SettingText]
}

extension SettingLookup {
    /// The value of an option, or `nil` when it is not set.
    ///
    /// - Throws: `UsageError` when the value is not allowed, or there are several.
    public func value<Value>(_ name: String, _ setting: Setting<Value>) throws(UsageError) -> Value? {
        let texts = try texts(name)
        guard let first = texts.first else { return nil }
        guard texts.count == 1 else {
            throw UsageError("There is more than one value. Allowed: \(setting.allowed).", at: texts[1].place)
        }
        return try setting.value(of: first.text, at: first.place)
    }

    /// The values of an option that may have several, or `nil` when it is not set.
    ///
    /// - Throws: `UsageError` when a value is not allowed.
    public func values<Value>(_ name: String, _ setting: Setting<Value>) throws(UsageError) -> [Value]? {
        let texts = try texts(name)
        guard !texts.isEmpty else { return nil }
        var values: [Value] = []
        for text in texts { values.append(try setting.value(of: text.text, at: text.place)) }
        return values
    }

    /// Where an option is set; `.standard` when it is not.
    public func place(_ name: String) throws(UsageError) -> SettingPlace {
        try texts(name).first?.place ?? .standard
    }
}

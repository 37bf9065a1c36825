/// A rule, ready for use. A reference, so that handing it on costs nothing.
public final class Route: Sendable {
    /// The methods it is about, in upper case.
    public let methods: [String]
    /// The paths it is about.
    public let path: PathPattern
    /// What holds for them.
    public let settings: RouteSettings

    init(methods: [String], path: PathPattern, settings: RouteSettings) {
        self.methods = methods
        self.path = path
        self.settings = settings
    }

    func matches(_ method: String, _ path: PathSegments?) -> Bool {
        guard methods.contains(where: { FieldName.areEqual($0, method) }) else { return false }
        guard let path else { return true }
        return self.path.matches(path)
    }
}

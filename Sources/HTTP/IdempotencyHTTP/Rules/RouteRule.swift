/// What holds for the requests of some routes.
public struct RouteRule: Sendable {
    /// The methods it is about, in upper case; POST and PATCH when empty.
    public var methods: [String]
    /// The paths it is about.
    public var path: PathPattern
    /// What holds for them.
    public var settings: RouteSettings

    /// The methods that are guarded unless rules say otherwise: those that are neither safe nor idempotent.
    public static let standardMethods = ["POST", "PATCH"]
    /// The methods that a rule may name.
    public static let guardableMethods = ["POST", "PATCH", "PUT", "DELETE"]

    /// A rule with whole settings.
    public init(methods: [String] = [], path: PathPattern, settings: RouteSettings) {
        self.methods = methods
        self.path = path
        self.settings = settings
    }

    /// A rule: the defaults with some things changed.
    public init(
        _ methods: String..., path: String, from defaults: RouteSettings = RouteSettings(),
        _ change: (inout RouteSettings) -> Void
    ) throws(RuleError) {
        var settings = defaults
        change(&settings)
        self.init(methods: methods, path: try PathPattern(path), settings: settings)
    }
}

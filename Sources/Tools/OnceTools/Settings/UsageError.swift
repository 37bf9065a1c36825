/// The program was started in a wrong way: an unknown option, a value that is not allowed. Exit code 2.
public struct UsageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where the mistake is; `nil` when it is nowhere in particular.
    public let place: SettingPlace?
    /// What is wrong and what is allowed.
    public let message: String

    /// A mistake at this place.
    public init(_ message: String, at place: SettingPlace? = nil) {
        self.place = place
        self.message = message
    }

    /// A name that is not known, with what is allowed and what was probably meant.
    public static func unknown(
        _ kind: String, _ name: String, allowed: [String], at place: SettingPlace? = nil
    ) -> UsageError {
        let guess = Suggestion.nearest(to: name, among: allowed).map { " Did you mean \($0)?" } ?? ""
        return UsageError("\"\(name)\" is no \(kind).\(guess) Allowed: \(allowed.joined(separator: ", ")).", at: place)
    }

    /// Place and message.
    public var description: String {
        place.map { "\($0): \(message)" } ?? message
    }
}

/// Where a setting was written.
public enum SettingPlace: Hashable, Sendable, CustomStringConvertible {
    /// On the command line.
    case flag(String)
    /// In the environment.
    case environment(String)
    /// In a file; the line counts from 1, the option is a path like `routes[0].lease`.
    case file(path: String, line: Int, option: String)
    /// Nowhere: the program's own default.
    case standard

    /// `--lease`, `ONCE_GATEWAY_LEASE` or `once.yaml:7: lease`.
    public var description: String {
        switch self {
        case .flag(let name): "--\(name)"
        case .environment(let name): name
        case .file(let path, let line, let option): option.isEmpty ? "\(path):\(line)" : "\(path):\(line): \(option)"
        case .standard: "default"
        }
    }
}

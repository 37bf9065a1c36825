/// A pattern for paths: `/payments`, `/payments/{id}/capture`, `/files/**`.
///
/// Segments are compared one by one: a literal, `{name}` or `*` for any one segment, and `**` at the end for any number
/// of them. Before that the path is read as a lenient upstream would read it (percent-decoded, without empty and dot
/// segments), so that another spelling of a route does not slip past its rule. Letter case counts.
public struct PathPattern: Hashable, Sendable, CustomStringConvertible {
    private enum Segment: Hashable, Sendable {
        case literal([UInt8])
        case any
    }

    /// The pattern as written.
    public let description: String
    private let segments: [Segment]
    private let takesRest: Bool

    /// Reads a pattern.
    ///
    /// - Throws: `RuleError.badPattern` when it does not begin with a slash, or `**` is not its last segment.
    public init(_ pattern: String) throws(RuleError) {
        guard pattern.utf8.first == 0x2F else { throw .badPattern(pattern) }
        description = pattern
        var parts = pattern[...].split(on: 0x2F)
        takesRest = parts.last == "**"
        if takesRest { parts.removeLast() }
        var segments: [Segment] = []
        for part in parts {
            if part == "*" || part.utf8.first == 0x7B && part.utf8.last == 0x7D {
                segments.append(.any)
            } else if part.utf8.contains(where: { [0x2A, 0x7B, 0x7D, 0x3F].contains($0) }) {
                throw .badPattern(pattern)
            } else {
                guard let literal = PercentEncoding.decode(part) else { throw .badPattern(pattern) }
                segments.append(.literal(literal))
            }
        }
        self.segments = segments
    }

    /// Every path.
    public static let all = PathPattern(everything: ())

    private init(everything: ()) {
        description = "/**"
        segments = []
        takesRest = true
    }

    /// Whether `path` fits.
    public func matches(_ path: some StringProtocol) -> Bool {
        matches(PathSegments(path))
    }

    func matches(_ path: PathSegments) -> Bool {
        let parts = path.segments
        guard takesRest ? parts.count >= segments.count : parts.count == segments.count else { return false }
        for (segment, part) in zip(segments, parts) {
            if case .literal(let literal) = segment, !literal.elementsEqual(part) { return false }
        }
        return true
    }
}

/// A path as a lenient upstream reads it: percent-decoded, without empty and dot segments.
struct PathSegments {
    private(set) var segments: [[UInt8]] = []

    init(_ path: some StringProtocol) {
        for part in Substring(path).split(on: 0x2F) {
            let decoded = PercentEncoding.decode(part) ?? Array(part.utf8)
            switch decoded {
            case [0x2E]: continue
            case [0x2E, 0x2E]: _ = segments.popLast()
            default: segments.append(decoded)
            }
        }
    }
}

/// A value in a configuration file, with the line that it stands on.
public struct ConfigurationNode: Hashable, Sendable {
    /// What kind of value it is.
    public enum Content: Hashable, Sendable {
        /// A text, a number, a word: everything that is no list and no map, as written.
        case scalar(String)
        /// A list.
        case list([ConfigurationNode])
        /// Names and their values, in order.
        case map([Member])
    }

    /// A name and its value.
    public struct Member: Hashable, Sendable {
        /// The name.
        public let name: String
        /// The line that the name stands on, from 1.
        public let line: Int
        /// Its value.
        public let value: ConfigurationNode
    }

    /// The value.
    public let content: Content
    /// The line that it begins on, from 1.
    public let line: Int

    /// The scalar, or the scalars of the list; `nil` for a map or a list of other things.
    var texts: [(text: String, line: Int)]? {
        switch content {
        case .scalar(let text): return [(text, line)]
        case .map: return nil
        case .list(let items):
            var texts: [(String, Int)] = []
            for item in items {
                guard case .scalar(let text) = item.content else { return nil }
                texts.append((text, item.line))
            }
            return texts
        }
    }
}

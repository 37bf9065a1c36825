import Foundation
import Yams

/// A configuration file: option names with their values at the top, and routes.
public struct ConfigurationFile: Sendable {
    /// The path as it was given, for messages.
    public let path: String
    /// What stands at the top level.
    public let root: ConfigurationSection

    /// Reads a file.
    ///
    /// - Throws: `UsageError` that names file and line.
    public init(path: String) throws(UsageError) {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw UsageError(
                "The configuration file \(path) cannot be read: "
                    + (FileManager.default.fileExists(atPath: path)
                        ? "it is no readable UTF-8 text." : "there is no such file."),
                at: .flag("config"))
        }
        try self.init(text: text, path: path)
    }

    /// Reads the text of a file; `path` is for messages only.
    ///
    /// - Throws: `UsageError` that names file and line.
    public init(text: String, path: String) throws(UsageError) {
        self.path = path
        let node: Node?
        do {
            node = try compose(yaml: text, .basic)
        } catch let error as YamlError {
            throw Self.usageError(error, path: path)
        } catch {
            throw UsageError("\(error)", at: .file(path: path, line: 1, option: ""))
        }
        let empty = ConfigurationNode(content: .map([]), line: 1)
        let tree = try node.map { node throws(UsageError) in try Self.tree(node, path: path) } ?? empty
        root = try ConfigurationSection(Self.isNothing(tree) ? empty : tree, path: path, name: "")
    }

    private static func isNothing(_ tree: ConfigurationNode) -> Bool {
        tree.content == .scalar("")
    }

    private static func tree(_ node: Node, path: String) throws(UsageError) -> ConfigurationNode {
        let line = node.mark?.line ?? 1
        switch node {
        case .scalar(let scalar): return ConfigurationNode(content: .scalar(scalar.string), line: line)
        case .sequence(let sequence):
            var items: [ConfigurationNode] = []
            for item in sequence { items.append(try tree(item, path: path)) }
            return ConfigurationNode(content: .list(items), line: line)
        case .mapping(let mapping):
            var members: [ConfigurationNode.Member] = []
            for (key, value) in mapping {
                guard case .scalar(let name) = key else {
                    throw UsageError("A name must be a plain text.", at: .file(path: path, line: line, option: ""))
                }
                members.append(
                    .init(name: name.string, line: key.mark?.line ?? line, value: try tree(value, path: path)))
            }
            return ConfigurationNode(content: .map(members), line: line)
        case .alias:
            throw UsageError("Aliases are not supported.", at: .file(path: path, line: line, option: ""))
        }
    }

    private static func usageError(_ error: YamlError, path: String) -> UsageError {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let reason = context.map { "\($0.text) (line \($0.mark.line)): \(problem)" } ?? problem
            return UsageError("This is no YAML: \(reason).", at: .file(path: path, line: mark.line, option: ""))
        case .duplicatedKeysInMapping(let names, let context):
            let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
            return UsageError(
                "\(list) is there more than once.", at: .file(path: path, line: context.mark.line, option: ""))
        default:
            return UsageError("This is no YAML: \(error)", at: .file(path: path, line: 1, option: ""))
        }
    }
}

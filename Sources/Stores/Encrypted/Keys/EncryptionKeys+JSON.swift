import Crypto
import Foundation

// The file of keys is one JSON document:
//
//   {
//     "version": 1,
//     "active": "2026-11",
//     "plaintext": "refuse",
//     "names": "…32 bytes in Base64…",
//     "keys": [
//       {"id": "2026-10", "fingerprints": "…", "scopes": [{"path": "0110…", "secret": "…"}]},
//       {"id": "2026-11", "secret": "…32 bytes in Base64…"}
//     ]
//   }
//
// A key has either a secret or, after a scope was shredded, what is left of it: the secret of its fingerprints, and
// the nodes of its tree of scopes with the steps that lead to them.

extension EncryptionKeys {
    static let version = 1

    private struct Document: Codable {
        struct Key: Codable {
            struct Node: Codable {
                var path: String
                var secret: String
            }

            var id: String
            var secret: String?
            var fingerprints: String?
            var scopes: [Node]?
        }

        var version: Int
        var active: String
        var plaintext: String?
        var names: String
        var keys: [Key]
    }

    /// Reads the text of a file of keys.
    ///
    /// - Throws: `EncryptionKeyError` that says what is wrong, without a secret.
    public init(json: [UInt8]) throws(EncryptionKeyError) {
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: Data(json))
        } catch let error as DecodingError {
            throw EncryptionKeyError("This is no file of keys: \(Self.reason(error)).")
        } catch {
            throw EncryptionKeyError("This is no file of keys.")
        }
        guard document.version == Self.version else {
            throw EncryptionKeyError(
                "The file of keys has version \(document.version), which this program does not know. Allowed: "
                    + "\(Self.version).")
        }
        guard let plaintext = Plaintext(rawValue: document.plaintext ?? Plaintext.refuse.rawValue) else {
            throw EncryptionKeyError(
                "plaintext: \"\(document.plaintext ?? "")\" is not allowed. Allowed: "
                    + Plaintext.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        }
        var keys: [EncryptionKey] = []
        for key in document.keys { keys.append(try Self.key(key)) }
        try self.init(
            keys: keys, activeID: document.active, plaintext: plaintext,
            names: try Self.secret(document.names, "names"))
    }

    /// The text of the file.
    public var json: [UInt8] {
        let document = Document(
            version: Self.version, active: activeID, plaintext: plaintext.rawValue,
            names: names.key.text, keys: keys.map(Self.document))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(document) else {
            preconditionFailure("texts and numbers have a JSON form")
        }
        return Array(data) + [0x0A]
    }

    private static func document(_ key: EncryptionKey) -> Document.Key {
        if let secret = key.secret { return .init(id: key.id, secret: secret.text) }
        let nodes = key.scopes.secrets.map { place, secret in
            Document.Key.Node(path: place.steps, secret: secret.text)
        }
        return .init(
            id: key.id, fingerprints: key.fingerprints.key.text, scopes: nodes.sorted { $0.path < $1.path })
    }

    private static func key(_ key: Document.Key) throws(EncryptionKeyError) -> EncryptionKey {
        try check(key.id)
        let name = "key \"\(key.id)\""
        switch (key.secret, key.fingerprints, key.scopes) {
        case (let secret?, nil, nil): return EncryptionKey(id: key.id, secret: try Self.secret(secret, name))
        case (nil, let fingerprints?, let nodes?):
            var secrets: [ScopeTree.Place: SymmetricKey] = [:]
            for node in nodes {
                guard let place = ScopeTree.Place(steps: node.path) else {
                    throw EncryptionKeyError(
                        "\(name): \"\(node.path)\" is no path. Allowed: up to \(ScopeTree.depth) times 0 or 1.")
                }
                secrets[place] = try secret(node.secret, name)
            }
            return EncryptionKey(
                id: key.id, fingerprints: try secret(fingerprints, name), scopes: ScopeTree(secrets: secrets))
        default:
            throw EncryptionKeyError("\(name): either \"secret\", or \"fingerprints\" and \"scopes\" must be there.")
        }
    }

    private static func secret(_ text: String, _ name: String) throws(EncryptionKeyError) -> SymmetricKey {
        guard let data = Data(base64Encoded: text), data.count == 32 else {
            throw EncryptionKeyError("\(name): its secret must be 32 bytes in Base64 (44 characters).")
        }
        return SymmetricKey(data: data)
    }

    private static func reason(_ error: DecodingError) -> String {
        func place(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }
        return switch error {
        case .keyNotFound(let key, let context): "\"\(place(context.codingPath + [key]))\" is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\"\(place(context.codingPath))\" is not what it should be"
        case .dataCorrupted: "it is no JSON"
        @unknown default: "it cannot be read"
        }
    }
}

extension SymmetricKey {
    fileprivate var text: String { Data(bytes).base64EncodedString() }
}

extension ScopeTree.Place {
    /// The steps from the root: `0` to the left, `1` to the right.
    var steps: String {
        String((0..<depth).map { (path >> UInt64(ScopeTree.depth - 1 - $0)) & 1 == 1 ? "1" : "0" })
    }

    /// Reads steps; `nil` if they are none.
    init?(steps: String) {
        guard steps.utf8.count <= ScopeTree.depth, steps.utf8.allSatisfy({ $0 == 0x30 || $0 == 0x31 }) else {
            return nil
        }
        var path: UInt64 = 0
        for (index, step) in steps.utf8.enumerated() where step == 0x31 {
            path |= 1 << UInt64(ScopeTree.depth - 1 - index)
        }
        self.init(towards: path, depth: steps.utf8.count)
    }
}

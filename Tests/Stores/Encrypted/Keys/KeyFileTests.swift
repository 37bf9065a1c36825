import Foundation
import StoreTestParts
import Testing

@testable import IdempotencyEncrypted

@Suite("The file of keys")
struct KeyFileTests {
    private let directory: TestDirectory
    private let file: EncryptionKeyFile

    init() throws {
        directory = try TestDirectory()
        file = EncryptionKeyFile(path: directory.file("keys.json"))
    }

    private func write(_ text: String, mode: Int = 0o600) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file.path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    }

    private static func document(
        keys: String, active: String = "a", version: Int = 1, names: String = secret, rest: String = ""
    ) -> String {
        "{\"version\": \(version), \"active\": \"\(active)\", \"names\": \"\(names)\", \(rest)\"keys\": [\(keys)]}"
    }

    private static let secret = Data(repeating: 7, count: 32).base64EncodedString()
    private static let key = "{\"id\": \"a\", \"secret\": \"\(secret)\"}"

    @Test("What is written is read back: keys, the active one, what was shredded")
    func roundTrip() throws {
        try file.create(try EncryptionKeys(generating: "2026-11"))
        try file.change { keys throws(EncryptionKeyError) in
            try keys.generate("2026-12")
            _ = keys.shred(scope: "tenant-1")
            try keys.generate("2027-01")
            keys.plaintext = .accept
        }
        let keys = try file.read()
        #expect(keys.keys.map(\.id) == ["2026-11", "2026-12", "2027-01"] && keys.activeID == "2027-01")
        #expect(keys.plaintext == .accept)
        let again = try EncryptionKeys(json: keys.json)
        for (a, b) in zip(keys.keys, again.keys) {
            #expect(a.scopes == b.scopes && a.fingerprints == b.fingerprints && a.secret == b.secret)
        }
        #expect(again.belongsTogether(with: keys))
        for name in ["tenant-1", "tenant-2", ""] {
            let scope = ScopeName(name, names: keys.names)
            #expect(keys.keys.map { $0.key(of: scope) } == again.keys.map { $0.key(of: scope) })
            #expect((keys.keys[0].key(of: scope) == nil) == (name == "tenant-1"))
        }
    }

    @Test("It is made for its owner alone, and never over one that is there")
    func creation() throws {
        try file.create(try EncryptionKeys(generating: "a"))
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let before = try file.read().json
        #expect(throws: EncryptionKeyError.self) { try file.create(try EncryptionKeys(generating: "b")) }
        #expect(try file.read().json == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["keys.json"])
    }

    @Test("One that others may read or write is refused", arguments: [0o640, 0o604, 0o620, 0o602, 0o644, 0o660, 0o610])
    func permissions(mode: Int) throws {
        try write(Self.document(keys: Self.key), mode: mode)
        #expect {
            try file.read()
        } throws: { error in
            "\(error)".contains(file.path) && "\(error)".contains("mode \(String(mode, radix: 8))")
        }
    }

    @Test("One that its owner alone may read is taken, also through a link", arguments: [0o600, 0o400])
    func owner(mode: Int) throws {
        try write(Self.document(keys: Self.key), mode: mode)
        let link = EncryptionKeyFile(path: directory.file("link"))
        try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: file.path)
        #expect(try link.read().activeID == "a")
    }

    @Test(
        "What is no file of keys is refused, with what is wrong and without a secret",
        arguments: [
            ("", "no JSON"), ("[]", "not what it should be"), ("{}", "is missing"),
            (document(keys: key, version: 2), "version 2"), (document(keys: key, active: "b"), "\"b\" is not among"),
            (document(keys: ""), "is not among"), (document(keys: key + "," + key), "same id"),
            (document(keys: "{\"id\": \"a\"}"), "either \"secret\""),
            (document(keys: "{\"id\": \"a b\", \"secret\": \"\(secret)\"}"), "no id of a key"),
            (document(keys: "{\"id\": \"a\", \"secret\": \"c2hvcnQ=\"}"), "32 bytes"),
            (document(keys: key, names: "c2hvcnQ="), "names: its secret must be 32 bytes"),
            (document(keys: key, rest: "\"plaintext\": \"maybe\", "), "Allowed: refuse, accept"),
            (
                document(
                    keys:
                        "{\"id\": \"a\", \"fingerprints\": \"\(secret)\", \"scopes\": [{\"path\": \"012\", \"secret\": "
                        + "\"\(secret)\"}]}"), "\"012\" is no path"
            ),
        ])
    func refused(text: String, reason: String) throws {
        try write(text)
        #expect {
            try file.read()
        } throws: { error in
            let message = "\(error)"
            return message.contains(reason) && message.contains(file.path) && !message.contains(Self.secret)
        }
    }

    @Test("One that is not there is named")
    func missing() {
        #expect {
            try file.read()
        } throws: { error in
            "\(error)".contains(file.path) && "\(error)".contains("No such file")
        }
    }

    @Test("What is left of a shredded key is written whole")
    func remains() throws {
        var keys = try EncryptionKeys(generating: "a")
        _ = keys.shred(scope: "tenant-1")
        let again = try EncryptionKeys(json: keys.json)
        #expect(again.keys[0].scopes == keys.keys[0].scopes && again.keys[0].scopes.secrets.count == ScopeTree.depth)
    }

    @Test("The active key stays, and the others can be removed")
    func removal() throws {
        var keys = try EncryptionKeys(generating: "a")
        try keys.generate("b")
        #expect(throws: EncryptionKeyError.self) { try keys.remove("b") }
        try keys.remove("a")
        #expect(keys.keys.map(\.id) == ["b"])
    }

    @Test("A folder in its place is named as what it is")
    func folder() throws {
        let folder = EncryptionKeyFile(path: directory.file("folder"))
        try FileManager.default.createDirectory(
            atPath: folder.path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        #expect { try folder.read() } throws: { "\($0)".contains("no regular file") }
    }

    @Test("A scope and a key of the same name have pseudonyms that do not look alike")
    func kinds() throws {
        let names = try EncryptionKeys(generating: "a").names
        #expect(ScopeName("alice", names: names).text != Pseudonym.key("alice", names))
    }

    @Test("Two programs never change it at once, and what a failed change began is not kept")
    func changes() throws {
        try file.create(try EncryptionKeys(generating: "a"))
        let before = try file.read().json
        try file.change { _ throws(EncryptionKeyError) in
            #expect(throws: EncryptionKeyError.self) { try file.create(try EncryptionKeys(generating: "c")) }
            #expect(throws: EncryptionKeyError.self) { try file.change { $0.plaintext = .accept } }
        }
        #expect(throws: EncryptionKeyError.self) {
            try file.change { keys throws(EncryptionKeyError) in
                try keys.generate("b")
                try keys.generate("b")
            }
        }
        #expect(try file.read().json == before)
    }
}

import Foundation
package import Logging

/// A directory that is removed when the last reference to it goes.
package final class TestDirectory: Sendable {
    package let path: String

    package init() throws {
        path = NSTemporaryDirectory() + "once-store-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of a file in it.
    package func file(_ name: String = "once.db") -> String { path + "/" + name }
}

/// A logger that says nothing.
package let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

package import Logging
import Synchronization

/// A log that keeps everything that is said, at every level.
package final class Journal: LogHandler {
    private let lines = Mutex<[(level: Logger.Level, text: String)]>([])

    package init() {}

    /// What writes into it.
    package var logger: Logger { Logger(label: "test", factory: { _ in self }) }

    /// All of it.
    package var text: String { lines.withLock { $0.map(\.text).joined(separator: "\n") } }

    /// What was said as a warning.
    package var warnings: [String] { said(at: .warning) }

    /// What was said as an error.
    package var errors: [String] { said(at: .error) }

    private func said(at level: Logger.Level) -> [String] {
        lines.withLock { lines in lines.filter { $0.level == level }.map(\.text) }
    }

    package var logLevel: Logger.Level {
        get { .trace }
        set {}
    }

    package var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    package func log(event: LogEvent) {
        let text = "\(event.message) \(event.metadata ?? [:]) \(event.error as Any)"
        lines.withLock { $0.append((event.level, text)) }
    }
}

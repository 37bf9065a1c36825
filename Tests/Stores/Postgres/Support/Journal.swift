import Logging
import Synchronization

/// A log that keeps everything that is said, at every level.
final class Journal: LogHandler {
    private let lines = Mutex<[String]>([])

    /// All of it.
    var text: String { lines.withLock { $0.joined(separator: "\n") } }

    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        lines.withLock { $0.append("\(event.message) \(event.metadata ?? [:]) \(event.error as Any)") }
    }
}

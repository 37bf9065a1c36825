import Foundation

/// Standard output for results, standard error for everything else.
enum Output {
    /// Writes a result, at once.
    static func write(_ text: String) {
        // A reader that has gone away is no failure of ours.
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }

    /// Writes a line to standard error.
    static func error(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }
}

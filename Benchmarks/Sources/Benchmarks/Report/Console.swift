import Foundation

/// What a run says while it goes on; also a pipe gets every line at once.
enum Console {
    static func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

    static func warn(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

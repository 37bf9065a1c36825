import Foundation

/// The executables that the tests start.
enum Executable {
    /// `once`, as the build that made these tests made it.
    static var once: String {
        get throws {
            let folder = Bundle.main.bundleURL.path(percentEncoded: false)
            let candidates = [
                Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "once"),
                Bundle.main.bundleURL.appending(path: "once"),
                Bundle.main.bundleURL.deletingLastPathComponent().appending(path: "once"),
            ].compactMap { $0?.path(percentEncoded: false) }
            guard let found = candidates.first(where: FileManager.default.isExecutableFile(atPath:)) else {
                throw Missing(what: "The executable once is not beside the tests in \(folder); build it: swift build")
            }
            return found
        }
    }

    /// A program of Debian's, found by the search path.
    static func find(_ name: String, package: String) throws -> String {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
        let candidates = folders.map { "\($0)/\(name)" }
        guard let found = candidates.first(where: FileManager.default.isExecutableFile(atPath:)) else {
            throw Missing(what: "\(name) is not installed. Install Debian's package: apt-get install \(package)")
        }
        return found
    }

    struct Missing: Error, CustomStringConvertible {
        var what: String
        var description: String { what }
    }
}

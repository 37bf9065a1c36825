import Foundation

/// The folder that holds the demonstration's files.
struct DemoFolder: Sendable {
    let url: URL
    private let isTemporary: Bool

    /// Makes the folder, with access for its owner only.
    ///
    /// - Parameter path: The folder to make and keep, or nil for a temporary one.
    /// - Throws: ``DemoError/folder(path:cause:)``.
    init(path: String?) throws(DemoError) {
        isTemporary = path == nil
        url =
            path.map { URL(filePath: $0, directoryHint: .isDirectory) }
            ?? FileManager.default.temporaryDirectory.appending(
                path: "once-demo-\(UUID().uuidString)", directoryHint: .isDirectory)
        do {
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .folder(path: url.path(percentEncoded: false), cause: error)
        }
    }

    /// The database file of the payments service.
    var ledgerPath: String { path(of: "ledger.db") }
    /// The database file of the gateway's store.
    var storePath: String { path(of: "once.db") }

    /// Removes the folder with all that is in it, if it is a temporary one.
    func remove() {
        if isTemporary { try? FileManager.default.removeItem(at: url) }
    }

    private func path(of name: String) -> String {
        url.appending(path: name, directoryHint: .notDirectory).path(percentEncoded: false)
    }
}

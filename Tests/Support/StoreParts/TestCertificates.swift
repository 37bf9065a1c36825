import Foundation

/// Certificates of a test's own, those of the black-box scripts: the authorities `ca` and `stranger`, `server` for
/// localhost and `elsewhere` for server.test, the clients `alice` and `bob` of the first, `mallory` of the second.
package struct TestCertificates: Sendable {
    /// Their folder.
    package let folder: String

    /// Makes them in a folder.
    package init(in folder: String) async throws {
        self.folder = folder
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-euc", #"WORK=$1; source "$0""#, Self.script, folder]
        try process.run()
        let status = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                process.waitUntilExit()
                continuation.resume(returning: process.terminationStatus)
            }
        }
        guard status == 0 else { throw CertificatesMissing(status: status) }
    }

    /// The certificate of `name`.
    package func certificate(_ name: String) -> String { "\(folder)/\(name).pem" }

    /// The key of `name`.
    package func key(_ name: String) -> String { "\(folder)/\(name).key" }

    private static let script = #filePath.components(separatedBy: "/Support/")[0] + "/BlackBox/certificates.bash"
}

/// The certificates could not be made.
struct CertificatesMissing: Error {
    let status: Int32
}

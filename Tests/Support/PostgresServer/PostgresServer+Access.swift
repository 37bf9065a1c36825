import Foundation

extension PostgresServer {
    /// Who is let in, and how.
    package struct Access: Sendable {
        /// The lines of `pg_hba.conf`.
        package var rules: [String]
        /// The server's certificate and its key, and the authority of the clients' certificates, for TLS.
        package var certificates: (certificate: String, key: String, authority: String)?

        package init(_ rules: String..., certificates: (certificate: String, key: String, authority: String)?) {
            self.rules = rules
            self.certificates = certificates
        }

        /// Writes it into the folder of a cluster; the settings that go with it.
        func install(in folder: String) throws -> [String: String] {
            try rules.joined(separator: "\n").write(
                toFile: folder + "/pg_hba.conf", atomically: false, encoding: .utf8)
            guard let certificates else { return [:] }
            for (source, name) in [
                (certificates.certificate, "server.crt"), (certificates.key, "server.key"),
                (certificates.authority, "root.crt"),
            ] {
                let copy = "\(folder)/\(name)"
                try FileManager.default.copyItem(atPath: source, toPath: copy)
                try PostgresPrograms.giveAway(copy)
            }
            return ["ssl": "on", "ssl_ca_file": "root.crt"]
        }
    }

    /// What the server has logged since it was started.
    package var log: String { (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? "" }
}

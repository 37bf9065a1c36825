import CPostgres
import Idempotency

/// Where the server is and how to get in: a URL or a list of options as libpq reads them.
struct ServerAddress: Sendable {
    /// Hosts and database, without user and password, for messages.
    let name: String

    private let text: String
    private let hasSeveralHosts: Bool

    /// Reads an address.
    ///
    /// - Throws: `StoreError` that says what is wrong with it, without repeating it, as it may hold a password.
    init(_ text: String) throws(StoreError) {
        var message: UnsafeMutablePointer<CChar>?
        guard let parsed = PQconninfoParse(text, &message) else {
            PQfreemem(message)
            throw StoreError(
                .misuse,
                "The address of the PostgreSQL server cannot be read. Allowed: "
                    + "postgres://USER:PASSWORD@HOST:PORT,HOST2:PORT2/DATABASE?OPTION=VALUE, special characters "
                    + "percent-encoded, with the options of libpq (sslmode, target_session_attrs, …).",
                effect: .notApplied)
        }
        defer { PQconninfoFree(parsed) }
        var values: [String: String] = [:]
        var option = parsed
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        self.text = text
        let hosts = values["host"] ?? values["hostaddr"] ?? "the local socket"
        hasSeveralHosts = hosts.contains(",")
        let port = values["port"].map { ":\($0)" } ?? ""
        name = "\(hosts)\(port)/\(values["dbname"] ?? values["user"] ?? "")"
    }

    /// The options for a connection. What stands before the address is overruled by it, what stands behind overrules
    /// it.
    func options(connectTimeout seconds: Int) -> [(String, String)] {
        [
            ("fallback_application_name", "once"), ("connect_timeout", "\(seconds)"),
            // A server that vanished without a word is noticed within seconds.
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "15000"),
            // Of several hosts the one that takes writes; of one host what it is gets checked and named.
            ("target_session_attrs", hasSeveralHosts ? "primary" : "any"),
            ("dbname", text), ("client_encoding", "UTF8"),
        ]
    }
}

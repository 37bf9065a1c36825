import Foundation

/// `once gateway` in front of an upstream.
struct OnceGateway {
    let port: Int
    private let admin: String
    private let process: ServerProcess

    /// Starts one with its records in `store`, and the settings that are the defaults.
    init(store: String, upstream: Int, log: String, options: [String] = []) throws {
        process = try ServerProcess(
            try Executables.built("once"),
            [
                "gateway", "--upstream", "http://127.0.0.1:\(upstream)", "--listen", "127.0.0.1:0", "--admin",
                "127.0.0.1:0", "--store", store,
            ] + options, log: log, ready: "once gateway is ready")
        let addresses = process.announcement.split(separator: "http://").dropFirst()
            .map { String($0.prefix { !$0.isWhitespace }) }
        guard let address = addresses.first, let admin = addresses.last,
            let port = address.split(separator: ":").last.flatMap({ Int($0) })
        else { throw BenchmarkError("the gateway does not tell its addresses: \(process.announcement)") }
        self.port = port
        self.admin = admin
    }

    /// How many requests have ended in each way, by the gateway's own count.
    func outcomes() throws -> [String: Int] {
        let text = try Executables.output(of: try Executables.find("curl"), ["-fsS", "http://\(admin)/metrics"])
        var outcomes: [String: Int] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("idempotency_gateway_requests_total{") {
            let parts = line.split(separator: "\"")
            guard parts.count > 2, let count = line.split(separator: " ").last.flatMap({ Double($0) }) else { continue }
            outcomes[String(parts[1])] = Int(count)
        }
        return outcomes
    }

    /// The memory that it holds now and the most that it ever held, in bytes.
    var memory: (now: Int, peak: Int) { process.memory }

    func stop() { process.stop() }
}

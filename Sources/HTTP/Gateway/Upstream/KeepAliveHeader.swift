import IdempotencyHTTP
import NIOCore

/// The `Keep-Alive` header, by which a server says how long it keeps an unused connection.
enum KeepAliveHeader {
    /// The announced time, or `nil` when there is none.
    static func timeout(in headers: Headers) -> TimeAmount? {
        guard let value = headers["Keep-Alive"] else { return nil }
        for parameter in value.split(separator: ",") {
            let pair = parameter.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].filter({ $0 != " " }).lowercased() == "timeout" else { continue }
            return Int64(pair[1].filter { $0 != " " }).flatMap { (0...86_400).contains($0) ? .seconds($0) : nil }
        }
        return nil
    }
}

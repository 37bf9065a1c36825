/// Which parts of an answer are kept for retries, and what a replay says about itself.
public struct ReplayPolicy: Hashable, Sendable {
    /// The headers that are replayed unless a route adds more. `Content-Encoding` belongs to the body, which is kept as
    /// it was sent.
    public static let standardHeaders = [
        "Content-Type", "Content-Encoding", "Content-Language", "Content-Location", "Location", "ETag", "Last-Modified",
        "Link", "Vary",
    ]

    /// The headers that a browser needs in order to hand a replay to the page that asked.
    public static let crossOriginHeaders = [
        "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Expose-Headers",
    ]

    /// The headers that are replayed besides the standard ones. What `isNeverReplayed` names is not, though it be
    /// listed.
    public let additionalHeaders: [String]
    /// Whether the cross-origin headers are kept. Switch it off where a middleware in front adds them to every answer.
    public let keepsCrossOriginHeaders: Bool

    private let allowed: NameSet

    /// A policy: the standard headers and these.
    public init(additionalHeaders: [String] = [], keepsCrossOriginHeaders: Bool = true) {
        self.additionalHeaders = additionalHeaders
        self.keepsCrossOriginHeaders = keepsCrossOriginHeaders
        let names = Self.standardHeaders + (keepsCrossOriginHeaders ? Self.crossOriginHeaders : []) + additionalHeaders
        allowed = NameSet(names.filter { !Self.isNeverReplayed($0) })
    }

    /// Whether a header is kept and replayed.
    public func replays(_ name: String) -> Bool {
        allowed.contains(name)
    }

    /// What is kept of an answer.
    ///
    /// - Parameters:
    ///   - status: The final status.
    ///   - headers: All headers of the answer.
    ///   - body: The whole body, as it was sent.
    ///   - hasTrailers: Whether trailers followed the body; they are not kept.
    public func stored(
        status: Int, headers: Headers, body: ArraySlice<UInt8>, hasTrailers: Bool = false
    ) -> StoredResponse {
        var flags: StoredResponse.Flags = hasTrailers ? [.trailersStripped] : []
        let kept = headers.filtered { name, _ in
            if allowed.contains(name) { return true }
            if FieldName.areEqual(name, "Set-Cookie") || FieldName.areEqual(name, "Set-Cookie2") {
                flags.insert(.cookiesStripped)
            }
            return false
        }
        return StoredResponse(status: status, headers: kept, body: body, flags: flags)
    }

    /// The headers of a replay: what was kept, the marks of a replay and, where CORS is in use, leave to read them.
    /// `Content-Length` and `Date` are up to the server.
    ///
    /// - Parameters:
    ///   - response: What was kept.
    ///   - origin: The `Origin` of the request now. Cross-origin headers that were meant for another one are left out.
    public func replayHeaders(of response: StoredResponse, origin: String? = nil) -> Headers {
        var headers = response.headers
        if let allowed = headers["Access-Control-Allow-Origin"], allowed != "*", allowed != origin {
            for name in Self.crossOriginHeaders { headers.remove(name) }
        }
        headers.append(FieldName.replayed, "true")
        headers.append("Cache-Control", "no-store")
        var stripped: [String] = []
        if response.flags.contains(.cookiesStripped) { stripped.append("set-cookie") }
        if response.flags.contains(.trailersStripped) { stripped.append("trailer") }
        if !stripped.isEmpty { headers.append(FieldName.replayStripped, stripped.joined(separator: ", ")) }
        CrossOrigin.exposeReplayHeaders(in: &headers)
        return headers
    }
}

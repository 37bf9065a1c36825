/// The fields behind a body (RFC 9110 section 6.5).
public enum TrailerFields {
    /// The fields that may go on: without those that frame or route a message, change how a request is meant, carry
    /// credentials or control an answer, which do nothing behind a body but deceive whoever merges them into the header
    /// (RFC 9110 section 6.5.1), and without those of one connection and of this project's own parts.
    public static func forwarded(_ trailers: Headers) -> Headers {
        trailers.filtered { name, _ in !forbidden.contains(name) && FieldName.isToken(name) }
    }

    private static let forbidden = NameSet(
        HopByHop.names + HopByHop.protected + FieldName.internalNames + [
            "Accept", "Accept-Encoding", "Age", "Cache-Control", "Content-Language", "Content-Location",
            "Content-Range",
            "Date", "Expect", "Expires", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range",
            "If-Unmodified-Since", "Location", "Max-Forwards", "Pragma", "Range", "Retry-After", "Set-Cookie", "Vary",
            "Warning", "WWW-Authenticate",
        ])
}

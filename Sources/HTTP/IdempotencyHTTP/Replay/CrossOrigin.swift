/// What browsers must be told so that a page of another origin may read the headers of this project.
public enum CrossOrigin {
    /// Adds `Idempotent-Replayed` (and `Idempotency-Replay-Stripped`, when it is there) to
    /// `Access-Control-Expose-Headers`.
    ///
    /// Only where CORS is in use, that is where the answer has `Access-Control-Allow-Origin`. A `*` covers all headers,
    /// but for answers with credentials it means a header of that name (Fetch standard), so that names are added there.
    public static func exposeReplayHeaders(in headers: inout Headers) {
        guard headers.contains("Access-Control-Allow-Origin") else { return }
        let exposed = headers.tokens(of: "Access-Control-Expose-Headers").map(String.init)
        let hasCredentials = headers["Access-Control-Allow-Credentials"] == "true"
        if exposed.contains("*"), !hasCredentials { return }
        var missing = [FieldName.replayed]
        if headers.contains(FieldName.replayStripped) { missing.append(FieldName.replayStripped) }
        missing.removeAll { name in exposed.contains { FieldName.areEqual($0, name) } }
        guard !missing.isEmpty else { return }
        headers.set("Access-Control-Expose-Headers", (exposed + missing).joined(separator: ", "))
    }
}

/// Header names that an upstream could take for a significant one: CGI-like servers read `Idempotency_Key` as
/// `Idempotency-Key`.
public enum HeaderDisguise {
    /// Refuses requests that have a significant header under a name with underscores in the place of hyphens.
    ///
    /// - Parameters:
    ///   - headers: What the client sent.
    ///   - significant: More names than `HopByHop.protected` to look for.
    /// - Throws: `Refusal.forbiddenHeader` with the name that is disguised.
    public static func check(_ headers: Headers, significant: [String] = []) throws(Refusal) {
        guard headers.firstFlaw({ name, _ in name.contains(0x5F) ? true : nil }) != nil else { return }
        for field in headers where field.name.utf8.contains(0x5F) {
            let plain = String(decoding: field.name.utf8.map { $0 == 0x5F ? 0x2D : $0 }, as: UTF8.self)
            let framing = ["Transfer-Encoding"]
            for name in HopByHop.protected + framing + significant
            where FieldName.areEqual(plain, name) && !field.isNamed(name) {
                throw .forbiddenHeader(name)
            }
        }
    }
}

/// The demonstration's page, embedded in the executable.
enum Page {
    /// One document with its style and its script inside, so that a crash of the service cannot cut it in half.
    static let document = text(PackageResources.page_html)
        .replacing("/* page.css */", with: text(PackageResources.page_css))
        .replacing("/* page.js */", with: text(PackageResources.page_js))

    /// Nothing comes from elsewhere and nothing goes elsewhere.
    static let contentSecurityPolicy = """
        default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; \
        connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}

#if !WITHOUT_SETTINGS
import IdempotencyGateway
import IdempotencyHTTP
import OnceTools

/// What was read can be written and read again, and means the same.
enum SettingsProperty {
    static func check(_ bytes: [UInt8]) throws(FuzzProperty.Violation) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let duration = DurationText.parse(text), DurationText.parse(DurationText.format(duration)) != duration {
            throw .init("a duration changes: \(text)")
        }
        if let size = SizeText.parse(text), SizeText.parse(SizeText.format(size)) != size {
            throw .init("a size changes: \(text)")
        }
        if let origin = try? Origin(url: text), (try? Origin(url: origin.description)) != origin {
            throw .init("an origin changes: \(text)")
        }
        if let url = try? ReconciliationURL(url: text), (try? ReconciliationURL(url: url.description)) != url {
            throw .init("a URL changes: \(text)")
        }
        _ = try? StoreURL(text)
        _ = try? PathPattern(text)
        _ = try? JSONPointer(text)
        _ = ListenAddress(text)
    }
}
#endif

import Idempotency
import NIOSSL

/// Whom a certificate names: the subject together with the subject alternative names (RFC 5280 sections 4.1.2.6 and
/// 4.2.1.6), the same after the certificate was renewed for the same names.
///
/// Both, as either alone may be the same for many: a workload identity often stands in the alternative names, under one
/// subject for all.
enum CertificateNames {
    /// A digest of the names, or `nil` when the certificate names nobody.
    static func digest(of certificate: NIOSSLCertificate) -> String? {
        guard let bytes = try? certificate.toDERBytes() else { return nil }
        return digest(ofCertificate: bytes[...])
    }

    /// The same for a certificate in DER form that has been verified.
    static func digest(ofCertificate bytes: ArraySlice<UInt8>) -> String? {
        var outer = DERReader(bytes)
        guard let certificate = outer.next(DERReader.sequence) else { return nil }
        var inner = DERReader(certificate)
        guard let signed = inner.next(DERReader.sequence) else { return nil }
        var fields = DERReader(signed)
        _ = fields.next(DERReader.version)
        // Serial number, signature algorithm, issuer, validity.
        guard fields.next(DERReader.integer) != nil, fields.next(DERReader.sequence) != nil,
            fields.next(DERReader.sequence) != nil, fields.next(DERReader.sequence) != nil,
            let subject = fields.next(DERReader.sequence), fields.next(DERReader.sequence) != nil
        else { return nil }
        let alternatives = alternativeNames(in: &fields)
        guard !subject.isEmpty || alternatives != nil else { return nil }
        var hasher = FingerprintHasher()
        hasher.update(field: subject)
        hasher.update(field: alternatives ?? [])
        return hasher.finalize().digest.description
    }

    private static func alternativeNames(in fields: inout DERReader) -> ArraySlice<UInt8>? {
        while let (tag, content) = fields.next() {
            guard tag == DERReader.extensions else { continue }
            var wrapper = DERReader(content)
            guard let list = wrapper.next(DERReader.sequence) else { return nil }
            var extensions = DERReader(list)
            while let entry = extensions.next(DERReader.sequence) {
                var parts = DERReader(entry)
                guard parts.next(DERReader.objectIdentifier) == subjectAltName else { continue }
                _ = parts.next(DERReader.boolean)
                return parts.next(DERReader.octetString)
            }
        }
        return nil
    }

    /// 2.5.29.17
    private static let subjectAltName: ArraySlice<UInt8> = [0x55, 0x1D, 0x11]
}

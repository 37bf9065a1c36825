/// Why a body has no canonical form; it is then compared by its bytes.
public enum JSONRejection: Error, Hashable, Sendable {
    /// It is no JSON text (RFC 8259), or it ends early; the offset is in bytes.
    case syntax(offset: Int)
    /// A string is not UTF-8.
    case notUTF8(offset: Int)
    /// A `\u` escape names half of a surrogate pair.
    case loneSurrogate(offset: Int)
    /// An object that ends at this offset has a member twice.
    case duplicateMember(offset: Int)
    /// The exponent of a number has more than 18 digits.
    case exponentTooLong(offset: Int)
    /// Arrays and objects are nested deeper than the limit.
    case tooDeep(offset: Int)
    /// It has more bytes than the limit.
    case tooLarge
}

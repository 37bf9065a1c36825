/// One spelling for every JSON text that means the same.
///
/// Members are ordered by the UTF-16 code units of their names, white space goes, strings are unescaped and escaped
/// again in the shortest way (RFC 8785). Numbers keep their exact decimal value, whatever their size: `1.0`, `1` and
/// `10e-1` are one number, 9007199254740993 and 9007199254740992 are two. A text that two parsers could read
/// differently (a member twice, half a surrogate pair, bytes that are not UTF-8) has no canonical form.
public enum CanonicalJSON {
    /// How much is read.
    public struct Limits: Hashable, Sendable {
        /// Arrays and objects inside one another; 64 is more than any API nests, and bounds the stack.
        public var depth = 64
        /// The size of the text in bytes; 8 MiB, above the usual limit on request bodies.
        public var size = 8 << 20

        /// The default limits.
        public init() {}
    }

    /// The canonical form of `text`.
    ///
    /// Takes time in proportion to the size of `text` times its depth, and memory in proportion to its size.
    ///
    /// - Parameters:
    ///   - text: A whole JSON text.
    ///   - pointers: The values to leave out; an array closes up around one.
    ///   - limits: How much is read.
    /// - Throws: `JSONRejection` when there is no canonical form.
    public static func bytes(
        of text: some Collection<UInt8>, leavingOut pointers: [JSONPointer] = [], limits: Limits = Limits()
    ) throws(JSONRejection) -> [UInt8] {
        let tree = PointerTree(pointers, mark: .leaveOut)
        let bytes = Array(text)
        let result = bytes.withUnsafeBytes { raw in
            Result { () throws(JSONRejection) in try Self.bytes(of: raw, tree: tree, limits: limits) }
        }
        return try result.get()
    }

    static func bytes(
        of text: UnsafeRawBufferPointer, tree: PointerTree, limits: Limits
    ) throws(JSONRejection) -> [UInt8] {
        guard text.count <= limits.size else { throw .tooLarge }
        var writer = CanonicalWriter(input: text, tree: tree, maximumDepth: limits.depth)
        try writer.document()
        return writer.output
    }
}

extension JSONPointer {
    /// The canonical form of the value that this pointer names in `text`, or `nil` when there is none.
    func canonicalValue(
        in text: UnsafeRawBufferPointer, limits: CanonicalJSON.Limits = .init()
    ) throws(JSONRejection) -> [UInt8]? {
        guard text.count <= limits.size else { throw .tooLarge }
        let tree = PointerTree([self], mark: .capture)
        var writer = CanonicalWriter(input: text, tree: tree, maximumDepth: limits.depth)
        try writer.document()
        return writer.captured
    }
}

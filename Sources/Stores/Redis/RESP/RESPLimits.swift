/// How much a parser takes before it gives a connection up as broken.
package struct RESPLimits: Hashable, Sendable {
    /// How deep arrays lie in arrays. 16: nothing that this store asks for is answered deeper than 4.
    package var depth = 16
    /// The bytes of one string. 64 MiB: four times the largest record.
    package var string = 64 * 1024 * 1024
    /// The members of one array, set or map (both keys and values). 1,048,576: a page of a scan has a few hundred.
    package var members = 1 << 20
    /// The bytes of one line: of a simple text, an error, a number. 64 KiB: errors have a few hundred.
    package var line = 64 * 1024

    package init() {}
}

/// Sizes as people write them: `512KiB`, `1MiB`, `2GB`, `4096B`.
public enum SizeText {
    /// What is allowed, for error messages.
    public static let allowed =
        "a whole number with a unit: 4096B, 512KiB, 1MiB, 1GiB (or kB, MB, GB for powers of ten)"

    private static let units: [(name: String, bytes: Int)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000),
        ("B", 1),
    ]

    /// Reads a size in bytes; `nil` for anything else, a number without a unit and one that overflows included.
    public static func parse(_ text: some StringProtocol) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let name = text.dropFirst(digits.count)
        guard let number = Int(digits), let unit = units.first(where: { $0.name == name }) else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit.bytes)
        return overflow ? nil : product
    }

    /// Writes a size in the form that `parse` reads, with the largest unit of a power of two that divides it.
    public static func format(_ bytes: Int) -> String {
        for unit in units.prefix(3) where bytes >= unit.bytes && bytes % unit.bytes == 0 {
            return "\(bytes / unit.bytes)\(unit.name)"
        }
        return "\(bytes)B"
    }
}

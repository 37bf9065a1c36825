import IdempotencyEncrypted
import Testing

@testable import OnceTools

/// What `once keys rotate` says, line by line.
@Suite struct RotationTextTests {
    private static let always = "Encrypted 3 records anew with the key b; 4 had it already.\n"

    @Test("When all is encrypted with the active key there is one line")
    func complete() {
        var report = RotationReport()
        (report.rewritten, report.current) = (3, 4)
        #expect(RotationView(report, active: "b").text == Self.always)
    }

    @Test("Whatever is left is said, and by how many records a key is still needed")
    func incomplete() {
        var report = RotationReport()
        (report.rewritten, report.current) = (3, 4)
        (report.encrypted, report.running, report.changed, report.shredded, report.unreadable) = (1, 2, 5, 6, 7)
        report.problem = "Record 1 was altered."
        report.needed = ["older": 8, "a": 9]
        #expect(
            RotationView(report, active: "b").text == Self.always + """
                1 of them were not encrypted before.
                2 have an attempt under way; run it again after that.
                5 changed meanwhile; run it again.
                6 belong to shredded scopes and stay as they are.
                7 cannot be read. Record 1 was altered.
                The key a is still needed, by 9 records; do not remove it yet.
                The key older is still needed, by 8 records; do not remove it yet.

                """)
    }
}

import Testing

@testable import PaymentsDemo

@Suite("The line that tells the port") struct AnnouncementTests {
    @Test("It is read with and without its line end", arguments: ["listening at port 80", "listening at port 80\n"])
    func isRead(line: String) {
        #expect(Announcement(line: line) == Announcement(port: 80))
    }

    @Test("Other lines are not taken for it", arguments: ["", "listening at port", "listening at port x", "hello"])
    func othersAreNot(line: String) {
        #expect(Announcement(line: line) == nil)
    }
}

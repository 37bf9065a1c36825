import Foundation
import Idempotency
import Testing

@testable import IdempotencyDynamoDB

@Suite struct CalendarTextTests {
    @Test(
        "Times are written as signatures want them, and read as credentials have them",
        arguments: [0, 951_782_400, 1_709_164_800, 4_107_542_399])
    func texts(seconds: Int64) {
        // 1970-01-01, 2000-02-29, 2024-02-29, 2100-02-28T23:59:59.
        let formatter = ISO8601DateFormatter()
        let text = formatter.string(from: Date(timeIntervalSince1970: TimeInterval(seconds)))
        let compact = text.replacing("-", with: "").replacing(":", with: "")
        #expect(CalendarTime(Timestamp(microseconds: seconds * 1_000_000 + 999_999)).compact == compact)
        #expect(CalendarTime.seconds(ofISO: text) == seconds)
    }

    @Test("The header Date is read, and nothing else is taken for one")
    func header() {
        #expect(CalendarTime.seconds(ofHeader: "Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        for text in [
            "", "Sun, 06 Nov 1994 08:49:37", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
        ] {
            #expect(CalendarTime.seconds(ofHeader: text) == nil)
        }
        #expect(CalendarTime.seconds(ofISO: "2030-01-31T23:59:59.123Z") == 1_896_134_399)
        #expect(CalendarTime.seconds(ofISO: "2030-01-31T23:59:59+01:00") == 1_896_130_799)
        #expect(CalendarTime.seconds(ofISO: "2030-01-31T23:59:59.5-05:30") == 1_896_154_199)
        #expect(CalendarTime.seconds(ofISO: "2030-01-31T23:59:59UTC") == 1_896_134_399)
        for zone in ["", "CET", "+1", "+01:99", "+99:00", "+01:00:00", "z"] {
            #expect(CalendarTime.seconds(ofISO: "2030-01-31T23:59:59\(zone)") == nil)
        }
    }

    @Test("The checksum is CRC-32, as its published check value shows")
    func checksum() {
        #expect(CyclicCode.code("123456789".utf8) == 0xCBF4_3926)
        #expect(CyclicCode.code([]) == 0)
    }
}

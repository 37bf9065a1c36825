import Idempotency
import Testing

@Suite struct CalendarTimeTests {
    @Test(
        "Dates are those of the calendar, also before 1970 and in years without a leap day",
        arguments: [
            (Int64(0), "1970-01-01 00:00:00"), (951_782_400, "2000-02-29 00:00:00"),
            (1_709_164_800, "2024-02-29 00:00:00"), (4_107_542_399, "2100-02-28 23:59:59"),
            (4_107_542_400, "2100-03-01 00:00:00"), (-1, "1969-12-31 23:59:59"),
            (-2_203_891_200, "1900-03-01 00:00:00"),
        ])
    func calendar(seconds: Int64, text: String) {
        for fraction in [Int64(0), 999_999] {
            let time = CalendarTime(Timestamp(microseconds: seconds * 1_000_000 + fraction))
            #expect("\(time.date(separator: "-")) \(time.clock(separator: ":"))" == text)
        }
    }

    @Test("Every day of two centuries is one day after the day before")
    func everyDay() {
        for day in Int64(0)..<(200 * 366) {
            let time = CalendarTime(Timestamp(microseconds: day * 86_400_000_000))
            let seconds = CalendarTime.seconds(
                year: time.year, month: time.month, day: time.day, hour: 0, minute: 0, second: 0)
            guard seconds == day * 86_400 else {
                Issue.record("Day \(day) is taken for \(time).")
                return
            }
        }
    }

    @Test("The ends of the range of points in time have a date too")
    func ends() {
        #expect(CalendarTime(Timestamp(microseconds: .max)).year == 294_247)
        #expect(CalendarTime(Timestamp(microseconds: .min)).year == -290_308)
    }
}

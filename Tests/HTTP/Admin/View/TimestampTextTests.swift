import Idempotency
import IdempotencyAdmin
import Testing

@Suite("Times as text")
struct TimestampTextTests {
    @Test(
        "A time is written in UTC to the millisecond",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00.000Z"), (951_826_554_250_999, "2000-02-29T12:15:54.250Z"),
            (1_709_251_199_999_999, "2024-02-29T23:59:59.999Z"), (1_709_251_200_000_000, "2024-03-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (4_102_444_800_000_000, "2100-01-01T00:00:00.000Z"),
        ])
    func text(microseconds: Int64, text: String) {
        #expect(Timestamp(microseconds: microseconds).text == text)
    }
}

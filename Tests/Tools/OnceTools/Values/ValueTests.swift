import OnceTools
import Testing

@Suite("Values as people write them")
struct ValueTests {
    @Test(
        "Durations are read with their units",
        arguments: [
            ("250ms", Duration.milliseconds(250)), ("30s", .seconds(30)), ("15m", .seconds(900)),
            ("24h", .seconds(86_400)),
            ("7d", .seconds(604_800)), ("1h30m", .seconds(5400)), ("0s", .zero),
            ("1d1h1m1s1ms1us", .microseconds(90_061_001_001)),
        ])
    func durations(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == duration)
        #expect(DurationText.parse(DurationText.format(duration)) == duration)
    }

    @Test(
        "What is no duration is refused",
        arguments: ["", "30", "s", "30 s", "-1s", "1.5s", "30S", "1m1h", "1s1s", "9999999999999d", "1sx", "٣s"])
    func noDuration(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(
        "Sizes are read with their units",
        arguments: [("4096B", 4096), ("512KiB", 512 << 10), ("1MiB", 1 << 20), ("2GB", 2_000_000_000), ("0B", 0)])
    func sizes(text: String, bytes: Int) {
        #expect(SizeText.parse(text) == bytes)
        #expect(SizeText.parse(SizeText.format(bytes)) == bytes)
    }

    @Test("What is no size is refused", arguments: ["", "1", "1mib", "MiB", "-1B", "1.5MiB", "99999999999999GiB"])
    func noSize(text: String) {
        #expect(SizeText.parse(text) == nil)
    }

    @Test(
        "Addresses are read, and told whether they are of this machine only",
        arguments: [
            ("127.0.0.1:8080", "127.0.0.1", 8080, true), ("[::1]:0", "::1", 0, true),
            ("localhost:1", "localhost", 1, true),
            ("0.0.0.0:80", "0.0.0.0", 80, false), ("[::]:80", "::", 80, false),
            ("example.org:9", "example.org", 9, false),
            ("127.evil.org:1", "127.evil.org", 1, false),
        ])
    func addresses(text: String, host: String, port: Int, isLoopback: Bool) throws {
        let address = try #require(ListenAddress(text))
        #expect(address.host == host && address.port == port && address.isLoopback == isLoopback)
        #expect(ListenAddress(address.description) == address)
    }

    @Test(
        "What is no address is refused",
        arguments: ["", ":80", "a", "a:", "a:65536", "a:-1", "::1:80", "a b:1", "h/:1"])
    func noAddress(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test(
        "A mistyped name gets the nearest one, a strange one none",
        arguments: [("retension", "retention"), ("laese", "lease"), ("Wait", "wait"), ("banana", nil)])
    func suggestions(name: String, nearest: String?) {
        #expect(Suggestion.nearest(to: name, among: ["retention", "lease", "wait", "max-body"]) == nearest)
    }
}

import IdempotencyHTTP
import Testing

@Suite("A replay")
struct ReplayPolicyTests {
    private func replay(
        _ headers: Headers, _ policy: ReplayPolicy = ReplayPolicy(), origin: String? = nil
    ) -> Headers {
        policy.replayHeaders(of: policy.stored(status: 200, headers: headers, body: []), origin: origin)
    }

    @Test("carries the allowed headers, its mark, and no-store")
    func allowed() {
        let headers = replay(["content-type": "a", "ETag": "b", "Link": "c", "Link": "d", "X-Other": "e", "Vary": "f"])
        #expect(
            headers == [
                "content-type": "a", "ETag": "b", "Link": "c", "Link": "d", "Vary": "f", "Idempotent-Replayed": "true",
                "Cache-Control": "no-store",
            ])
    }

    @Test("carries every header of the contract's list", arguments: ReplayPolicy.standardHeaders)
    func standard(name: String) {
        #expect(replay([HeaderField(name, "v")].headers)[name] == "v")
    }

    @Test("carries headers that the route names")
    func named() {
        let policy = ReplayPolicy(additionalHeaders: ["X-Receipt"])
        #expect(replay(["x-receipt": "1"], policy)["X-Receipt"] == "1")
    }

    @Test(
        "never carries what belongs to a session, a moment, a trace or a connection, though it be named",
        arguments: [
            "Set-Cookie", "Set-Cookie2", "Date", "Age", "Cache-Control", "WWW-Authenticate", "Proxy-Authenticate",
            "Authorization", "Authentication-Info", "RateLimit", "RateLimit-Policy", "X-RateLimit-Remaining",
            "X-Rate-Limit-Limit", "traceparent", "tracestate", "X-B3-TraceId", "b3", "X-Request-Id", "Server-Timing",
            "Connection", "Keep-Alive", "Transfer-Encoding", "Trailer", "TE", "Upgrade", "Content-Length", "Alt-Svc",
            "Strict-Transport-Security", "Clear-Site-Data", "Idempotency-Attempt", "Idempotency-Outcome",
        ])
    func never(name: String) {
        let policy = ReplayPolicy(additionalHeaders: [name, name.uppercased()])
        #expect(!policy.replays(name))
        let kept = policy.stored(status: 200, headers: [HeaderField(name, "v")].headers, body: [])
        #expect(kept.headers.isEmpty)
    }

    @Test("says when the first answer set a cookie or had trailers")
    func stripped() {
        #expect(replay(["set-cookie": "a=b"])["Idempotency-Replay-Stripped"] == "set-cookie")
        #expect(replay([:])["Idempotency-Replay-Stripped"] == nil)
        let policy = ReplayPolicy()
        let stored = policy.stored(status: 200, headers: ["Set-Cookie": "a"], body: [], hasTrailers: true)
        #expect(policy.replayHeaders(of: stored)["Idempotency-Replay-Stripped"] == "set-cookie, trailer")
    }

    @Test("does not take over a mark that the upstream made up")
    func madeUpMark() {
        #expect(replay(["Idempotent-Replayed": "false"]).values(of: "Idempotent-Replayed") == ["true"])
    }

    @Test("is readable by the page that asked, and by no page of another origin")
    func crossOrigin() {
        let headers: Headers = ["Access-Control-Allow-Origin": "https://a", "Access-Control-Expose-Headers": "X-A"]
        let same = replay(headers, origin: "https://a")
        #expect(same["Access-Control-Allow-Origin"] == "https://a")
        #expect(same["Access-Control-Expose-Headers"] == "X-A, Idempotent-Replayed")
        let other = replay(headers, origin: "https://b")
        #expect(other["Access-Control-Allow-Origin"] == nil)
        #expect(other["Access-Control-Expose-Headers"] == nil)
        #expect(replay(["Access-Control-Allow-Origin": "*"], origin: "https://b")["Access-Control-Allow-Origin"] == "*")
        let off = ReplayPolicy(keepsCrossOriginHeaders: false)
        #expect(replay(headers, off, origin: "https://a")["Access-Control-Allow-Origin"] == nil)
    }

    @Test(
        "adds its mark to the exposed headers where CORS is in use",
        arguments: [
            ([:], nil), (["Access-Control-Allow-Origin": "*"], "Idempotent-Replayed"),
            (["Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "*"], "*"),
            (
                [
                    "Access-Control-Allow-Origin": "https://a", "Access-Control-Allow-Credentials": "true",
                    "Access-Control-Expose-Headers": "*",
                ], "*, Idempotent-Replayed"
            ),
            (
                ["Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "idempotent-replayed"],
                "idempotent-replayed"
            ),
            (
                [
                    "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "a",
                    "access-control-expose-headers": "b", "Idempotency-Replay-Stripped": "set-cookie",
                ], "a, b, Idempotent-Replayed, Idempotency-Replay-Stripped"
            ),
        ] as [(Headers, String?)])
    func exposed(headers: Headers, expected: String?) {
        var headers = headers
        CrossOrigin.exposeReplayHeaders(in: &headers)
        #expect(headers["Access-Control-Expose-Headers"] == expected)
        #expect(headers.values(of: "Access-Control-Expose-Headers").count <= 1)
    }
}

extension [HeaderField] {
    var headers: Headers { Headers(self) }
}

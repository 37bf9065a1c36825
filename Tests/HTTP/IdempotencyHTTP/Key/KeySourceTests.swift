import Idempotency
import IdempotencyHTTP
import Testing

@Suite("Other sources of a key")
struct KeySourceTests {
    private func inBody(_ body: String, at pointer: String = "/ClientRequestToken") throws -> String? {
        try KeySource.body(try JSONPointer(pointer)).key(inBody: Array(body.utf8))?.string
    }

    private func inQuery(_ target: String) throws(KeyError) -> String? {
        try KeySource.query("token").key(in: RequestHead(method: "POST", target: target))?.string
    }

    @Test("a member of the JSON body is found by its pointer")
    func bodyMember() throws {
        #expect(try inBody(#"{"Amount": 5, "ClientRequestToken": "abc"}"#) == "abc")
        #expect(try inBody(#"{"ClientRequestToken":"\u0061\"\\\/"}"#) == #"a"\/"#)
        #expect(try inBody(#"{"a":[{"x":1},{"k~/":"deep"}]}"#, at: "/a/1/k~0~1") == "deep")
        #expect(try inBody(#"{"Amount": 5}"#) == nil)
    }

    @Test(
        "a body that does not name one valid key is refused",
        arguments: [
            ("", KeyError.bodyNotJSON), ("{", .bodyNotJSON),
            (#"{"ClientRequestToken":"a","ClientRequestToken":"b"}"#, .bodyNotJSON),
            (#"{"ClientRequestToken":5}"#, .notAString), (#"{"ClientRequestToken":null}"#, .notAString),
            (#"{"ClientRequestToken":{}}"#, .notAString), (#"{"ClientRequestToken":""}"#, .invalid(.empty)),
            (#"{"ClientRequestToken":"a\nb"}"#, .invalid(.forbiddenByte(10, offset: 1))),
            (#"{"ClientRequestToken":"\u0001"}"#, .invalid(.forbiddenByte(1, offset: 0))),
            (#"{"ClientRequestToken":"é"}"#, .invalid(.forbiddenByte(0xC3, offset: 0))),
        ])
    func badBody(body: String, reason: KeyError) {
        #expect(throws: reason) { try inBody(body) }
    }

    @Test("a query item is found and decoded")
    func queryItem() throws {
        #expect(try inQuery("/p?a=1&token=a%20b+c") == "a b+c")
        #expect(try inQuery("/p?to%6ben=x") == "x")
        #expect(try inQuery("http://host/p?token=x") == "x")
        #expect(try inQuery("/p?tokens=x") == nil)
        #expect(try inQuery("/token=x") == nil)
    }

    @Test(
        "a query item that is no valid key is refused",
        arguments: [
            ("/?token=a&token=a", KeyError.repeated(count: 2)), ("/?token", .invalid(.empty)),
            ("/?token=", .invalid(.empty)), ("/?token=%4", .badPercentEncoding), ("/?token=%zz", .badPercentEncoding),
            ("/?token=%0a", .invalid(.forbiddenByte(10, offset: 0))),
        ])
    func badQueryItem(target: String, reason: KeyError) {
        #expect(throws: reason) { try inQuery(target) }
    }

    @Test("only a key in the body needs the body")
    func needsBody() throws {
        #expect(KeySource.body(try JSONPointer("/a")).needsBody)
        #expect(!KeySource.standard.needsBody)
        #expect(!KeySource.query("a").needsBody)
    }
}

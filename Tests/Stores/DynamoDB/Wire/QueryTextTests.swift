import Testing

@testable import IdempotencyDynamoDB

/// The texts of the query protocol: forms there, XML back.
@Suite struct QueryTextTests {
    @Test("A form has everything but unreserved characters encoded")
    func form() {
        var form = FormBody(["Action": "A", "b c": "-._~"])
        form.add("é", "1+1=2&3%\n")
        #expect(form.text == "Action=A&b%20c=-._~&%C3%A9=1%2B1%3D2%263%25%0A")
    }

    @Test("The text of an element is found and its references are read; what is none is nothing")
    func elements() {
        let text = ElementText(Array("<a><b>1</b><c>x &lt;&amp;&#65;&#x42;&quot;&no; &</c><d></d><e/><f>".utf8))
        #expect(text["b"] == "1")
        #expect(text["c"] == "x <&AB\"&no; &")
        #expect(text["d"] == "")
        for name in ["a", "e", "f", "g"] { #expect(text[name] == nil) }
    }
}

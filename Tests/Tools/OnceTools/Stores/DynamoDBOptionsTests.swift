import IdempotencyDynamoDB
import Testing

@testable import OnceTools

@Suite("URLs of DynamoDB stores")
struct DynamoDBOptionsTests {
    @Test("Table and options are read and taken over")
    func options() throws {
        let (table, options) = try DynamoDBOptions.split(
            "//once_1?region=eu-west-1&endpoint=http://127.0.0.1:8000&profile=shop&create=yes&timeout=3s"
                + "&clock-tolerance=0s&connections=8&global-table=accepted&ca=/etc/ca.pem")
        #expect(table == "once_1")
        var configuration = DynamoDBStore.Configuration()
        try options.apply(to: &configuration)
        #expect(configuration.region == "eu-west-1")
        #expect(configuration.endpoint == "http://127.0.0.1:8000")
        #expect(configuration.profile == "shop")
        #expect(configuration.certificateAuthorities == "/etc/ca.pem")
        #expect(configuration.createsTable && configuration.acceptsGlobalTable)
        #expect(configuration.timeout == .seconds(3))
        #expect(configuration.clockTolerance == .zero)
        #expect(configuration.connections == 8)
        #expect(try DynamoDBOptions.split("once").table == "once")
        #expect(try DynamoDBOptions.split("//arn:aws:dynamodb:eu-west-1:1:table/once").table.hasSuffix("table/once"))
    }

    @Test(
        "What is not allowed is refused with what is",
        arguments: [
            ("//", "is no table"), ("//a", "is no table"), ("//on ce", "is no table"), ("//once?regoin=x", "region"),
            ("//once?region=", "needs a value"), ("//once?create=maybe", "yes, no"),
            ("//once?connections=0", "1 to 1024"), ("//once?create=yes&create=no", "said twice"),
            ("//once?timeout=soon", "timeout"), ("//once?clock-tolerance=x", "clock-tolerance"),
        ])
    func refused(rest: String, reason: String) {
        let error = #expect(throws: UsageError.self) {
            var configuration = DynamoDBStore.Configuration()
            try DynamoDBOptions.split(rest).options.apply(to: &configuration)
        }
        #expect(error?.description.contains(reason) == true)
    }
}

import Idempotency
import Logging
import Testing

@testable import IdempotencyDynamoDB

/// What is refused at the start, and what is warned about.
@Suite struct TableCheckTests {
    private func report(
        key: String = "id", type: String = "S", more: String = "", expiry: String? = "ttl"
    ) throws -> TableReport {
        let body = """
            {"Table":{"TableStatus":"ACTIVE","KeySchema":[{"AttributeName":"\(key)","KeyType":"HASH"}],
            "AttributeDefinitions":[{"AttributeName":"\(key)","AttributeType":"\(type)"}]\(more)}}
            """
        var report = try #require(TableReport(Array(body.utf8)))
        report.expiryAttribute = expiry
        return report
    }

    private func check(accepts: Bool = false) -> TableCheck { TableCheck(table: "t", acceptsGlobalTable: accepts) }

    private let replicas = #","Replicas":[{"RegionName":"us-east-1"}]"#

    @Test("An ordinary table is used without a word")
    func ordinary() throws {
        let report = try report()
        try check().check(report)
        #expect(check().warnings(report).isEmpty)
    }

    @Test("A table with another key is refused", arguments: [("pk", "S"), ("id", "B"), ("id", "N")])
    func key(name: String, type: String) throws {
        let report = try report(key: name, type: type)
        #expect(throws: StoreError.self) { try check().check(report) }
    }

    @Test("A table with replicas is refused unless they are consistent or that is accepted, and then warned about")
    func globalTable() throws {
        let weak = try report(more: replicas)
        let error = #expect(throws: StoreError.self) { try check().check(weak) }
        #expect(error?.message.contains("global-table=accepted") == true)
        try check(accepts: true).check(weak)
        #expect(check(accepts: true).warnings(weak).count == 1)
        #expect(weak.promise.contains("last writer wins"))
        let strong = try report(more: replicas + #","MultiRegionConsistency":"STRONG""#)
        try check().check(strong)
        #expect(check().warnings(strong).isEmpty)
    }

    @Test(
        "A table that removes nothing, or by another attribute, or is of the wrong class is warned about"
    )
    func warnings() throws {
        #expect(check().warnings(try report(expiry: nil)).count == 1)
        #expect(check().warnings(try report(expiry: "other")).first?.description.contains("other") == true)
        let rare = try report(more: #","TableClassSummary":{"TableClass":"STANDARD_INFREQUENT_ACCESS"}"#)
        #expect(check().warnings(rare).count == 1)
    }

    @Test(
        "Only a time to live that is on removes anything",
        arguments: [("ENABLED", "ttl"), ("ENABLING", "ttl"), ("DISABLED", nil), ("DISABLING", nil)])
    func timeToLive(status: String, attribute: String?) {
        let body = #"{"TimeToLiveDescription":{"TimeToLiveStatus":"\#(status)","AttributeName":"ttl"}}"#
        #expect(TableReport.expiryAttribute(Array(body.utf8)) == attribute)
    }
}

import AsyncHTTPClient
import Foundation
public import Idempotency
public import Logging
import NIOCore
import NIOSSL

extension DynamoDBStore {
    /// How long a table that is being made is waited for: a minute, several times what it takes.
    private static let creationPatience = Duration.seconds(60)

    /// Finds credentials and endpoint, and looks whether the table may be used; makes it if that is asked for.
    ///
    /// - Parameters:
    ///   - table: Its name, or its ARN.
    ///   - configuration: How to use it.
    ///   - logger: Where to say what an operator should know: an expiry that is not switched on, replicas, a wrong
    ///     clock.
    /// - Throws: `StoreError` that says what to do: no credentials, no region, no such table, one with another key, one
    ///   that replicates to other regions.
    public static func open(
        _ table: String, configuration: Configuration = Configuration(), logger: Logger
    ) async throws(StoreError) -> DynamoDBStore {
        try await open(
            table, configuration: configuration, environment: ProcessInfo.processInfo.environment, logger: logger)
    }

    static func open(
        _ table: String, configuration: Configuration, environment: [String: String], logger: Logger
    ) async throws(StoreError) -> DynamoDBStore {
        let chain = CredentialChain(environment: environment, profile: configuration.profile)
        let (endpoint, region) = try place(configuration, chain)
        let source = try source(configuration, chain, region)
        var settings = HTTPClient.Configuration(
            tlsConfiguration: try tls(configuration, chain), redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(configuration.connectTimeout)))
        settings.httpVersion = .http1Only
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = configuration.connections
        // DynamoDB closes what is idle after a while; a call must not meet that often.
        settings.connectionPool.idleTimeout = .seconds(20)
        let http = HTTPClient(eventLoopGroup: configuration.eventLoopGroup, configuration: settings)
        let clock = ServerClock(configuration.clock)
        let keeper = CredentialKeeper(source, http: http, clock: clock, logger: logger)
        let client = ServiceClient(
            http: http, endpoint: endpoint, region: region, keeper: keeper, clock: clock, logger: logger)
        let context = StoreContext(table: table, configuration, client: client, logger: logger)
        do throws(StoreError) {
            let report = try await inspect(context)
            let check = TableCheck(table: table, acceptsGlobalTable: configuration.acceptsGlobalTable)
            try check.check(report)
            for warning in check.warnings(report) {
                logger.warning(warning, metadata: ["idempotency.table": "\(table)"])
            }
            return DynamoDBStore(context: context, report: report)
        } catch {
            try? await http.shutdown()
            throw error
        }
    }

    private static func source(
        _ configuration: Configuration, _ chain: CredentialChain, _ region: String
    ) throws(StoreError) -> any CredentialSource {
        if let credentials = configuration.credentials {
            return FixedCredentials(name: "configuration", credentials: credentials)
        }
        do throws(CredentialProblem) {
            return try chain.source(region: region)
        } catch {
            throw StoreError(error.code, error.description, effect: .notApplied, cause: error)
        }
    }

    /// How TLS is spoken, with the certificates that are named.
    private static func tls(
        _ configuration: Configuration, _ chain: CredentialChain
    ) throws(StoreError) -> TLSConfiguration {
        var tls = configuration.tls
        let named = configuration.certificateAuthorities ?? chain.certificateAuthorities
        guard let named else { return tls }
        guard let authorities = try? NIOSSLCertificate.fromPEMFile(named), !authorities.isEmpty else {
            throw TableCheck.misuse(
                "The certificates in \(named) cannot be read. Allowed: a file of certificates in PEM, named by ?ca=…, "
                    + "AWS_CA_BUNDLE or ca_bundle in the profile.")
        }
        tls.trustRoots = .certificates(authorities)
        return tls
    }

    /// Where DynamoDB is, and in which region.
    private static func place(
        _ configuration: Configuration, _ chain: CredentialChain
    ) throws(StoreError) -> (Endpoint, String) {
        let named = configuration.endpoint ?? chain.endpoint
        let endpoint = try named.map { text throws(StoreError) in
            guard let endpoint = Endpoint(text) else {
                throw TableCheck.misuse(
                    "\"\(text)\" is no endpoint of DynamoDB. Allowed: https://HOST or http://HOST:PORT.")
            }
            return endpoint
        }
        guard let region = configuration.region ?? endpoint?.region ?? chain.region
        else {
            throw TableCheck.misuse(
                "The region of the table is not known. Say it with ?region=eu-west-1 in the URL, AWS_REGION in the "
                    + "environment, or region in the profile.")
        }
        let isName = !region.isEmpty && region.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        guard isName else { throw TableCheck.misuse("\"\(region)\" is no region. Allowed: a name as eu-west-1.") }
        return (endpoint ?? Endpoint(region: region), region)
    }

    /// What is known of the table, as soon as it can be used.
    private static func inspect(_ context: StoreContext) async throws(StoreError) -> TableReport {
        struct Body: Encodable {
            let TableName: String
        }
        let body = try Body(TableName: context.table).json()
        let deadline = context.clock.uptime + creationPatience
        var isMade = false
        while true {
            let report: TableReport
            do throws(StoreError) {
                let answer = try await context.patientCall("DescribeTable", body)
                guard let found = TableReport(answer) else {
                    throw TableCheck.misuse("What answered to DescribeTable is not DynamoDB.")
                }
                report = found
            } catch {
                guard let failure = error.cause as? ServiceFailure, failure.kind == .noTable,
                    context.configuration.createsTable, !isMade
                else { throw error }
                try await TableMaker(context: context).create()
                isMade = true
                continue
            }
            switch report.status {
            case "ACTIVE", "UPDATING":
                if isMade { try await TableMaker(context: context).switchExpiryOn() }
                return await withExpiry(report, body, context)
            default:
                guard context.clock.uptime < deadline else {
                    throw StoreError(
                        .unavailable, "The table \(context.table) is not ready (\(report.status)); try again later.",
                        effect: .notApplied)
                }
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    /// The report with what is told of the time to live; nothing where it may not be asked for.
    private static func withExpiry(
        _ report: TableReport, _ body: [UInt8], _ context: StoreContext
    ) async -> TableReport {
        var report = report
        do throws(StoreError) {
            report.expiryAttribute = TableReport.expiryAttribute(
                try await context.patientCall("DescribeTimeToLive", body))
        } catch {
            context.logger.warning(
                "It cannot be seen whether the table removes expired items by itself",
                metadata: ["idempotency.table": "\(context.table)", "idempotency.error": "\(error)"])
        }
        return report
    }
}

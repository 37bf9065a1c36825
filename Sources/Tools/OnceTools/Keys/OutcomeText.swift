import Foundation
public import Idempotency
import IdempotencyAdmin
import IdempotencyHTTP

/// Reads the outcome that an operator gives on the command line.
public enum OutcomeText {
    /// How long a given outcome is kept, at least and at most.
    static let retention = Setting<Duration>.duration(.seconds(1)...Duration.seconds(366 * 86_400))

    /// The outcome.
    ///
    /// - Parameters:
    ///   - status: The status of an HTTP response.
    ///   - headers: Its headers, `Name: value`.
    ///   - bodyFile: The file that has its body; `-` is standard input.
    ///   - bodyText: Its body.
    ///   - resultFile: The file that has the JSON result of a function; `-` is standard input.
    /// - Throws: `UsageError` that names the option and what is allowed.
    public static func outcome(
        status: String?, headers: [String], bodyFile: String?, bodyText: String?, resultFile: String?
    ) throws(UsageError) -> Outcome {
        guard (status == nil) != (resultFile == nil) else {
            throw UsageError(
                "Say what the outcome is: --status with --body or --body-text for an HTTP response, or --result for a "
                    + "function. If the operation did nothing, use 'once keys release'.")
        }
        if let resultFile {
            guard headers.isEmpty, bodyFile == nil, bodyText == nil else {
                throw UsageError("--header, --body and --body-text go with --status, not with --result.")
            }
            let bytes = try bytes(of: resultFile, option: "result")
            guard (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil else {
                throw UsageError("\(resultFile) has no JSON value, as functions return.", at: .flag("result"))
            }
            return Outcome(.success, bytes)
        }
        guard bodyFile == nil || bodyText == nil else {
            throw UsageError("Give the body with --body or with --body-text, not with both.")
        }
        let code = try Setting.number(200...599).value(of: status ?? "", at: .flag("status"))
        var fields: [HeaderField] = []
        for header in headers {
            guard let colon = header.firstIndex(of: ":") else {
                throw UsageError("\"\(header)\" is no header. Allowed: \"Name: value\".", at: .flag("header"))
            }
            let value = header[header.index(after: colon)...].drop { $0 == " " }
            fields.append(HeaderField(String(header[..<colon]), String(value)))
        }
        let body = try bodyFile.map { file throws(UsageError) in try bytes(of: file, option: "body") }
        do {
            return try GivenOutcome.response(
                status: code, headers: fields, body: body ?? Array((bodyText ?? "").utf8)
            ).outcome()
        } catch {
            throw UsageError(error.description, at: .flag("header"))
        }
    }

    /// How long it is kept; 24 hours when nothing is said.
    ///
    /// - Throws: `UsageError` that says what is allowed.
    public static func retention(_ text: String?) throws(UsageError) -> Duration {
        try retention.value(of: text ?? "24h", at: .flag("retention"))
    }

    private static func bytes(of path: String, option: String) throws(UsageError) -> [UInt8] {
        do {
            if path == "-" { return Array(try FileHandle.standardInput.readToEnd() ?? Data()) }
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw UsageError("The file \(path) cannot be read.", at: .flag(option))
        }
    }
}

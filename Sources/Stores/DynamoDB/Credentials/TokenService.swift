import Idempotency
import NIOCore
import NIOHTTP1

/// The Security Token Service: gives the credentials of a role to those who may have it.
///
/// The query protocol, version 2011-06-15: a form is sent and XML comes back.
struct TokenService: Hashable, Sendable {
    /// Where it is, or `nil` where neither an endpoint nor a region is known.
    let endpoint: Endpoint?
    /// The region that requests are signed for.
    let region: String

    private static let who = "The Security Token Service (STS)"

    /// The service as the environment names it, or that of the region: one call leaves the region neither by way of a
    /// global endpoint nor by its own.
    init(environment: [String: String], region: String?) throws(CredentialProblem) {
        let named = ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"].first { environment[$0]?.isEmpty == false }
        self.region = region ?? "us-east-1"
        if let named {
            endpoint = Endpoint(environment[named] ?? "")
            guard endpoint != nil else {
                throw CredentialProblem(
                    description: "\(named) is no endpoint. Allowed: https://HOST or http://HOST:PORT.")
            }
        } else {
            endpoint = region.map { Endpoint(region: $0, service: "sts") }
        }
    }

    /// Asks for the credentials of a role.
    ///
    /// - Parameters:
    ///   - purpose: What was wanted, for messages: "assume the role …".
    ///   - caller: Who signs, or `nil` for a request that carries its proof in itself.
    func credentials(
        _ form: FormBody, to purpose: String, as caller: Credentials?, _ call: CredentialCall
    ) -> EventLoopFuture<Credentials> {
        attempt(form, to: purpose, as: caller, call).flatMap { outcome -> EventLoopFuture<Outcome> in
            guard case .failure(let refusal) = outcome, refusal.isOfClock else {
                return call.loop.makeSucceededFuture(outcome)
            }
            // The answer has set the clock right.
            return attempt(form, to: purpose, as: caller, call)
        }.flatMapThrowing { try $0.mapError(\.problem).get() }
    }

    private typealias Outcome = Result<Credentials, Refusal>

    /// Why it was refused.
    private struct Refusal: Error {
        let problem: CredentialProblem
        var isOfClock = false
    }

    private func attempt(
        _ form: FormBody, to purpose: String, as caller: Credentials?, _ call: CredentialCall
    ) -> EventLoopFuture<Outcome> {
        guard let endpoint else {
            let problem = CredentialProblem(
                description: "The region is not known in which to \(purpose). Say it with AWS_REGION, ?region=…, or "
                    + "region in the profile.")
            return call.loop.makeFailedFuture(problem)
        }
        let given = [
            ("Host", endpoint.host), ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
        ]
        let signer = caller.map { Signer(credentials: $0, region: region, service: "sts") }
        let headers = signer?.headers(given, body: form.bytes, at: call.clock.read().now) ?? given
        let sent = call.clock.uptime
        return CredentialRequest(
            url: endpoint.url, method: .POST, headers: HTTPHeaders(headers), body: form.bytes, who: Self.who
        ).answer(call, patience: .seconds(5)).map { answer in
            if let date = answer.headers.first(name: "Date").flatMap(CalendarTime.seconds(ofHeader:)) {
                call.clock.learn(date: date, sent: sent, received: call.clock.uptime)
            }
            return Self.read(answer, purpose)
        }
    }

    private static func read(_ answer: AnswerCollector.Answer, _ purpose: String) -> Outcome {
        let text = ElementText(Array(answer.body.readableBytesView))
        guard answer.status == 200 else {
            return .failure(refusal(answer.status, text["Code"] ?? "", text["Message"] ?? "", purpose))
        }
        guard let accessKey = text["AccessKeyId"], let secretKey = text["SecretAccessKey"],
            let token = text["SessionToken"], let end = text["Expiration"].flatMap(CalendarTime.seconds(ofISO:))
        else {
            return .failure(
                Refusal(
                    problem: CredentialProblem(
                        description: "\(who) answered with something that is no credentials, asked to \(purpose).")))
        }
        return .success(
            Credentials(
                accessKey: accessKey, secretKey: secretKey, sessionToken: token,
                expires: Timestamp(microseconds: end * 1_000_000)))
    }

    private static func refusal(_ status: Int, _ code: String, _ message: String, _ purpose: String) -> Refusal {
        let passing = ["Throttling", "ThrottlingException", "RequestLimitExceeded", "IDPCommunicationError"]
        let isPassing = status >= 500 || status == 429 || passing.contains(code)
        let told = code.isEmpty ? "status \(status)" : "\(code): \(message.prefix(300))"
        let problem = CredentialProblem(
            description: "\(who) refuses to \(purpose) (\(told)).", code: isPassing ? .unavailable : .misuse)
        let isOfTime = message.contains("Signature expired") || message.contains("Signature not yet current")
        return Refusal(problem: problem, isOfClock: isOfTime || code == "RequestTimeTooSkewed")
    }
}

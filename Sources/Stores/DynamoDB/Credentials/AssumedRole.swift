import Idempotency
import NIOCore

/// The credentials of a role that somebody with other credentials may assume.
struct AssumedRole: CredentialSource {
    let role: String
    let base: any CredentialSource
    let service: TokenService
    let sessionName: String?
    /// For how long they are asked for, in seconds; `nil` for an hour.
    let duration: Int?
    let externalID: String?

    var name: String { "role \(role) by way of \(base.name)" }

    /// How long STS lets a session last: from a quarter of an hour to half a day.
    private static let durations = 900...43_200

    /// The role as a profile describes it.
    init(
        _ role: String, _ settings: [String: String], profile: String, base: any CredentialSource, service: TokenService
    ) throws(CredentialProblem) {
        self.role = role
        self.base = base
        self.service = service
        sessionName = settings["role_session_name"]
        externalID = settings["external_id"]
        duration = settings["duration_seconds"].flatMap { Int($0) }
        guard settings["duration_seconds"] == nil || duration.map(Self.durations.contains) == true else {
            throw CredentialProblem(
                description: "The profile \(profile) has duration_seconds = \(settings["duration_seconds"] ?? ""). "
                    + "Allowed: \(Self.durations.lowerBound) to \(Self.durations.upperBound).")
        }
    }

    func load(_ call: CredentialCall) -> EventLoopFuture<Credentials> {
        base.load(call).flatMap { caller in
            var form = FormBody.assuming(role, by: "AssumeRole", sessionName, at: call.clock.read().now)
            if let duration { form.add("DurationSeconds", "\(duration)") }
            if let externalID { form.add("ExternalId", externalID) }
            return service.credentials(form, to: "assume the role \(role)", as: caller, call)
        }
    }
}

extension FormBody {
    /// What all ways to a role have in common. A session without a name is called by the time.
    static func assuming(_ role: String, by action: String, _ session: String?, at now: Timestamp) -> FormBody {
        FormBody([
            "Action": action, "Version": "2011-06-15", "RoleArn": role,
            "RoleSessionName": session ?? "once-\(now.microseconds / 1_000_000)",
        ])
    }
}

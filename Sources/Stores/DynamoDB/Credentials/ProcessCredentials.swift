import Foundation
import Idempotency
import NIOCore

/// Credentials that a program tells (`credential_process`): one line of a shell, whose output is JSON.
///
/// What it writes to its error output is thrown away: it may hold secrets.
struct ProcessCredentials: CredentialSource {
    let command: String
    let profile: String

    var name: String { "credential_process of the profile \(profile)" }

    /// How long the program may take: a minute, as it may ask a service itself.
    var patience = TimeAmount.seconds(60)

    func load(_ call: CredentialCall) -> EventLoopFuture<Credentials> {
        let who = "The credential_process of the profile \(profile)"
        let promise = call.loop.makePromise(of: Credentials.self)
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        process.terminationHandler = { process in
            // As much as a pipe holds: more than that is no credentials, and never ends.
            let body = Array(output.fileHandleForReading.availableData)
            promise.completeWith(
                Result {
                    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
                        throw CredentialProblem(
                            description: "\(who) failed with \(process.terminationStatus); run it by hand.")
                    }
                    return try IssuedCredentials.read(body, from: who, version: 1)
                })
        }
        do {
            try process.run()
        } catch {
            promise.fail(CredentialProblem(description: "\(who) cannot be run (\(error))."))
        }
        let limit = call.loop.scheduleTask(in: patience) {
            promise.fail(CredentialProblem(description: "\(who) takes too long.", code: .unavailable))
            process.terminate()
        }
        promise.futureResult.whenComplete { _ in limit.cancel() }
        return promise.futureResult
    }
}

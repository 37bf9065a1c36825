import Idempotency
import Testing

@testable import IdempotencyRedis

/// Scenario 28: what an error of the server tells of a write.
@Suite struct ServerFailureTests {
    @Test(
        "An error that a script was refused with tells that nothing was written",
        arguments: [
            ("OOM command not allowed when used memory > 'maxmemory'. script: 0a1b, on @user_script:50.", "full"),
            ("ERR Error running script (call to f_0a): @user_script:50: -OOM command not allowed when", "full"),
            ("LOADING Redis is loading the dataset in memory", "unavailable"),
            ("READONLY You can't write against a read only replica. script: 0a, on @user_script:50.", "unavailable"),
            ("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.", "unavailable"),
            ("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", "unavailable"),
            ("NOREPLICAS Not enough good replicas to write. script: 0a, on @user_script:50.", "unavailable"),
            ("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to", "unavailable"),
            ("CLUSTERDOWN Hash slot not served", "unavailable"), ("MOVED 3999 127.0.0.1:6381", "unavailable"),
            ("ASK 3999 127.0.0.1:6381", "unavailable"), ("TRYAGAIN Multiple keys request", "unavailable"),
            ("NOSCRIPT No matching script. Please use EVAL.", "unavailable"),
            ("ERR max number of clients reached", "unavailable"),
            ("NOAUTH Authentication required.", "misuse"), ("WRONGPASS invalid username-password pair", "misuse"),
            ("NOPERM this user has no permissions to run the 'evalsha' command", "misuse"),
            ("ERR unknown command 'HELLO', with args beginning with: '3'", "misuse"),
        ])
    func definite(text: String, code: String) {
        let error = ServerFailure(text).error
        #expect(error.effect == .notApplied)
        #expect(error.code.description == code)
    }

    @Test(
        "Of an error that is not known nothing is known",
        arguments: ["ERR something new", "", "OOMX", "WHAT is this", "oom lower case", "ERR -OOM of another kind"])
    func unknown(text: String) {
        let error = ServerFailure(text).error
        #expect(error.effect == .unknown)
        #expect(error.code == .unavailable)
    }

    @Test("A redirection tells the slot and the address")
    func redirections() {
        #expect(ServerFailure("MOVED 3999 127.0.0.1:6381").redirection.map { $0 == (3999, "127.0.0.1:6381") } == true)
        #expect(ServerFailure("ASK 1 ::1:6381").redirection.map { $0 == (1, "::1:6381") } == true)
        #expect(ServerFailure("MOVED 3999").redirection == nil)
        #expect(ServerFailure("CLUSTERDOWN 3999 a:1").redirection == nil)
    }
}

import Foundation
import Logging
import Testing

@testable import PaymentsDemo

@Suite("The supervisor") struct SupervisorTests {
    @Test("A child that ends before it listens is not started again and again")
    func givesUp() async throws {
        try await withTemporaryFolder { folder in
            let starts = folder.appending(path: "starts").path(percentEncoded: false)
            let supervisor = Supervisor(
                arguments: { _ in ["-c", "echo start >> \(starts)"] }, executable: "/bin/sh",
                logger: Logger(label: "test"))
            let error = await #expect(throws: DemoError.self) { try await supervisor.whileRunning { _ in } }
            #expect(error?.description == DemoError.serviceDoesNotStart.description)
            let count = try String(contentsOfFile: starts, encoding: .utf8).split(separator: "\n").count
            #expect(count == 5)
        }
    }

    @Test("A child that crashes is started again at the same port") func startsAgain() async throws {
        try await withTemporaryFolder { folder in
            // The child listens nowhere: it says that it does, and lives until a file tells it to end.
            let starts = folder.appending(path: "starts").path(percentEncoded: false)
            let script = """
                echo "$1" >> \(starts)
                echo "listening at port 4711"
                [ "$(wc -l < \(starts))" -ge 3 ] && exec sleep 60
                """
            let supervisor = Supervisor(
                arguments: { port in ["-c", script, "child", "\(port)"] }, executable: "/bin/sh",
                logger: Logger(label: "test"))
            try await supervisor.whileRunning { port in
                #expect(port == 4711)
                for _ in 1...100 {
                    let lines = try? String(contentsOfFile: starts, encoding: .utf8).split(separator: "\n")
                    if lines?.count == 3 {
                        #expect(lines == ["0", "4711", "4711"])
                        return
                    }
                    try await Task.sleep(for: .milliseconds(50))
                }
                Issue.record("The child was not started three times")
            }
        }
    }
}

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Subprocess
import Testing

@testable import PaymentsDemo

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// The demonstration as its user runs it: the executable, over real sockets, with a service that really crashes.
@Suite("The demo") struct DemoTests {
    @Test("It starts, serves its page, and stops on SIGTERM without leaving anything behind")
    func startsAndStops() async throws {
        let service = Recorded<Int32>()
        let status = try await withDemo { demo in
            let page = try await demo.send("GET", "/")
            #expect(page.status == 200)
            #expect(String(decoding: page.body, as: UTF8.self).contains("</html>"))
            try await service.set(demo.state().process)
        }
        #expect(status == .exited(0))
        let left = try #require(service.value)
        #expect(kill(left, 0) == -1, "the payments service is still there")
    }

    @Test("It stops on SIGINT") func stopsOnInterrupt() async throws {
        let status = try await withDemo { demo in
            demo.program.send(SIGINT)
        }
        #expect(status == .exited(0))
    }

    @Test("A connection that a browser opened in advance does not hold up the stop") func stopsInTime() async throws {
        let stopped = Recorded<Duration>()
        try await withDemo { demo in
            let idle = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: try #require(demo.address.port)).get()
            let start = ContinuousClock.now
            demo.program.send(SIGTERM)
            try await idle.closeFuture.get()
            stopped.set(.now - start)
        }
        #expect(try #require(stopped.value) < .seconds(10))
    }

    @Test("With --data it keeps the ledger") func keepsTheLedger() async throws {
        try await withTemporaryFolder { folder in
            let data = folder.appending(path: "kept").path(percentEncoded: false)
            try await withDemo(["--data", data]) { demo in
                let status = try await demo.pay()
                #expect(status == 201)
            }
            try await withDemo(["--data", data]) { demo in
                let state = try await demo.state()
                #expect(state.sides.map(\.orderPayments) == [0, 1])
            }
        }
    }

    @Test(
        "With --store the records are kept there: another demo on it gives the first answer again",
        arguments: ["sqlite", "rocksdb"])
    func keepsTheRecords(kind: String) async throws {
        try await withTemporaryFolder { folder in
            let url = "\(kind):" + folder.appending(path: "kept").path(percentEncoded: false)
            for replays in [false, true] {
                try await withDemo(["--store", url]) { demo in
                    let answer = try await demo.payOnce(key: "k")
                    #expect(answer.status == 201)
                    #expect(answer.headers.first(name: "Idempotent-Replayed") == (replays ? "true" : nil))
                    #expect(try await demo.state().sides.map(\.orderPayments) == [replays ? 0 : 1, 0])
                }
            }
        }
    }

    @Test("With --store memory: the records end with the demo") func keepsNothing() async throws {
        for _ in 1...2 {
            try await withDemo(["--store", "memory:"]) { demo in
                for replayed in [nil, "true"] {
                    let answer = try await demo.payOnce(key: "k")
                    #expect(answer.status == 201)
                    #expect(answer.headers.first(name: "Idempotent-Replayed") == replayed)
                }
                #expect(try await demo.state().sides.map(\.orderPayments) == [1, 0])
            }
        }
    }

    @Test(
        "A store that cannot be had is an error that names it",
        arguments: [
            ("mongo:once", Int32(2), "--store: \"mongo:once\" is not allowed"),
            ("sqlite:/nowhere/once.db", 1, "/nowhere"),
        ])
    func storeRefused(url: String, code: Int32, message: String) async throws {
        let demo = try await Subprocess.run(
            .path(.init(Executable.once)), arguments: ["demo", "--listen", "127.0.0.1:0", "--store", url],
            output: .discarded, error: .string(limit: 10_000))
        #expect(demo.terminationStatus == .exited(code))
        #expect(demo.standardError.contains(message))
    }

    @Test("A lost answer leaves the payment made and the client without an answer") func losesTheAnswer() async throws {
        try await withDemo { demo in
            await #expect(throws: HTTPClientError.self) { try await demo.pay(headers: ["Demo-Network": "drop-answer"]) }
            let state = try await demo.state()
            #expect(state.sides.map(\.orderPayments) == [0, 1])
        }
    }

    @Test(
        "A crash ends the service for real, and it comes back with what was committed",
        arguments: [
            ("before-commit", 0), ("after-commit", 1),
        ])
    func crashes(point: String, payments: Int) async throws {
        try await withDemo { demo in
            let before = try await demo.state()
            let status = try? await demo.pay(headers: ["Demo-Crash": point])
            #expect(status == nil || status == 502)
            let after = try await demo.state()
            #expect(after.process != before.process)
            #expect(after.sides.map(\.orderPayments) == [0, payments])
            #expect(after.total == 0)
        }
    }

    @Test("When the demo is killed, the service does not stay behind") func endsWithItsSupervisor() async throws {
        let service = Recorded<Int32>()
        try await withDemo(leavesNothing: false) { demo in
            try await service.set(demo.state().process)
            demo.program.send(SIGKILL)
        }
        let left = try #require(service.value)
        for _ in 1...50 where kill(left, 0) == 0 { try await Task.sleep(for: .milliseconds(100)) }
        #expect(kill(left, 0) == -1)
    }

    @Test("An address that is taken is an error that names it") func addressTaken() async throws {
        try await withDemo { demo in
            let port = try #require(demo.address.port)
            let second = try await Subprocess.run(
                .path(.init(Executable.once)), arguments: ["demo", "--listen", "127.0.0.1:\(port)"],
                output: .discarded, error: .string(limit: 10_000))
            #expect(second.terminationStatus == .exited(1))
            #expect(second.standardError.contains("127.0.0.1:\(port)"))
            #expect(second.standardError.contains("--listen"))
        }
    }
}

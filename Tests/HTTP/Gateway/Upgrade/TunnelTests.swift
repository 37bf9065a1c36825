import Foundation
import NIOCore
import Synchronization
import Testing

@testable import IdempotencyGateway

@Suite("Connections switched to another protocol", .timeLimit(.minutes(2)))
struct TunnelTests {
    @Test("The wish and its answer go on with the headers of the connection made anew, then bytes go both ways")
    func bothWays() async throws {
        try await TunnelBench.run { tunnel in
            let client = try await tunnel.bench.connect()
            try await client.send(RawClient.text("GET", "/socket", TunnelBench.wish + [("Keep-Alive", "1")]))
            let server = try await tunnel.upstream.connection()
            let asked = try await server.head().1.map { "\($0.name.lowercased()): \($0.value)" }
            #expect(asked.contains("connection: upgrade") && asked.contains("upgrade: websocket"))
            #expect(asked.contains("sec-websocket-key: k") && asked.contains("x-forwarded-proto: http"))
            #expect(!asked.contains { $0.hasPrefix("keep-alive") })
            try await server.send(
                "HTTP/1.1 101 Switching\r\nupgrade: websocket\r\nconnection: keep-alive, upgrade\r\nX-Own: 1\r\n\r\n")
            let (status, headers) = try await client.head()
            #expect(status == 101)
            let got = headers.map { "\($0.name.lowercased()): \($0.value)" }.sorted()
            #expect(got == ["connection: upgrade", "upgrade: websocket", "x-own: 1"])
            for round in 1...3 {
                try await client.send([0, UInt8(round), 255])
                #expect(try await server.bytes(3) == [0, UInt8(round), 255])
                try await server.send("POST / HTTP/1.1\r\n\r\n")
                #expect(try await client.bytes(19) == Array("POST / HTTP/1.1\r\n\r\n".utf8))
            }
            #expect(tunnel.tunnels == 1)
            #expect(tunnel.bench.events.outcomes == [.passedThrough])
            await client.close()
            await server.ended()
            try await poll { tunnel.tunnels == 0 }
        }
    }

    @Test("Nothing is lost of what came right behind the request, or right behind the answer")
    func behind() async throws {
        try await TunnelBench.run { tunnel in
            let client = try await tunnel.bench.connect()
            try await client.send(TunnelBench.request + "first")
            let server = try await tunnel.upstream.connection()
            _ = try await server.head()
            try await client.send("second")
            try await server.send("HTTP/1.1 103 Early Hints\r\n\r\n" + TunnelBench.granted + "answer")
            #expect(try await client.head().0 == 103)
            #expect(try await client.head().0 == 101)
            #expect(try await client.bytes(6) == Array("answer".utf8))
            #expect(try await server.bytes(11) == Array("firstsecond".utf8))
        }
    }

    @Test("Nothing is lost of an upstream that answers, speaks and ends in one go")
    func atOnce() async throws {
        try await TunnelBench.run { tunnel in
            for _ in 1...20 {
                let client = try await tunnel.bench.connect()
                try await client.send(TunnelBench.request)
                let server = try await tunnel.upstream.connection()
                _ = try await server.head()
                try await server.send(TunnelBench.granted + "last words")
                await server.close()
                #expect(try await client.head().0 == 101)
                #expect(try await client.bytes(10) == Array("last words".utf8))
                await client.ended()
            }
            try await poll { tunnel.tunnels == 0 }
        }
    }

    @Test("The end of one side reaches the other, which may go on")
    func halfClosed() async throws {
        try await TunnelBench.run { tunnel in
            var (client, server) = try await tunnel.open()
            try await client.send("ask")
            try await client.finish()
            #expect(try await server.bytes(3) == Array("ask".utf8))
            await server.ended()
            try await server.send("answer")
            #expect(try await client.bytes(6) == Array("answer".utf8))
            try await server.finish()
            await client.ended()

            (client, server) = try await tunnel.open()
            try await server.send("ask")
            try await server.finish()
            #expect(try await client.bytes(3) == Array("ask".utf8))
            await client.ended()
            try await client.send("answer")
            #expect(try await server.bytes(6) == Array("answer".utf8))
            try await client.finish()
            await server.ended()
            try await poll { tunnel.tunnels == 0 }
        }
    }

    @Test("A tunnel in which nothing moves for too long ends, on both sides")
    func idle() async throws {
        try await TunnelBench.run {
            $0.timeouts.tunnelIdle = .milliseconds(300)
        } _: { tunnel in
            let (client, server) = try await tunnel.open()
            try await server.send("x")
            #expect(try await client.bytes(1) == [UInt8(ascii: "x")])
            await client.ended()
            await server.ended()
            try await poll { tunnel.tunnels == 0 }
        }
    }

    @Test("A tunnel in which something moves goes on, whichever way it moves", arguments: [true, false])
    func moving(fromClient: Bool) async throws {
        try await TunnelBench.run {
            $0.timeouts.tunnelIdle = .seconds(1)
        } _: { tunnel in
            let (client, server) = try await tunnel.open()
            let (sender, taker) = fromClient ? (client, server) : (server, client)
            for number in UInt8(0)..<6 {
                try await Task.sleep(for: .milliseconds(250))
                try await sender.send([number])
                #expect(try await taker.bytes(1) == [number])
            }
            #expect(tunnel.tunnels == 1)
        }
    }

    @Test("A side that takes nothing stops the other", arguments: [true, false])
    func backPressure(fromClient: Bool) async throws {
        try await TunnelBench.run { tunnel in
            let (client, server) = try await tunnel.open()
            let (sender, taker) = fromClient ? (client, server) : (server, client)
            try await taker.channel.setOption(.autoRead, value: false).get()
            let size = 64 << 20
            let isSent = Mutex(false)
            let sending = sender.channel.eventLoop.makePromise(of: Void.self)
            sending.futureResult.whenComplete { _ in isSent.withLock { $0 = true } }
            sender.channel.writeAndFlush(ByteBuffer(repeating: 7, count: size), promise: sending)
            // What the buffers of two systems take is far less, and they are full long before this is over.
            try await Task.sleep(for: .seconds(1))
            #expect(!isSent.withLock { $0 })
            try await taker.channel.setOption(.autoRead, value: true).get()
            try await sending.futureResult.get()
            try await sender.finish()
            await taker.ended()
        }
    }

    @Test("When one side breaks, the other ends too", arguments: [true, false])
    func broken(atClient: Bool) async throws {
        try await TunnelBench.run { tunnel in
            let (client, server) = try await tunnel.open()
            let (gone, left) = atClient ? (client, server) : (server, client)
            let socket = try #require(gone.channel as? any SocketOptionProvider)
            try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
            await gone.close()
            await left.ended()
            try await poll { tunnel.tunnels == 0 }
        }
    }

    @Test("A connection with TLS is switched as well, and its end reaches the other side")
    func overTLS() async throws {
        let certificates = try TestCertificates()
        try certificates.issue("server")
        try await TunnelBench.run {
            $0.tls = certificates.files("server")
        } _: { tunnel in
            let (client, server) = try await tunnel.open(tunnel.bench.connect(certificates.client()))
            try await client.send("hello")
            #expect(try await server.bytes(5) == Array("hello".utf8))
            try await server.send("world")
            #expect(try await client.bytes(5) == Array("world".utf8))
            try await server.finish()
            await client.ended()
            await client.close()
            await server.ended()
            try await poll { tunnel.tunnels == 0 }
        }
    }
}

import Idempotency
import RedisTestParts
import StoreTestParts
import Testing

@testable import IdempotencyRedis

/// A walk over all keys: each once, and all of them, whatever happens to the server.
@Suite struct WalkTests {
    @Test("A walk of small steps looks at every key once, beside foreign ones that are passed over")
    func once() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open()
        for number in 0..<300 { try await store.execute(number) }
        for number in 0..<50 { try server.send("SET", "other:\(number)", "x") }
        try server.send("CONFIG", "RESETSTAT")
        let walk = try await store.wholeWalk(limit: 10)
        #expect(walk.seen == Set((0..<300).map { .test($0) }) && walk.beginnings == 1)
        let calls = try server.calls()
        // Some 35 steps; every record is read by one script, and nothing else is.
        #expect(calls["scan", default: 0] == walk.pages && walk.pages < 80)
        #expect((300..<320).contains(calls["evalsha", default: 0]) && calls["getrange", default: 0] == 0)
        await store.close()
    }

    @Test("A walk whose server was restarted begins anew, as the new one orders its keys otherwise")
    func restart() async throws {
        let server = try await RedisServer.start(.everyWrite)
        let store = try await server.open()
        for number in 0..<200 { try await store.execute(number) }
        let first = try await store.walk(from: nil, limit: 100)
        let place = try #require(first.next)
        // On other connections the place is as good as before.
        let other = try await server.open()
        #expect(try await other.walk(from: place, limit: 10).isFirst == false)
        await other.close()
        server.crash()
        try await server.launch()
        try await store.waitUntilAnswered()
        var next: WalkPage?
        for _ in 0..<200 where next == nil {
            next = try? await store.walk(from: place, limit: 100)
            if next == nil { try await Task.sleep(for: .milliseconds(50)) }
        }
        #expect(next?.isFirst == true)
        let walk = try await store.wholeWalk(from: place)
        #expect(walk.seen == Set((0..<200).map { .test($0) }) && walk.beginnings == 1)
        await store.close()
    }

    @Test("Records that stay are all seen while the server's table grows and shrinks under the walk")
    func growing() async throws {
        let server = try await RedisServer.start(.never)
        let store = try await server.open()
        for number in 0..<100 { try await store.execute(number) }
        var seen: Set<RecordID> = []
        var place: WalkPlace?
        var step = 0
        repeat {
            let page = try await store.walk(from: place, limit: 4)
            seen.formUnion(page.entries.map(\.id))
            place = page.next
            step += 1
            if step < 8 { for number in 0..<40 { try await store.execute(1000 * step + number) } }
            if step == 8 { try shrink(server, before: step) }
        } while place != nil
        #expect(seen.isSuperset(of: (0..<100).map { .test($0) }))
        await store.close()
    }

    private func shrink(_ server: RedisServer, before step: Int) throws {
        for number in 1..<step {
            for item in 0..<40 { try server.send("DEL", "once:\(RecordID.test(1000 * number + item))") }
        }
    }

    @Test("The text of a place is read back, and what is none begins anew")
    func places() async throws {
        var station = WalkStation(layout: "0=a:1,5=b:2")
        (station.node, station.run, station.cursor) = (1, "abc", 77)
        #expect(WalkStation(station.place) == station)
        #expect(WalkStation(WalkStation(layout: "").place) == WalkStation(layout: ""))
        for text in ["", "1 2", "x 1 r l", "1 -2 r l"] { #expect(WalkStation(WalkPlace(text)) == nil) }
    }
}

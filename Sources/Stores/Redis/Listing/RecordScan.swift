import Idempotency
import NIOCore

/// A walk over all records of one server, some hundred at a time, while others go on changing them.
///
/// What is there from the beginning to the end is seen; what comes or goes meanwhile may be. A record may be seen
/// twice while the server's table grows or shrinks.
struct RecordScan {
    /// A record without its checkpoint and outcome, and what those take.
    struct Item {
        let id: RecordID
        let record: Record
        let payload: Int
    }

    let link: ServerLink
    let keys: KeySpace
    let timeout: Duration

    /// How much of a value is read at first: the fixed part and, nearly always, the texts.
    private static let piece = 512

    /// The server's clock.
    func time() async throws(StoreError) -> Timestamp {
        try Self.time(try await link.command(["TIME"], timeout: timeout))
    }

    private static func time(_ reply: RESPValue) throws(StoreError) -> Timestamp {
        guard let parts = reply.members, parts.count == 2, let seconds = parts[0].number,
            let microseconds = parts[1].number
        else { throw unreadable }
        return Timestamp(microseconds: seconds * 1_000_000 + microseconds)
    }

    /// The next records, about `count` of them, and where to go on; `nil` at the end.
    func next(after cursor: UInt64, count: Int) async throws(StoreError) -> (items: [Item], cursor: UInt64?) {
        let reply = try await link.command(
            ["SCAN", "\(cursor)", "MATCH", keys.pattern, "COUNT", "\(count)"], timeout: timeout)
        let (ids, next) = try ids(of: reply)
        return (try await items(ids), next)
    }

    /// The ids of the next records, and what tells this run of the server from every other: a place in one means
    /// nothing in another, as every run orders its keys otherwise.
    func nextIDs(after cursor: UInt64, count: Int) async throws(StoreError) -> (
        ids: [RecordID], cursor: UInt64?, run: String, now: Timestamp
    ) {
        let info = ["INFO", "server"]
        let replies = try await link.commands(
            [info, ["TIME"], ["SCAN", "\(cursor)", "MATCH", keys.pattern, "COUNT", "\(count)"], info],
            timeout: timeout)
        let runs = [replies[0], replies[3]].map { ServerReport($0.text ?? "").runID }
        guard runs[0] == runs[1] else {
            throw StoreError(
                .unavailable, "The Redis server was exchanged for another one in the middle of a listing; try again.",
                effect: .notApplied)
        }
        let (ids, next) = try ids(of: replies[2])
        return (ids, next, runs[0], try Self.time(replies[1]))
    }

    private func ids(of reply: RESPValue) throws(StoreError) -> (ids: [RecordID], cursor: UInt64?) {
        guard let parts = reply.members, parts.count == 2, let next = parts[0].text.flatMap({ UInt64($0) }),
            let names = parts[1].members
        else { throw Self.unreadable }
        let ids = names.compactMap { name -> RecordID? in
            if case .bytes(let key) = name { keys.id(key) } else { nil }
        }
        return (ids, next == 0 ? nil : next)
    }

    /// All records, page by page.
    func forEach(_ body: (Item) -> Void) async throws(StoreError) {
        var cursor: UInt64? = 0
        while let place = cursor {
            let page = try await next(after: place, count: 500)
            for item in page.items { body(item) }
            cursor = page.cursor
            if Task.isCancelled {
                throw StoreError(.unavailable, "The caller gave up the listing.", effect: .notApplied)
            }
        }
    }

    /// The whole records, in the order of the ids; `nil` for a vacant key.
    func records(_ ids: [RecordID]) async throws(StoreError) -> [Record?] {
        let values = try await link.commands(ids.map { ["GET", keys.key($0)] }, timeout: timeout)
        var records: [Record?] = []
        for value in values {
            guard case .bytes(let bytes) = value else {
                records.append(nil)
                continue
            }
            records.append(try Self.decode(bytes))
        }
        return records
    }

    private func items(_ ids: [RecordID]) async throws(StoreError) -> [Item] {
        let range = ["0", "\(Self.piece - 1)"]
        let values = try await link.commands(ids.map { ["GETRANGE", keys.key($0)] + range }, timeout: timeout)
        var items: [Item] = []
        var long: [RecordID] = []
        for (id, value) in zip(ids, values) {
            guard case .bytes(let bytes) = value, bytes.readableBytes > 0 else { continue }
            let lengths = RecordCoding.lengths(of: bytes)
            if let lengths, bytes.readableBytes == Self.piece, RecordCoding.fixedSize + lengths.texts > Self.piece {
                long.append(id)
            } else if let record = try Self.decode(bytes, isPart: bytes.readableBytes == Self.piece) {
                items.append(Item(id: id, record: record, payload: lengths?.payload ?? 0))
            }
        }
        for (id, record) in zip(long, try await records(long)) {
            if let record { items.append(Item(id: id, record: record, payload: record.payload)) }
        }
        return items
    }

    private static func decode(_ bytes: ByteBuffer, isPart: Bool = false) throws(StoreError) -> Record? {
        do {
            return try RecordCoding.decode(bytes, isPart: isPart)
        } catch {
            throw error.error
        }
    }

    private static let unreadable = StoreError(
        .unavailable, "The Redis server answered a listing with something that is no answer to it.",
        effect: .notApplied)
}

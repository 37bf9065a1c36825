import Idempotency

/// The primaries of a store: one, or those of a cluster.
protocol NodeSet: Sendable {
    /// Sends an exchange to the primary that has its key.
    func submit(_ request: ServerRequest, id: RecordID)

    /// All primaries, for those who read everything.
    func nodes() async throws(StoreError) -> [ServerNode]

    /// Which server has which keys, as a text: another one as soon as keys may have moved.
    var layout: String { get }

    /// Connects, and fails if the servers may not be used.
    func connect() async throws(StoreError)

    func close() async
}

/// One primary, whichever it is at the time.
struct SingleNode: NodeSet {
    let node: ServerNode

    func submit(_ request: ServerRequest, id: RecordID) {
        node.exchanges.submit(request)
    }

    func nodes() async throws(StoreError) -> [ServerNode] { [node] }

    var layout: String { "" }

    func connect() async throws(StoreError) {
        try await node.exchanges.connect()
    }

    func close() async {
        await node.close()
    }
}

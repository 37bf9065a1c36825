import Idempotency

/// The primaries of a store: one, or those of a cluster.
protocol NodeSet: Sendable {
    /// Sends an exchange to the primary that has its key.
    func submit(_ request: ServerRequest, id: RecordID)

    /// All primaries, for those who read everything.
    func nodes() async throws(StoreError) -> [ServerNode]

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

    func connect() async throws(StoreError) {
        try await node.exchanges.connect()
    }

    func close() async {
        await node.close()
    }
}

import IdempotencyHTTP
import NIOCore

/// One of the two connections that a tunnel joins. All calls come on its event loop.
protocol TunnelEnd: AnyObject {
    /// Whether it takes more now.
    var isWritable: Bool { get }
    /// Stops or resumes reading.
    func holdReads(_ hold: Bool)
    /// Sends bytes as they are.
    func send(_ body: ByteBuffer)
    /// Hands what was sent to the network.
    func flush()
    /// Tells the other side that no more comes, behind all that was sent; what it sends is still read.
    func finish()
    /// Closes the connection once what was sent is with the network.
    func closeAfterSending()
    /// Closes the connection at once.
    func close()
}

/// A client's connection that waits for an answer which may switch it to another protocol.
protocol SwitchableClient: TunnelEnd {
    /// Sends the answer that does so, with these headers; all that the client sends goes to `tunnel` from here on.
    func switchProtocols(_ headers: Headers, to tunnel: Tunnel)
}

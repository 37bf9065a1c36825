import NIOCore

/// One connection from a client, as the event loop that it belongs to sees it.
protocol ClientConnection: AnyObject {
    /// Looks whether the client has been silent, or has taken nothing, for too long.
    func tick(now: NIODeadline)
    /// Ends the connection as soon as the requests that it carries, if any, are answered.
    func drain()
    /// Ends the connection at once.
    func close()
}

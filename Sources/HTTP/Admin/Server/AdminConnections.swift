import HummingbirdCore
import Logging
import NIOCore

/// The connections of the admin listener: each is made ready when it is served, and not when it is accepted.
///
/// The server library makes an async channel of every connection that it accepts. One that nobody serves, because it
/// was accepted in the instant at which the listener stopped, would end the process when it goes away.
struct AdminConnections: ServerChildChannel {
    let served: HTTP1Channel

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<WaitingConnection> {
        channel.eventLoop.makeCompletedFuture { try WaitingConnection(channel) }
    }

    func handle(value: WaitingConnection, logger: Logger) async {
        do {
            let connection = try await value.open { served.setup(channel: $0, logger: logger) }
            await served.handle(value: connection, logger: logger)
        } catch {
            logger.debug("an operator's connection did not come about", metadata: ["idempotency.error": "\(error)"])
        }
    }
}

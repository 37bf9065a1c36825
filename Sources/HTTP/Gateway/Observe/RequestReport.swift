import NIOCore
import NIOHTTP1

/// Times one request and tells the observer how it ended.
struct RequestReport {
    private let observer: any GatewayObserver
    private let start = NIODeadline.now()

    init(to observer: any GatewayObserver) {
        self.observer = observer
    }

    /// The request ended; said once.
    func end(_ outcome: GatewayEvent.Outcome, status: HTTPResponseStatus?) {
        observer.requestEnded(
            GatewayEvent(
                outcome: outcome, status: (status?.code).map { Int($0) },
                duration: Duration(NIODeadline.now() - start)))
    }
}

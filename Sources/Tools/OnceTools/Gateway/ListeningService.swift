import Foundation
import IdempotencyGateway
import NIOCore
import ServiceLifecycle

/// A listener whose failure to start names its address: the system's error alone does not.
struct ListeningService<Base: Service>: Service {
    let base: Base
    /// Where it is to listen.
    let address: ListenAddress
    /// Whether it accepts connections by now.
    let isListening: @Sendable () -> Bool

    func run() async throws {
        do {
            try await base.run()
        } catch let error as GatewayConfigurationError {
            throw error
        } catch {
            if isListening() || error is CancellationError { throw error }
            let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
            throw ListenFailure(description: "Cannot listen on \(address): \(reason).")
        }
    }
}

/// Why a listener did not start.
struct ListenFailure: Error, CustomStringConvertible {
    /// Address and reason.
    let description: String
}

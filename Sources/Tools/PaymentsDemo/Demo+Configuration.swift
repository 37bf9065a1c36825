import Foundation
public import Logging

extension Demo {
    /// The settings of a ``Demo``.
    public struct Configuration: Sendable {
        /// The host name or address to listen at: 127.0.0.1. The page can crash the service and empty the accounts, so
        /// it is for this machine only unless somebody decides otherwise.
        public var host = "127.0.0.1"
        /// The port to listen at: 8080; 0 takes a free one.
        public var port = 8080
        /// The folder for the ledger and the gateway's store, made if missing and kept. By default a temporary one,
        /// removed at the end.
        public var dataFolder: String?
        /// Opens the gateway's store. By default it is an SQLite file in the folder.
        public var openStore: (@Sendable (Logger) async throws -> DemoStore)?
        /// The executable to start as the payments service: this one.
        public var executable = Bundle.main.executablePath ?? CommandLine.arguments[0]
        /// The command line that makes ``executable`` run a ``PaymentsService`` at a port, 0 for any free one, with its
        /// ledger at a path.
        public var serviceArguments: @Sendable (_ port: Int, _ ledgerPath: String) -> [String]
        /// Called once, with the port, when the page can be opened.
        public var announce: @Sendable (_ port: Int) -> Void = { _ in }

        /// Makes the default settings.
        ///
        /// - Parameter serviceArguments: See ``serviceArguments``.
        public init(serviceArguments: @escaping @Sendable (_ port: Int, _ ledgerPath: String) -> [String]) {
            self.serviceArguments = serviceArguments
        }
    }
}

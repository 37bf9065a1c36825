public import Idempotency
public import NIOCore
import NIOPosix
public import NIOSSL

extension DynamoDBStore {
    /// How a store is opened.
    public struct Configuration: Sendable {
        /// The region of the table, or `nil` for the one that the endpoint, the environment (`AWS_REGION`) or the
        /// profile tells.
        public var region: String?
        /// Where DynamoDB is, or `nil` for what the environment (`AWS_ENDPOINT_URL_DYNAMODB`) tells, or the public
        /// endpoint of the region.
        public var endpoint: String?
        /// Who this program is, or `nil` for whom the environment (keys or a web identity), a profile file, or the
        /// endpoint of the container or instance tells, in this order.
        public var credentials: Credentials?
        /// The profile to take credentials and region from, before all else; or `nil`.
        public var profile: String?
        /// Whether a table that is not there is made, paid by request. No: a mistyped name must not cost anything, and
        /// few programs in production may make tables.
        public var createsTable: Bool = false
        /// Whether a table with replicas in other regions is used, where the last writer wins. No: two regions grant
        /// the same key. Only where every key is served by one region at a time.
        public var acceptsGlobalTable: Bool = false

        /// How long an exchange may take, all tries included. Five seconds: shorter than callers wait. What was sent
        /// and is not known by then is *unknown*.
        public var timeout: Duration = .seconds(5)
        /// How long one try may take. A second and a half: hundreds of times what DynamoDB takes, and three of them fit
        /// into the time-out.
        public var tryTimeout: Duration = .milliseconds(1500)
        /// How long a connection may take to be made. A second.
        public var connectTimeout: Duration = .seconds(1)
        /// How many connections there may be at a time: DynamoDB answers one call after the other on each. 64: at 5 ms
        /// a call some 12,000 exchanges a second.
        public var connections: Int = 64
        /// How many exchanges may wait or be under way; one more is refused as unavailable. 4,096: a third of a second
        /// of work, so that an overload is noticed before all time out.
        public var queueLimit: Int = 4096

        /// By how much the clocks of two instances may differ, for the leases of others. Five seconds: clocks are held
        /// to the server's, whose headers tell whole seconds, so that two are never more than about three apart.
        ///
        /// A lease that has ended by its stamp counts as over when so much time has passed, or earlier when this
        /// instance has seen it unchanged for its whole length. Zero believes the stamps as they are: only where all
        /// machines' clocks are kept in step by other means.
        public var clockTolerance: Duration = .seconds(5)
        /// How long an item stays after its key is vacant, so that the fence of the next claim is counted from its last
        /// one. An hour; after that the fence is higher because time has gone on.
        public var fenceMemory: Duration = .seconds(3600)
        /// How long counts are kept at least. A minute: counting reads the whole table, and that is paid for.
        public var countsAge: Duration = .seconds(60)

        /// The clocks of the machine.
        public var clock: any MachineClock = .machine
        /// A file of certificates (PEM) that those of the endpoints are verified against, or `nil` for the one that
        /// the environment (`AWS_CA_BUNDLE`) or the profile (`ca_bundle`) names, or those that `tls` trusts.
        public var certificateAuthorities: String?
        /// How TLS is spoken. Certificates are verified against those of the system.
        public var tls: TLSConfiguration = .makeClientConfiguration()
        /// Where the connections live. The loops that all of NIO shares.
        public var eventLoopGroup: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup

        /// The defaults.
        public init() {}
    }
}

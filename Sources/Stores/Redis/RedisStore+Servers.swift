extension RedisStore {
    /// Where the records live: one server, whichever server the sentinels name, or a cluster.
    public struct Servers: Hashable, Sendable {
        /// Where a server listens.
        public struct Address: Hashable, Sendable {
            /// A name or an IP address.
            public var host: String
            /// The port; 6379 for servers and 26379 for sentinels, as is usual.
            public var port: Int

            /// An address.
            public init(host: String, port: Int = 6379) {
                self.host = host
                self.port = port
            }
        }

        enum Kind: Hashable {
            case single(Address)
            case sentinels([Address], primary: String)
            case cluster([Address])
        }

        let kind: Kind

        /// One server, which must be a primary.
        public static func server(host: String, port: Int = 6379) -> Servers {
            Servers(kind: .single(Address(host: host, port: port)))
        }

        /// The primary that sentinels know under this name; after a failover the new one.
        public static func sentinels(_ addresses: [Address], primary: String) -> Servers {
            Servers(kind: .sentinels(addresses, primary: primary))
        }

        /// A Redis Cluster, some of whose nodes are named; the others are learned from them.
        public static func cluster(_ addresses: [Address]) -> Servers {
            Servers(kind: .cluster(addresses))
        }
    }
}

extension ServerAddress {
    init(_ address: RedisStore.Servers.Address) {
        self.init(host: address.host, port: address.port)
    }
}

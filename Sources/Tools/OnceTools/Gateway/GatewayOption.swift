/// The options of `once gateway`, by the name that they have as a flag and in the file.
public enum GatewayOption: String, CaseIterable, Sendable {
    case upstream, listen
    case tlsCertificate = "tls-certificate"
    case tlsKey = "tls-key"
    case tlsClientCA = "tls-client-ca"
    case tlsClient = "tls-client"
    case http2
    case admin
    case adminToken = "admin-token"
    case store, front
    case encryptionKeys = "encryption-keys"
    case cache, audit
    case requireKey = "require-key"
    case keyHeader = "key-header"
    case scope, anonymous, secret
    case retention, lease, interrupted, wait
    case upstreamTimeout = "upstream-timeout"
    case lateAnswer = "late-answer"
    case upstreamCA = "upstream-ca"
    case upstreamCertificate = "upstream-certificate"
    case upstreamKey = "upstream-key"
    case upstreamServerName = "upstream-server-name"
    case upstreamHealth = "upstream-health"
    case upstreamHealthInterval = "upstream-health-interval"
    case upstreamHealthRise = "upstream-health-rise"
    case upstreamHealthFall = "upstream-health-fall"
    case trustedProxies = "trusted-proxies"
    case upgrades
    case upgradeIdle = "upgrade-idle"
    case maxBody = "max-body"
    case maxResponse = "max-response"
    case maxConnections = "max-connections"
    case maxConnectionsPerAddress = "max-connections-per-address"
    case maxUpgrades = "max-upgrades"
    case maxHeader = "max-header"
    case maxHeaderField = "max-header-field"
    case maxHeaderFields = "max-header-fields"
    case minBodyRate = "min-body-rate"
    case maxKeysPerScope = "max-keys-per-scope"
    case maxBytesPerScope = "max-bytes-per-scope"
    case maxStoredBytes = "max-stored-bytes"
    case corsOrigin = "cors-origin"
    case profile
    case sweepInterval = "sweep-interval"
    case drain
    case logLevel = "log-level"
}

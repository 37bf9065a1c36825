import ArgumentParser
import OnceTools

/// The flags of `once gateway`, as text: the settings check them together with environment and file.
///
/// Each is a case of `GatewayOption` under the same name; see `byOption`.
struct GatewayFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where requests are forwarded to, http:// or https://; may be repeated to share them out.",
            valueName: "url"))
    var upstream: [String] = []

    @Option(
        help: ArgumentHelp(
            "Authorities that https upstreams are verified by (PEM). Default: the system's.", valueName: "file"))
    var upstreamCa: String?

    @Option(help: ArgumentHelp("The certificate to show to https upstreams (PEM).", valueName: "file"))
    var upstreamCertificate: String?

    @Option(help: ArgumentHelp("The key of that certificate (PEM).", valueName: "file"))
    var upstreamKey: String?

    @Option(
        help: ArgumentHelp(
            "The name that https upstreams are verified by. Default: the host of their URL.", valueName: "name"))
    var upstreamServerName: String?

    @Option(help: ArgumentHelp("Asks upstreams for their health with GET. Default: not at all.", valueName: "path"))
    var upstreamHealth: String?

    @Option(help: ArgumentHelp("The rest between two health checks. Default: 5s.", valueName: "duration"))
    var upstreamHealthInterval: String?

    @Option(help: ArgumentHelp("Good checks that bring an address back. Default: 2.", valueName: "number"))
    var upstreamHealthRise: String?

    @Option(help: ArgumentHelp("Bad checks that take an address out. Default: 3.", valueName: "number"))
    var upstreamHealthFall: String?

    @Option(
        help: ArgumentHelp(
            "Proxies whose X-Forwarded-… and Forwarded headers are believed: addresses or ranges, may be repeated. "
                + "Default: none.", valueName: "cidr,…"))
    var trustedProxies: [String] = []

    @Option(
        help: ArgumentHelp(
            "Protocols that a GET request may switch its connection to, or off. Default: websocket.",
            valueName: "name,…"))
    var upgrades: [String] = []

    @Option(help: ArgumentHelp("How long nothing may move over such a connection. Default: 5m.", valueName: "duration"))
    var upgradeIdle: String?

    @Option(help: ArgumentHelp("Where to listen. Default: 127.0.0.1:8080.", valueName: "host:port"))
    var listen: String?

    @Option(help: ArgumentHelp("The certificate chain (PEM) for TLS. Default: no TLS.", valueName: "file"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The private key (PEM) of the certificate.", valueName: "file"))
    var tlsKey: String?

    @Option(
        help: ArgumentHelp("Who issues client certificates (PEM). Default: none is asked for.", valueName: "file"))
    var tlsClientCa: String?

    @Option(help: ArgumentHelp("Client certificates: required or optional. Default: required.", valueName: "what"))
    var tlsClient: String?

    @Option(help: ArgumentHelp("HTTP/2 besides HTTP/1.1: on or off. Default: on.", valueName: "on|off"))
    var http2: String?

    @Option(help: ArgumentHelp("Where operators connect. Default: 127.0.0.1:9090.", valueName: "host:port"))
    var admin: String?

    @Option(
        help: ArgumentHelp(
            "What opens the keys API, or file:PATH. Default: a new one, told in the log.", valueName: "token"))
    var adminToken: String?

    @Option(
        help: ArgumentHelp("Where records live: \(StoreURL.allowed). Default: \(StoreURL.standard).", valueName: "url"))
    var store: String?

    @Option(
        help: ArgumentHelp(
            "A fast store in front of a PostgreSQL store: \(StoreURL.Front.allowed). Default: none.",
            valueName: "url"))
    var front: String?

    @Option(help: ArgumentHelp("Encrypts the records with the keys in this file. Default: no.", valueName: "file"))
    var encryptionKeys: String?

    @Option(
        help: ArgumentHelp(
            "How much of the latest outcomes is kept in memory; 0B for none. Default: 32MiB.", valueName: "size"))
    var cache: String?

    @Option(
        help: ArgumentHelp("Where operators' changes are written down. Default: beside the store.", valueName: "file"))
    var audit: String?

    @Flag(help: "Refuse POST and PATCH requests without a key.")
    var requireKey = false

    @Option(help: ArgumentHelp("The header with the key. Default: Idempotency-Key.", valueName: "name"))
    var keyHeader: String?

    @Option(
        help: ArgumentHelp(
            "Whose keys: header:NAME (may be repeated), client-certificate or shared. Default: header:Authorization.",
            valueName: "scope"))
    var scope: [String] = []

    @Option(help: ArgumentHelp("Callers without that header: share or refuse. Default: share.", valueName: "what"))
    var anonymous: String?

    @Option(help: ArgumentHelp("Hashes fingerprints and credentials with a secret, or file:PATH.", valueName: "secret"))
    var secret: String?

    @Option(help: ArgumentHelp("How long an outcome is kept. Default: 24h.", valueName: "duration"))
    var retention: String?

    @Option(
        help: ArgumentHelp("How long an attempt may run before it has to renew. Default: 30s.", valueName: "duration"))
    var lease: String?

    @Option(help: ArgumentHelp("An interrupted attempt: hold, rerun or ask:URL. Default: hold.", valueName: "policy"))
    var interrupted: String?

    @Option(
        help: ArgumentHelp("How long a duplicate waits for the running attempt. Default: 0s.", valueName: "duration"))
    var wait: String?

    @Option(help: ArgumentHelp("How long the upstream may take to answer. Default: 30s.", valueName: "duration"))
    var upstreamTimeout: String?

    @Option(
        help: ArgumentHelp(
            "How long an answer is waited for after that, to settle the doubt. Default: 60s.", valueName: "duration"))
    var lateAnswer: String?

    @Option(help: ArgumentHelp("The largest guarded request body. Default: 1MiB.", valueName: "size"))
    var maxBody: String?

    @Option(help: ArgumentHelp("The largest answer that is stored. Default: 1MiB.", valueName: "size"))
    var maxResponse: String?

    @Option(help: ArgumentHelp("How many live keys one caller may have. Default: any number.", valueName: "number"))
    var maxKeysPerScope: String?

    @Option(help: ArgumentHelp("How much one caller's records may take. Default: any amount.", valueName: "size"))
    var maxBytesPerScope: String?

    @Option(help: ArgumentHelp("How much all records may take. Default: any amount.", valueName: "size"))
    var maxStoredBytes: String?

    @Option(
        help: ArgumentHelp(
            "Pages of this origin may read refusals and replays; may be repeated. Default: none.", valueName: "origin"))
    var corsOrigin: [String] = []

    @Option(help: ArgumentHelp("How refusals look: ietf or stripe. Default: ietf.", valueName: "profile"))
    var profile: String?

    @Option(help: ArgumentHelp("The rest between two sweeps. Default: 60s.", valueName: "duration"))
    var sweepInterval: String?

    @Option(help: ArgumentHelp("How long a shutdown waits for what is in flight. Default: 25s.", valueName: "duration"))
    var drain: String?

    @Option(
        help: ArgumentHelp("trace, debug, info, notice, warning, error or critical. Default: info.", valueName: "level")
    )
    var logLevel: String?
}

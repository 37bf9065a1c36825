// swift-tools-version: 6.2
import PackageDescription

/// What every target of this package is compiled with.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .treatAllWarnings(as: .error),
]

func module(_ name: String, at path: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(path)", swiftSettings: settings)
}

func tests(of name: String, at path: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name)] + dependencies,
        path: "Tests/\(path)",
        swiftSettings: settings)
}

func program(_ name: String, at path: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: settings)
}

func product(_ name: String, _ package: String) -> Target.Dependency {
    .product(name: name, package: package)
}

let arguments = product("ArgumentParser", "swift-argument-parser")
let asyncAlgorithms = product("AsyncAlgorithms", "swift-async-algorithms")
let asyncHTTPClient = product("AsyncHTTPClient", "async-http-client")
let coreMetrics = product("CoreMetrics", "swift-metrics")
let crypto = product("Crypto", "swift-crypto")
let grdb = product("GRDB", "GRDB.swift")
let grdbDriver = product("GRDBSQLite", "GRDB.swift")
let httpTypes = product("HTTPTypes", "swift-http-types")
let hummingbird = product("Hummingbird", "hummingbird")
let hummingbirdCore = product("HummingbirdCore", "hummingbird")
let hummingbirdTesting = product("HummingbirdTesting", "hummingbird")
let lifecycle = product("ServiceLifecycle", "swift-service-lifecycle")
let lifecycleTestKit = product("ServiceLifecycleTestKit", "swift-service-lifecycle")
let logging = product("Logging", "swift-log")
let metrics = product("Metrics", "swift-metrics")
let nioCore = product("NIOCore", "swift-nio")
let nioEmbedded = product("NIOEmbedded", "swift-nio")
let nioPosix = product("NIOPosix", "swift-nio")
let nioHPACK = product("NIOHPACK", "swift-nio-http2")
let nioHTTP = product("NIOHTTP1", "swift-nio")
let nioHTTP2 = product("NIOHTTP2", "swift-nio-http2")
let nioTLS = product("NIOTLS", "swift-nio")
let nioSSL = product("NIOSSL", "swift-nio-ssl")
let subprocess = product("Subprocess", "swift-subprocess")
let systemPackage = product("SystemPackage", "swift-system")
let unixSignals = product("UnixSignals", "swift-service-lifecycle")
let yams = product("Yams", "Yams")
let nio = [nioCore, nioPosix, nioHTTP]

let package = Package(
    name: "swift-idempotency",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Idempotency", targets: ["Idempotency"]),
        .library(name: "IdempotencySQLite", targets: ["IdempotencySQLite"]),
        .library(name: "IdempotencyRocksDB", targets: ["IdempotencyRocksDB"]),
        .library(name: "IdempotencyPostgres", targets: ["IdempotencyPostgres"]),
        .library(name: "IdempotencyRedis", targets: ["IdempotencyRedis"]),
        .library(name: "IdempotencyEncrypted", targets: ["IdempotencyEncrypted"]),
        .library(name: "IdempotencyTiered", targets: ["IdempotencyTiered"]),
        .library(name: "IdempotencyDynamoDB", targets: ["IdempotencyDynamoDB"]),
        .library(name: "IdempotencyHTTP", targets: ["IdempotencyHTTP"]),
        .library(name: "IdempotencyHummingbird", targets: ["IdempotencyHummingbird"]),
        .library(name: "IdempotencyGateway", targets: ["IdempotencyGateway"]),
        .library(name: "IdempotencyTestKit", targets: ["IdempotencyTestKit"]),
        .executable(name: "once", targets: ["once"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-async-algorithms.git", from: "1.0.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.5.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.100.0"),
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.30.0"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.20.0", traits: []),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.30.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.0"),
    ],
    targets: [
        // Core
        module("Idempotency", at: "Core/Idempotency", [crypto, lifecycle, logging, metrics]),
        tests(of: "Idempotency", at: "Core/Idempotency", [coreMetrics, crypto, logging]),

        // Support
        .systemLibrary(
            name: "CPostgres", path: "Sources/Support/CPostgres", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .systemLibrary(
            name: "CRocksDB", path: "Sources/Support/CRocksDB", pkgConfig: "rocksdb",
            providers: [.apt(["librocksdb-dev"]), .brew(["rocksdb"])]),
        module("IdempotencyEmbedded", at: "Support/Embedded", ["Idempotency", "IdempotencyLanes"]),
        tests(of: "IdempotencyEmbedded", at: "Support/Embedded", ["Idempotency", "StoreTestParts"]),
        module("IdempotencyLanes", at: "Support/Lanes"),
        tests(of: "IdempotencyLanes", at: "Support/Lanes"),
        module("IdempotencyListing", at: "Support/Listing", ["Idempotency"]),
        tests(of: "IdempotencyListing", at: "Support/Listing", ["Idempotency"]),
        module("IdempotencyPrometheus", at: "Support/Prometheus", [coreMetrics]),
        tests(of: "IdempotencyPrometheus", at: "Support/Prometheus", [metrics]),
        module("IdempotencyReconnecting", at: "Support/Reconnecting"),
        tests(of: "IdempotencyReconnecting", at: "Support/Reconnecting"),
        module("IdempotencyTestKit", at: "Support/TestKit", ["Idempotency"]),
        tests(of: "IdempotencyTestKit", at: "Support/TestKit", ["Idempotency"]),

        // Stores
        module(
            "IdempotencySQLite", at: "Stores/SQLite",
            ["Idempotency", "IdempotencyEmbedded", "IdempotencyLanes", grdb, grdbDriver, logging]),
        tests(
            of: "IdempotencySQLite", at: "Stores/SQLite",
            [
                "Idempotency", "IdempotencyLanes", "IdempotencyTestKit", "StoreTestParts", "store-peer", grdb,
                grdbDriver,
                logging,
            ]),
        module(
            "IdempotencyRocksDB", at: "Stores/RocksDB",
            ["CRocksDB", "Idempotency", "IdempotencyEmbedded", "IdempotencyLanes", logging]),
        tests(
            of: "IdempotencyRocksDB", at: "Stores/RocksDB",
            [
                "CRocksDB", "Idempotency", "IdempotencyEmbedded", "IdempotencyTestKit", "StoreTestParts", "store-peer",
                logging,
            ]),
        module(
            "IdempotencyPostgres", at: "Stores/Postgres",
            ["CPostgres", "Idempotency", "IdempotencyLanes", "IdempotencyReconnecting", logging]),
        tests(
            of: "IdempotencyPostgres", at: "Stores/Postgres",
            [
                "Idempotency", "IdempotencyTestKit", "PostgresTestServer", "StoreTestParts", "store-peer", logging,
            ]),
        .target(
            name: "PostgresTestServer", path: "Tests/Support/PostgresServer", swiftSettings: settings),
        module(
            "IdempotencyRedis", at: "Stores/Redis",
            ["Idempotency", "IdempotencyListing", "IdempotencyReconnecting", logging, nioCore, nioPosix, nioSSL]),
        tests(
            of: "IdempotencyRedis", at: "Stores/Redis",
            [
                "Idempotency", "IdempotencyTestKit", "RedisTestParts", "StoreTestParts", "store-peer", logging, nioCore,
                nioPosix, nioSSL,
            ]),
        .target(
            name: "RedisTestParts", dependencies: ["IdempotencyRedis", logging, nioCore, nioPosix],
            path: "Tests/Support/RedisServer", swiftSettings: settings),
        module("IdempotencyEncrypted", at: "Stores/Encrypted", ["Idempotency", "IdempotencyEmbedded", crypto]),
        tests(
            of: "IdempotencyEncrypted", at: "Stores/Encrypted",
            [
                "DynamoDBTestParts", "Idempotency", "IdempotencyDynamoDB", "IdempotencyPostgres", "IdempotencyRedis",
                "IdempotencyRocksDB", "IdempotencySQLite", "IdempotencyTestKit", "IdempotencyTiered",
                "PostgresTestServer", "RedisTestParts", "StoreTestParts", crypto, grdb, logging,
            ]),
        module("IdempotencyTiered", at: "Stores/Tiered", ["Idempotency", logging, metrics]),
        tests(
            of: "IdempotencyTiered", at: "Stores/Tiered",
            [
                "Idempotency", "IdempotencyPostgres", "IdempotencyPrometheus", "IdempotencyRedis", "IdempotencySQLite",
                "IdempotencyTestKit", "PostgresTestServer", "RedisTestParts", "StoreTestParts", logging,
            ]),
        module(
            "IdempotencyDynamoDB", at: "Stores/DynamoDB",
            [
                "Idempotency", "IdempotencyListing", asyncHTTPClient, crypto, logging, nioCore, nioHTTP, nioPosix,
                nioSSL,
            ]),
        tests(
            of: "IdempotencyDynamoDB", at: "Stores/DynamoDB",
            [
                "DynamoDBTestParts", "Idempotency", "IdempotencyTestKit", "StoreTestParts",
                "store-peer", asyncHTTPClient, logging, nioCore, nioHTTP, nioPosix,
            ]),
        .target(
            name: "DynamoDBTestParts",
            dependencies: ["Idempotency", "IdempotencyDynamoDB", asyncHTTPClient, logging, nioSSL] + nio,
            path: "Tests/Support/DynamoDBServer", exclude: ["moto_server.py"], swiftSettings: settings),
        .target(
            name: "StoreTestParts", dependencies: ["Idempotency", "IdempotencyTestKit", logging],
            path: "Tests/Support/StoreParts",
            swiftSettings: settings),
        .testTarget(
            name: "EmbeddedStoresTests",
            dependencies: [
                "Idempotency", "IdempotencyRocksDB", "IdempotencySQLite", "IdempotencyTestKit", "StoreTestParts",
                "store-peer", logging,
            ],
            path: "Tests/Stores/Embedded", swiftSettings: settings),
        program(
            "store-peer", at: "Tests/Support/StorePeer",
            [
                "Idempotency", "IdempotencyDynamoDB", "IdempotencyPostgres", "IdempotencyRedis", "IdempotencyRocksDB",
                "IdempotencySQLite", "StoreTestParts", logging,
            ]),

        // HTTP
        module("IdempotencyHTTP", at: "HTTP/IdempotencyHTTP", ["Idempotency", crypto]),
        tests(of: "IdempotencyHTTP", at: "HTTP/IdempotencyHTTP", ["Idempotency", crypto]),
        module(
            "IdempotencyHummingbird", at: "HTTP/Hummingbird",
            ["Idempotency", "IdempotencyHTTP", asyncAlgorithms, httpTypes, hummingbird, logging] + nio),
        tests(
            of: "IdempotencyHummingbird", at: "HTTP/Hummingbird",
            ["Idempotency", "IdempotencyHTTP", hummingbird, hummingbirdTesting, httpTypes, logging, nioEmbedded] + nio),
        module(
            "IdempotencyGateway", at: "HTTP/Gateway",
            ["Idempotency", "IdempotencyHTTP", lifecycle, logging, metrics, nioHPACK, nioHTTP2, nioSSL, nioTLS] + nio),
        tests(
            of: "IdempotencyGateway", at: "HTTP/Gateway",
            ["Idempotency", "IdempotencyHTTP", lifecycle, logging, nioHPACK, nioHTTP2, nioSSL] + nio),
        module(
            "IdempotencyAdmin", at: "HTTP/Admin",
            [
                "Idempotency", "IdempotencyHTTP", crypto, httpTypes, hummingbird, hummingbirdCore, lifecycle, logging,
                nioCore, nioPosix,
            ]),
        tests(
            of: "IdempotencyAdmin", at: "HTTP/Admin",
            [
                "Idempotency", "IdempotencyHTTP", httpTypes, hummingbird, hummingbirdTesting, lifecycleTestKit, logging,
                nioCore, nioPosix,
            ]),

        // Tools
        module(
            "OnceTools", at: "Tools/OnceTools",
            [
                "Idempotency", "IdempotencyAdmin", "IdempotencyDynamoDB", "IdempotencyEncrypted", "IdempotencyGateway",
                "IdempotencyHTTP",
                "IdempotencyPostgres", "IdempotencyPrometheus", "IdempotencyRedis", "IdempotencyRocksDB",
                "IdempotencySQLite", "IdempotencyTiered", crypto,
                lifecycle, logging, metrics, nioCore, nioSSL, unixSignals, yams,
            ]),
        tests(
            of: "OnceTools", at: "Tools/OnceTools",
            [
                "Idempotency", "IdempotencyAdmin", "IdempotencyDynamoDB", "IdempotencyEncrypted", "IdempotencyGateway",
                "IdempotencyHTTP",
                "IdempotencyRedis", coreMetrics, logging,
            ]),
        .target(
            name: "PaymentsDemo",
            dependencies: [
                "Idempotency", "IdempotencyGateway", "IdempotencyHTTP", "IdempotencySQLite", grdb, httpTypes,
                hummingbird, lifecycle, logging, subprocess, systemPackage, unixSignals,
            ] + nio,
            path: "Sources/Tools/PaymentsDemo",
            resources: [.embedInCode("Page/page.html"), .embedInCode("Page/page.css"), .embedInCode("Page/page.js")],
            swiftSettings: settings),
        tests(
            of: "PaymentsDemo", at: "Tools/PaymentsDemo",
            [
                "once", asyncHTTPClient, grdb, httpTypes, hummingbirdTesting, lifecycleTestKit, logging, subprocess,
                systemPackage,
            ] + nio),
        program(
            "once", at: "Sources/Tools/once",
            [
                "Idempotency", "IdempotencyAdmin", "IdempotencyEncrypted", "OnceTools", "PaymentsDemo", arguments,
                lifecycle, logging,
                unixSignals,
            ]),

        // Scenarios: what can go wrong, one test each
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "Idempotency", "IdempotencyEmbedded", "IdempotencyGateway", "IdempotencyHTTP", "IdempotencyRocksDB",
                "IdempotencySQLite", "IdempotencyTestKit", "OnceTools", grdbDriver, nioCore, nioEmbedded, nioHPACK,
                nioHTTP,
            ],
            path: "Tests/Fuzz", swiftSettings: settings),
        .testTarget(
            name: "ScenarioTests",
            dependencies: [
                "Idempotency", "IdempotencyPostgres", "IdempotencyRocksDB", "IdempotencySQLite", "IdempotencyTestKit",
                "PostgresTestServer", "scenario-worker", grdb, logging,
            ],
            path: "Tests/Scenarios", swiftSettings: settings),
        program(
            "scenario-worker", at: "Tests/Support/ScenarioWorker",
            ["Idempotency", "IdempotencyPostgres", "IdempotencySQLite", grdb, lifecycle, logging, unixSignals]),
        program(
            "crash-lab", at: "Tests/Support/CrashLab",
            [
                "IdempotencyTestKit", arguments, asyncHTTPClient, hummingbird, httpTypes, logging, nioCore, nioHTTP,
            ]),
        program(
            "store-lab", at: "Tests/Support/StoreLab",
            [
                "Idempotency", "IdempotencyRocksDB", "IdempotencySQLite", "IdempotencyTestKit", "OnceTools", arguments,
                logging,
            ]),
    ]
)

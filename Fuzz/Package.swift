// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [
        // The planted faults are in a copy (scripts/fuzz.sh --planted).
        .package(name: "swift-idempotency", path: Context.environment["FUZZ_SUBJECT"] ?? ".."),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.100.0"),
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    ],
    targets: [
        // Without the settings: their module is no product.
        .executableTarget(
            name: "FuzzRunner",
            dependencies: [
                .product(name: "Idempotency", package: "swift-idempotency"),
                .product(name: "IdempotencyGateway", package: "swift-idempotency"),
                .product(name: "IdempotencyHTTP", package: "swift-idempotency"),
                .product(name: "IdempotencyRocksDB", package: "swift-idempotency"),
                .product(name: "IdempotencySQLite", package: "swift-idempotency"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
            ],
            swiftSettings: [.define("WITHOUT_SETTINGS"), .unsafeFlags(["-parse-as-library"])])
    ]
)

// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-idempotency", path: ".."),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift.git", from: "0.1.3"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.20.0", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "CAllocations",
                "bench-service",
                .product(name: "once", package: "swift-idempotency"),
                .product(name: "Idempotency", package: "swift-idempotency"),
                .product(name: "IdempotencyEncrypted", package: "swift-idempotency"),
                .product(name: "IdempotencyPostgres", package: "swift-idempotency"),
                .product(name: "IdempotencyRedis", package: "swift-idempotency"),
                .product(name: "IdempotencyRocksDB", package: "swift-idempotency"),
                .product(name: "IdempotencySQLite", package: "swift-idempotency"),
                .product(name: "IdempotencyTiered", package: "swift-idempotency"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .executableTarget(
            name: "bench-service",
            dependencies: [
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Idempotency", package: "swift-idempotency"),
                .product(name: "IdempotencyHummingbird", package: "swift-idempotency"),
                .product(name: "IdempotencySQLite", package: "swift-idempotency"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/BenchService"),
        .target(name: "CAllocations"),
    ]
)

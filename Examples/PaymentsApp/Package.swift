// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "PaymentsApp",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-idempotency", path: "../.."),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.20.0", traits: []),
    ],
    targets: [
        .target(
            name: "Payments",
            dependencies: [
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Idempotency", package: "swift-idempotency"),
                .product(name: "IdempotencyHummingbird", package: "swift-idempotency"),
                .product(name: "IdempotencySQLite", package: "swift-idempotency"),
            ]),
        .executableTarget(
            name: "payments-app",
            dependencies: [
                "Payments",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ]),
        .testTarget(
            name: "PaymentsTests",
            dependencies: [
                "Payments",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ]),
    ]
)

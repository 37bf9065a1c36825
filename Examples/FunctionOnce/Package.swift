// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "FunctionOnce",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-idempotency", path: "../.."),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
    ],
    targets: [
        .target(
            name: "Invoicing", dependencies: [.product(name: "Idempotency", package: "swift-idempotency")]),
        .executableTarget(
            name: "invoice",
            dependencies: [
                "Invoicing",
                .product(name: "Idempotency", package: "swift-idempotency"),
                .product(name: "IdempotencySQLite", package: "swift-idempotency"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "InvoicingTests",
            dependencies: ["Invoicing", .product(name: "Idempotency", package: "swift-idempotency")]),
    ]
)

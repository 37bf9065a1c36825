// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "ShopOnPostgres",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-idempotency", path: "../.."),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
    ],
    targets: [
        .target(
            name: "Shop",
            dependencies: [
                .product(name: "Idempotency", package: "swift-idempotency"),
                .product(name: "IdempotencyPostgres", package: "swift-idempotency"),
            ]),
        .executableTarget(
            name: "shop-app",
            dependencies: [
                "Shop",
                .product(name: "IdempotencyPostgres", package: "swift-idempotency"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "ShopTests",
            dependencies: [
                "Shop",
                .product(name: "IdempotencyPostgres", package: "swift-idempotency"),
                .product(name: "Logging", package: "swift-log"),
            ]),
    ]
)

// swift-tools-version: 5.9
import PackageDescription

let package = Package(
    name: "Weather",
    targets: [
        .executableTarget(name: "Weather"),
    ]
)

// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// A library module and its tests; `ForgeCore` comes with every one of them but those that it is made of.
func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], tests: [Target.Dependency] = []
) -> [Target] {
  let core: [Target.Dependency] = ["ForgeCore", "ForgePacked"].contains(name) ? [] : ["ForgeCore"]
  return [
    .target(name: name, dependencies: core + dependencies + [system], swiftSettings: strict),
    .testTarget(
      name: "\(name)Tests",
      dependencies: core + [.target(name: name), "TestSupport", subprocess, log, system] + tests,
      swiftSettings: strict),
  ]
}

var targets: [Target] = [
  .systemLibrary(name: "CLibgit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
  .systemLibrary(name: "CLibarchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
  .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
  .systemLibrary(name: "CBrotli", pkgConfig: "libbrotlidec", providers: [.apt(["libbrotli-dev"])]),
  .systemLibrary(name: "CLinux"),
  // Inside the sandbox there is no promise of any library, so the cell has none: no libc, no Swift runtime.
  .executableTarget(
    name: "taskforge-cell", path: "Sources/Cell",
    cSettings: [
      .define("_GNU_SOURCE"),
      .unsafeFlags(["-O2", "-Wall", "-Wextra", "-ffreestanding", "-fno-stack-protector", "-fno-builtin"]),
    ],
    linkerSettings: [
      .unsafeFlags([
        "-static-executable", "-nostartfiles", "-Xclang-linker", "-nostartfiles", "-Xclang-linker", "-nostdlib",
      ])
    ]),
  // It is also shown inside a sandbox, to set the limits and the user id there.
  .executableTarget(
    name: "taskforge-box", path: "Sources/Box",
    cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra"])],
    linkerSettings: [.unsafeFlags(["-static-executable", "-nostartfiles"])]),
  // It runs in the place of a program while upstream's own tests run, in any root.
  .executableTarget(
    name: "taskforge-recorder", path: "Sources/Recorder",
    cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra"])],
    linkerSettings: [.unsafeFlags(["-static-executable", "-nostartfiles"])]),
  // The first process of a cleanroom, in any root.
  .executableTarget(
    name: "taskforge-room", path: "Sources/Room",
    cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra"])],
    linkerSettings: [.unsafeFlags(["-static-executable", "-nostartfiles"])]),
  // It stands in a cleanroom for the program that is rebuilt.
  .executableTarget(
    name: "taskforge-probe", path: "Sources/Probe",
    cSettings: [.headerSearchPath("../Wire"), .unsafeFlags(["-O2", "-Wall", "-Wextra"])],
    linkerSettings: [.unsafeFlags(["-static-executable", "-nostartfiles"])]),
  // What an agent starts to run a line in a cleanroom; it is started often, and so is small.
  .executableTarget(
    name: "taskforge-line", path: "Sources/Line",
    cSettings: [.headerSearchPath("../Wire"), .unsafeFlags(["-O2", "-Wall", "-Wextra"])],
    linkerSettings: [.unsafeFlags(["-static-executable", "-nostartfiles"])]),
  .target(
    name: "TestSupport", dependencies: ["ForgeCore", subprocess, system], path: "Tests/TestSupport",
    swiftSettings: strict),
]
// What tests kill in the middle of its work, and run beside themselves.
targets.append(
  .executableTarget(
    name: "taskforge-git-probe", dependencies: ["ForgeGit", "ForgeCore", log, system], path: "Tests/GitProbe",
    swiftSettings: strict))
targets += module("ForgePacked", ["CLibarchive", "CZlib", "CBrotli"])
targets += module("ForgeCore", ["ForgePacked", crypto, yams])
targets += module("ForgeArchive", ["ForgePacked", "CLibarchive"])
targets += module("ForgeGit", ["CLibgit2", log], tests: ["taskforge-git-probe"])
targets += module("ForgeSandbox", [subprocess, log, "CLinux", "taskforge-cell", "taskforge-box", "taskforge-room"])
targets += module("ForgeDebian", ["ForgeSandbox", "ForgeArchive", log])
targets += module("ForgeRoot", ["ForgeDebian", "ForgeSandbox", "ForgeArchive", log])
targets += module("ForgeFetch", ["ForgeDebian", "ForgeGit", "ForgeArchive", "ForgeSandbox", log])
targets += module("ForgeCompile", ["ForgeSandbox", log, "taskforge-recorder"])
targets += module("ForgeDocs", ["ForgeSandbox", log])
targets += module("ForgeSeal", ["ForgeSandbox", "ForgeDebian", log])
targets += module("ForgeCases", ["ForgeSandbox", "ForgePacked", log], tests: ["ForgePacked"])
targets += module("ForgeMutants", ["ForgeSandbox", log])
targets += module("ForgePage", [mustache])
targets += module("ForgeBundle", ["ForgeArchive", "ForgePage", log])
targets += module("ForgeGrade", ["ForgeSandbox", "ForgeArchive", "ForgeCases", "ForgePacked", log])
targets += module("ForgeReport", ["ForgeGrade", "ForgeBundle", "ForgePage"])
targets += module(
  "ForgeRun", ["ForgeSandbox", "ForgeArchive", log, "taskforge-probe", "taskforge-line"], tests: ["ForgeGrade"])
targets += module(
  "ForgePipeline",
  [
    "ForgeGit", "ForgeArchive", "ForgeSandbox", "ForgeDebian", "ForgeRoot", "ForgeFetch", "ForgeCompile",
    "ForgeDocs", "ForgeSeal", "ForgeCases", "ForgeMutants", "ForgeBundle", "ForgeGrade", "ForgeRun", "CLinux",
    "CLibgit2", "CLibarchive", log,
  ])
// For scripts/bench alone.
targets.append(
  .executableTarget(
    name: "taskforge-bench", dependencies: ["ForgeSandbox", "ForgeCore", system], path: "scripts/bench-cells",
    swiftSettings: strict))
// For scripts/bench-likeness alone.
targets.append(
  .executableTarget(
    name: "taskforge-windows", dependencies: ["ForgeGrade", "ForgeCore", system], path: "scripts/bench-windows",
    swiftSettings: strict))
targets.append(
  .executableTarget(
    name: "taskforge",
    dependencies: [
      "ForgePipeline", "ForgeReport", "ForgeRun", "ForgeBundle", "ForgeGrade", "ForgeCore", arguments, log, system,
    ],
    swiftSettings: strict))

targets.append(
  .testTarget(
    name: "taskforgeTests",
    dependencies: ["taskforge", "ForgePipeline", "ForgeCore", "TestSupport", arguments, subprocess, system],
    swiftSettings: strict))

let package = Package(
  name: "taskforge",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "taskforge", targets: ["taskforge"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.0.0"),
  ],
  targets: targets,
  swiftLanguageModes: [.v6]
)

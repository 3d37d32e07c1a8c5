import ForgeArchive
import ForgeCore
import ForgeDebian
import ForgeSandbox
import SystemPackage

/// A Debian source package taken apart: upstream's tree with the wanted patches, and the packaging beside it.
///
/// Does what `dpkg-source --extract` does, with the guarded extractor and without fuzz; dpkg-source(1) tells the formats.
struct DebianTree {
  /// Upstream's files, patched.
  let tree: FilePath
  /// The `debian` directory; for a native package a copy of it.
  let packaging: FilePath
  /// The patches that were applied, in their order.
  private(set) var patches: [String] = []
  /// The top entry of the changelog.
  private(set) var changelog: DebianChangelog

  /// Takes `package` apart below `work`, a directory of its own.
  ///
  /// - Throws: What unpacking throws; `fetch.patch` for patches that are unknown or do not fit; `fetch.packaging` where
  ///   a part is missing or tells another version.
  init(_ package: SourcePackage, applying wanted: Recipe.Patches, work: FilePath) async throws {
    tree = work.appending("tree")
    packaging = work.appending("debian")
    guard let upstream = package.upstreamTarball else {
      throw ForgeError(.fetchPackaging, "\(package.name) \(package.version) has no upstream tarball")
    }
    try Self.unpack(upstream, into: tree)
    for (component, tarball) in package.componentTarballs.sorted(by: { $0.key < $1.key }) {
      let place = tree.appending(component)
      try place.removeTree()
      try Self.unpack(tarball, into: place)
    }
    var diff: UnifiedPatch?
    if let tarball = package.debianTarball {
      try Self.unpack(tarball, into: packaging)
    } else if let file = package.debianDiff {
      let patch = try await Self.read(diff: file)
      try work.appending("packaging").makeDirectory()
      try PatchedTree(root: work.appending("packaging"), accepts: { $0.hasPrefix("debian/") })
        .apply(patch, name: file.lastComponent?.string ?? "")
      try Self.move(work.appending("packaging/debian"), to: packaging)
      diff = patch
    } else {
      try Self.unpack(upstream, into: work.appending("native"))
      try Self.move(work.appending("native/debian"), to: packaging)
    }
    changelog = try DebianChangelog(
      String(decoding: FileDescriptor.readAll(packaging.appending("changelog")), as: UTF8.self))
    guard changelog.version == package.version else {
      throw ForgeError(
        .fetchPackaging,
        "debian/changelog begins with version \(changelog.version), but the source package is \(package.version)")
    }
    try apply(wanted, package, diff)
  }

  private mutating func apply(_ wanted: Recipe.Patches, _ package: SourcePackage, _ diff: UnifiedPatch?) throws {
    let target = PatchedTree(root: tree)
    if let diff, wanted == .all, let name = package.debianDiff?.lastComponent?.string {
      try PatchedTree(root: tree, accepts: { !$0.hasPrefix("debian/") }).apply(diff, name: name)
      patches.append(name)
    }
    let series = try PatchSeries(packaging: packaging)
    for name in try series.select(wanted) {
      try target.apply(series.patch(name), name: "debian/patches/\(name)")
      patches.append(name)
    }
  }

  /// Unpacks a tarball, without the one directory at its top where it has one.
  private static func unpack(_ tarball: FilePath, into directory: FilePath) throws {
    let top = try Archive.soleTopDirectory(of: tarball)
    _ = try Archive.unpack(
      tarball, into: directory,
      // Tarballs of Rust crates hold files twice, and dpkg-source takes the last.
      options: UnpackOptions(strip: top == nil ? 0 : 1, keepTimes: false, lastFileWins: true))
  }

  private static func move(_ from: FilePath, to: FilePath) throws {
    guard from.isDirectory else {
      throw ForgeError(.fetchPackaging, "the source package has no debian directory", path: from.string)
    }
    try from.renameTree(to: to)
  }

  private static func read(diff: FilePath) async throws -> UnifiedPatch {
    let limit = 256 << 20
    let result = try await HostCommand.run(["gzip", "-dc", diff.string], wallSeconds: 300, outputLimit: limit)
    guard result.succeeded, result.droppedBytes == 0 else {
      throw ForgeError(
        .fetchPackaging, "the packaging's diff cannot be unpacked or has more than \(limit) bytes", path: diff.string)
    }
    return try UnifiedPatch(result.stdout, name: diff.lastComponent?.string ?? "")
  }
}

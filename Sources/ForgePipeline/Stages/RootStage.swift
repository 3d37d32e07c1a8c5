import ForgeCore
import ForgeDebian
import ForgeRoot
import Foundation
import SystemPackage

/// A root file system as stages use it.
struct MadeRoot: Sendable {
  /// Its top directory; nil for the host's own system.
  var directory: FilePath?
  /// What stands for it in keys and records.
  var record: Manifest.RootRecord
  /// What it holds; nil for the host's own system.
  var report: RootReport?

  /// The digest, or a word that says that there is none.
  var key: JSONValue { .string(record.digest?.hex ?? "host") }

  /// The host's own system.
  static let host = MadeRoot(directory: nil, record: .init(digest: nil, inputs: ["host": true]), report: nil)
}

extension Pipeline {
  /// How long lists of packages are good, in seconds.
  private static let listAge: Double = 24 * 3600

  /// Opens a suite's archive at the first mirror that answers.
  ///
  /// Its lists are not older than a day where the network may be used.
  ///
  /// - Throws: `debian.…` for what apt says.
  func archive(_ suite: String) async throws -> DebianArchive {
    let name = DebianSuite(suite)
    let mirrors = options.debianMirrors.isEmpty ? [nil] : options.debianMirrors.map { $0 }
    let observe = observe
    observe(.progress(stage: "root", text: "asking for the package lists of \(suite)"))
    return try await DebianArchive.open(
      name, at: mirrors.map { try MirrorChoice(mirror: $0, snapshot: options.snapshot).sources(name) },
      stateDirectory: store.shared("apt"), listAge: Self.listAge, offline: options.offline, logger: log
    ) { observe(.note($0)) }
  }

  /// Makes a root, or finds it.
  ///
  /// - Throws: `debian.…` and `root.…`; unknown packages all at once, before anything is downloaded.
  func root(_ spec: RootSpec, _ name: String) async throws -> MadeRoot {
    if options.hostRoot { return .host }
    if let key = try planned(spec), let found = try store.object(Self.rootKey(key)) {
      return try made(found.directory, try found.result.decode(RootReport.self), spec)
    }
    let archive = try await archive(spec.suite)
    let plan = try await RootPlan(spec, archive: archive)
    try remember(plan)
    let detail = "\(spec.suite), \(plan.packages.count) packages"
    let staged: Staged<RootReport>
    if spec.without.isEmpty {
      staged = try await stage("root", key: Self.rootKey(plan.key), label: "root \(name)", detail: detail) {
        work, report in
        let builder = RootBuilder(
          archive: archive, workDirectory: store.shared("tmp"), pool: store.shared("pool"), logger: log)
        return try await builder.build(plan, into: work.appending(Self.tree), progress: report)
      }
    } else {
      var whole = spec
      whole.without = []
      let base = try await root(whole, "\(name), whole")
      guard let directory = base.directory, let baseReport = base.report else { return base }
      staged = try await stage("root", key: Self.rootKey(plan.key), label: "root \(name)", detail: detail) { work, _ in
        let builder = RootBuilder(
          archive: archive, workDirectory: store.shared("tmp"), pool: store.shared("pool"), logger: log)
        return try await builder.derive(plan, from: directory, baseReport, into: work.appending(Self.tree))
      }
    }
    return try made(staged.directory, staged.result, spec)
  }

  /// The root of a bundle's manifest: the same one where it is in the store or can be made, else the nearest.
  ///
  /// - Throws: as ``root(_:_:)``; `core.malformed` for a record that names no packages.
  func root(named name: String, of manifest: Manifest) async throws -> MadeRoot {
    guard let record = manifest.roots[name] else {
      throw ForgeError(.malformed, "The manifest of \(manifest.id) has no root '\(name)'.")
    }
    if record.digest == nil {
      observe(.note("\(manifest.id) is not hermetic: it was made with the host's own system"))
      return .host
    }
    let spec = try (record.inputs["spec"] ?? .null).decode(RootSpec.self)
    if let key = record.inputs["key"]?.text.flatMap(Digest.init(hex:)), let found = try store.object(Self.rootKey(key))
    {
      return try made(found.directory, try found.result.decode(RootReport.self), spec)
    }
    let root = try await root(spec, name)
    if root.record.digest != record.digest {
      observe(
        .note(
          "the \(name) root differs from the bundle's: the archive has other versions of its packages "
            + "(--snapshot gives the ones of a date)"))
    }
    return root
  }

  /// The root's directory in its stage's output.
  static let tree = "root"

  static func rootKey(_ key: Digest) -> StageKey {
    StageKey(stage: "root", version: RootSpec.version, inputs: ["key": .string(key.hex)])
  }

  private func made(_ directory: FilePath, _ report: RootReport, _ spec: RootSpec) throws -> MadeRoot {
    let inputs: JSONValue = [
      "spec": try JSONValue(encoding: spec), "key": .string(report.key.hex),
      "releases": .object(report.releases.mapValues { .string($0.hex) }),
    ]
    return MadeRoot(
      directory: directory.appending(Self.tree), record: .init(digest: report.digest, inputs: inputs), report: report)
  }

  private func planFile(_ spec: RootSpec) throws -> FilePath {
    let mirrors = JSONValue.array(options.debianMirrors.map { .string($0) })
    let name = CanonicalJSON.digest([
      "spec": try JSONValue(encoding: spec), "mirrors": mirrors,
      "snapshot": options.snapshot.map { .string($0) } ?? .null,
    ])
    return store.shared("apt").appending("plan-\(name.hex).json")
  }

  /// The key that a spec had when it was last resolved, while that is not older than the lists may be.
  private func planned(_ spec: RootSpec) throws -> Digest? {
    let file = try planFile(spec)
    guard let status = try? file.stat(), let json = try? JSONValue(parsing: FileDescriptor.readAll(file)) else {
      return nil
    }
    let age = Date.now.timeIntervalSince1970 - Double(status.st_mtim.tv_sec)
    guard age < Self.listAge || options.offline || options.snapshot != nil else { return nil }
    return json["key"]?.text.flatMap(Digest.init(hex:))
  }

  private func remember(_ plan: RootPlan) throws {
    try FileDescriptor.replace(
      planFile(plan.spec), with: CanonicalJSON.bytes(["key": .string(plan.key.hex)]))
  }
}

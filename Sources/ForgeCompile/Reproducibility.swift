package import ForgeCore
import ForgeSandbox
package import SystemPackage

/// Whether two builds of the reference gave the same bytes, and where they differ if not.
package struct Reproducibility: Sendable, Hashable, Codable {
  /// A part of an executable that differs.
  package struct Difference: Sendable, Hashable, Codable {
    /// The name of the section; nil for bytes outside of all sections.
    package var section: String?
    /// Its size in each build; nil where it is missing.
    package var bytes: [Int?]
    /// Where the first byte differs, from the section's start; nil where one is only longer.
    package var offset: Int?
  }

  /// Whether the stripped bytes are equal.
  package var equal: Bool
  /// The digests of the stripped bytes of both builds.
  package var digests: [Digest]
  /// Their sizes.
  package var bytes: [Int]
  /// The first byte of the file that differs; nil where they are equal or one is only longer.
  package var offset: Int?
  /// What differs, in the order of the first build's sections.
  package var differences: [Difference]

  /// One line for people.
  package var summary: String {
    if equal { return "two builds gave the same \(bytes[0]) bytes" }
    let names = differences.prefix(6).map { $0.section ?? "bytes outside of sections" }
    return "two builds differ in \(names.joined(separator: ", ")) (\(bytes[0]) and \(bytes[1]) bytes)"
  }
}

extension Reproducibility {
  /// What takes symbols and debug data from an executable, before the file's own path.
  package static let strip = ["strip", "--strip-all", "--remove-section=.comment"]

  /// Compares two executables byte by byte.
  package init(_ first: [UInt8], _ second: [UInt8]) {
    digests = [Digest(of: first), Digest(of: second)]
    bytes = [first.count, second.count]
    equal = first == second
    offset = Self.firstDifference(first[...], second[...])
    differences = equal ? [] : Self.sections(first, second)
  }

  private static func firstDifference(_ first: ArraySlice<UInt8>, _ second: ArraySlice<UInt8>) -> Int? {
    zip(first, second).enumerated().first { $0.element.0 != $0.element.1 }?.offset
  }

  private static func sections(_ first: [UInt8], _ second: [UInt8]) -> [Difference] {
    guard let left = ElfFile(first), let right = ElfFile(second) else { return [] }
    func table(_ file: ElfFile) -> [String: ArraySlice<UInt8>] {
      Dictionary(file.sections.map { ($0.name, file.bytes[$0.range]) }) { first, _ in first }
    }
    let (ours, theirs) = (table(left), table(right))
    var names = left.sections.map(\.name)
    names += right.sections.map(\.name).filter { ours[$0] == nil }
    let found = names.compactMap { name -> Difference? in
      let (one, other) = (ours[name], theirs[name])
      if let one, let other, one.elementsEqual(other) { return nil }
      return Difference(
        section: name, bytes: [one?.count, other?.count], offset: firstDifference(one ?? [], other ?? []))
    }
    return found.isEmpty
      ? [
        Difference(section: nil, bytes: [first.count, second.count], offset: firstDifference(first[...], second[...]))
      ]
      : found
  }
}

extension Compiler {
  /// Builds the reference a second time under other conditions and compares it with the first.
  ///
  /// The second build has another directory of the host, another host name, its files made in the other order, one
  /// job more, and a later time.
  ///
  /// - Parameters:
  ///   - first: The directory with the first build.
  ///   - scratch: A directory of the host for this alone; it must not exist and is removed at the end.
  ///   - strip: What is run on a copy of each before they are compared, the copy's path behind it.
  ///   - stripRoot: The root that has it; nil for the host's own system.
  ///   - progress: Told what happens in the second build.
  /// - Returns: Whether the bytes are the same, and what differs.
  /// - Throws: ``ForgeError`` when the second build or stripping fails.
  package func reproduce(
    _ first: FilePath, scratch: FilePath, strip: [String] = Reproducibility.strip, stripRoot: FilePath?,
    progress: @escaping @Sendable (Event) -> Void = { _ in }
  ) async throws -> Reproducibility {
    try Directory.makeFresh(scratch)
    defer {
      try? Sandbox.reclaim(scratch)
      try? SourceTree.remove(scratch)
    }
    let second = scratch.appending("second")
    try await build(
      .reference, into: second, workDirectory: scratch.appending("a-rather-longer-name-for-the-work-directory"),
      conditions: Conditions(hostName: "elsewhere", order: .reversed, jobs: BuildPlace.processors + 1),
      progress: progress)
    let work = scratch.appending("strip")
    try Directory.make(work)
    for (name, build) in [("first", first), ("second", second)] {
      try SourceTree.copyFile(
        build.appending(BuildReport.executableName), to: work.appending(name), mode: 0o755)
    }
    if ElfFile(try Directory.read(work.appending("first"))) != nil, !strip.isEmpty {
      try Sandbox.adopt(work)
      let sandbox = Sandbox(root: stripRoot, mounts: [.readWrite(work, "/scratch")])
      for name in ["first", "second"] {
        let result = try await sandbox.run(
          strip + [name], environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"], workingDirectory: "/scratch")
        guard result.succeeded else {
          throw ForgeError(
            .stepFailed,
            "the executable could not be stripped: \(result.ending)\n"
              + result.lastLines(10).joined(separator: "\n"), path: first.string)
        }
      }
      try Sandbox.reclaim(work)
    }
    return Reproducibility(try Directory.read(work.appending("first")), try Directory.read(work.appending("second")))
  }
}

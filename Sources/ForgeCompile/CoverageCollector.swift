import ForgeCore
import ForgeSandbox
import Glibc
package import SystemPackage

/// Turns the counters that runs of a coverage build left behind into a map of lines.
///
/// Run the executable with ``BuildLayout/counterVariables(in:)`` and a writable directory at ``BuildLayout/counters``.
///
/// For C and C++ each object's counters are then at that directory plus the object's own path,
/// `<counters>/build/src/….gcda`. Later runs add to them, several at once too, because the library that gcc links in locks
/// each file. A run that dies by a signal counts nothing. For Rust that holds too, with one profile for the program. For Go
/// there is one file that all runs have in their memory (``GoCounters``), and a run that dies has counted.
package struct CoverageCollector: Sendable {
  /// What ``Compiler/build(_:into:workDirectory:conditions:progress:)`` made for ``Variant/coverage``.
  package var build: FilePath
  /// The root with the gcov of the compiler that made it; nil for the host's own system.
  package var buildRoot: FilePath?

  /// Describes where to look; nothing is read yet.
  package init(build: FilePath, buildRoot: FilePath?) {
    self.build = build
    self.buildRoot = buildRoot
  }

  /// Reads the counters of all objects in the executable; an object without counters did not run.
  ///
  /// - Parameters:
  ///   - counters: The directory that was shown at ``BuildLayout/counters``.
  ///   - workDirectory: A directory of the host for this alone; it must not exist and is removed at the end.
  /// - Returns: Every line of upstream's own source in the executable.
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/coverageFailed``.
  package func collect(counters: FilePath, workDirectory: FilePath) async throws -> CoverageMap {
    let executable = try Directory.read(build.appending(BuildReport.executableName))
    try Directory.makeFresh(workDirectory)
    defer {
      try? Sandbox.reclaim(workDirectory)
      try? SourceTree.remove(workDirectory)
    }
    switch CountedCode.of(build: build, executable: executable) {
    case .gcov: return try await collectGraphs(executable, counters: counters, workDirectory: workDirectory)
    case .regions: return try await collectProfiles(counters: counters, workDirectory: workDirectory)
    case .statements: return try collectStatements(counters: counters, workDirectory: workDirectory)
    }
  }

  private func collectStatements(counters: FilePath, workDirectory: FilePath) throws -> CoverageMap {
    let map = build.appending(BuildReport.treeName).appending(CountedCode.mapName)
    let file = counters.appending(GoCounters.countersName)
    // The program itself wrote this directory: what is there may be anything, so only a plain file is taken.
    let copy = workDirectory.appending(GoCounters.countersName)
    if let status = try? SourceTree.status(of: file), status.st_size <= GoStatements.mostBytes {
      try? SourceTree.copyFile(file, to: copy, mode: 0o644)
    }
    return try GoStatements(parsing: Directory.read(map)).map(
      counters: Directory.exists(copy) ? Directory.read(copy) : [])
  }

  private func collectGraphs(
    _ executable: [UInt8], counters: FilePath, workDirectory: FilePath
  ) async throws -> CoverageMap {
    let objects = CoverageObjects.counters(in: executable)
    guard !objects.isEmpty else {
      throw ForgeError(.coverageFailed, "not built for coverage", path: build.string)
    }
    var pairs: [String] = []
    for object in objects {
      guard let name = try pair(object, counters: counters, work: workDirectory, index: pairs.count) else { continue }
      pairs.append(name)
    }
    guard !pairs.isEmpty else {
      throw ForgeError(.coverageFailed, "the graph files of the executable's objects are gone", path: build.string)
    }
    try Sandbox.adopt(workDirectory)
    return try await run(pairs, work: workDirectory)
  }

  /// Puts an object's graph and counters side by side, as gcov wants them.
  private func pair(_ object: String, counters: FilePath, work: FilePath, index: Int) throws -> String? {
    let inner = FilePath(object)
    let graph = build.appending(BuildReport.treeName).appending(FilePath(object.dropLast(4) + "gcno").components)
    guard Directory.exists(graph), let name = inner.stem else { return nil }
    let directory = work.appending(String(index))
    try Directory.make(directory)
    try SourceTree.copyFile(graph, to: directory.appending("\(name).gcno"), mode: 0o644)
    let counted = counters.appending(inner.components)
    // The program itself wrote this directory: what is there may be anything, so only a plain file is taken.
    if Directory.exists(counted) {
      try? SourceTree.copyFile(counted, to: directory.appending("\(name).gcda"), mode: 0o644)
    }
    return "\(index)/\(name).gcno"
  }

  private func run(_ pairs: [String], work: FilePath) async throws -> CoverageMap {
    guard let gcov = program() else {
      throw ForgeError(.coverageFailed, "the build root has no gcov; it comes with gcc", path: buildRoot?.string)
    }
    let sandbox = Sandbox(
      root: buildRoot, mounts: [.readWrite(work, BuildLayout.counters)],
      limits: Limits(wallSeconds: 600, memoryBytes: 4 << 30))
    var map = CoverageMap()
    // Each call's answer is read before the next, so that a program of thousands of objects needs little memory.
    for start in stride(from: 0, to: pairs.count, by: 200) {
      let some = Array(pairs[start..<min(start + 200, pairs.count)])
      let result = try await sandbox.run(
        ["/bin/sh", "-c", #"out=$1; shift; exec "$@" >"$out""#, "sh", "report.json", gcov, "-j", "-t"] + some,
        environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"], workingDirectory: BuildLayout.counters)
      let text = try Directory.read(work.appending("report.json"))
      let documents = text.split(separator: 10).filter { $0.first == 0x7b }
      guard !documents.isEmpty else {
        throw ForgeError(
          .coverageFailed, "gcov gave no answer: \(result.ending)\n" + result.lastLines(10).joined(separator: "\n"))
      }
      for document in documents { try map.add(gcov: Array(document)) }
    }
    return map
  }

  private func program() -> String? {
    if let plain = ContainedPath.find("gcov", in: buildRoot) { return plain }
    return (6...30).reversed().lazy.compactMap { ContainedPath.find("gcov-\($0)", in: buildRoot) }.first
  }
}

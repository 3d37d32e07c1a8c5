import ForgeCore
import ForgeSandbox
import SystemPackage

extension CoverageCollector {
  /// Reads profiles of LLVM by the tools of the LLVM that rustc is built with: one version does not read another's.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/coverageFailed``.
  func collectProfiles(counters: FilePath, workDirectory work: FilePath) async throws -> CoverageMap {
    let profiles = work.appending("profiles")
    try Directory.make(profiles)
    // The program itself wrote this directory: what is there may be anything, so only plain files are taken.
    let names = try SourceTree.list(counters).filter { $0.hasSuffix(".profraw") }
    for (index, name) in names.enumerated() {
      try? SourceTree.copyFile(
        counters.appending(name), to: profiles.appending("\(index).profraw"), mode: 0o644)
    }
    guard !(try SourceTree.list(profiles).isEmpty) else {
      throw ForgeError(.coverageFailed, "no run of the coverage build left a profile behind", path: counters.string)
    }
    try SourceTree.copyFile(
      build.appending(BuildReport.executableName), to: work.appending(BuildReport.executableName), mode: 0o755)
    try Sandbox.adopt(work)
    let sandbox = Sandbox(
      root: buildRoot, mounts: [.readWrite(work, BuildLayout.counters)],
      limits: Limits(wallSeconds: 600, memoryBytes: 4 << 30))
    let result = try await sandbox.run(
      ["/bin/sh", "-c", Self.reading],
      environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"],
      workingDirectory: BuildLayout.counters)
    guard result.succeeded else {
      throw ForgeError(
        .coverageFailed,
        "the profiles of the coverage build cannot be read: \(result.ending)\n"
          + result.lastLines(10).joined(separator: "\n"), path: buildRoot?.string)
    }
    var map = CoverageMap()
    try map.add(lcov: String(decoding: try Directory.read(work.appending("report.info")), as: UTF8.self))
    return map
  }

  private static let reading = """
    set -e
    version=$(rustc -vV | sed -n 's/^LLVM version: \\([0-9]*\\).*/\\1/p')
    for tool in llvm-profdata llvm-cov; do
      if ! command -v "$tool-$version" >/dev/null; then
        echo "rustc is of LLVM $version, and the root has no $tool-$version: add llvm-$version to packages" >&2
        exit 1
      fi
    done
    "llvm-profdata-$version" merge -o all.profdata profiles/*.profraw
    "llvm-cov-$version" export -format=lcov -instr-profile=all.profdata \(BuildReport.executableName) >coded.info
    c++filt <coded.info >report.info
    """
}

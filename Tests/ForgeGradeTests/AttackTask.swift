import ForgeArchive
import ForgeCore
import ForgeSandbox
import Glibc
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import ForgeGrade

/// The walls around a submission, as they stand in every grading; a test takes one down to see an attack succeed.
struct AttackWalls {
  /// Whether copies of the reference are looked for.
  var forbids = true
  var keepsExecutable = false
  var followsLinks = false
  var network = false
  /// What the build sees of the host.
  var buildMounts: [Mount] = []
  var build = Limits(wallSeconds: 60)
  var room = WorkspaceRoom()
  var links = LinkPolicy.contained
  var devices = DevicePolicy.refuse
  var bytes = 2 << 30
  var disabled: Set<CellWall> = []
  var mounts: [Mount] = []
  /// What all cases write.
  var scratch: CellConfiguration.Scratch?
  /// Whether what a case leaves in its directory is compared.
  var comparesFiles = true
  /// Whether tar(1) unpacks what is handed in before the guarded extractor sees it.
  var trustsTar = false
  /// Where cases run; nil for the host's own system.
  var root: FilePath?
  var limits = CaseLimits()
}

/// What became of a submission.
struct AttackResult {
  let build: SubmissionBuild
  let score: Score?
  let total: Int

  var passed: Int { score?.passed ?? 0 }

  var category: ForgeGrade.Category {
    switch build.result {
    case .built: score.map { ForgeGrade.Category(of: $0) } ?? .graderError
    case .failed: .buildFailed
    case .noExecutable: .noExecutable
    case .refused: .refused
    }
  }

  /// Why there is no program; empty where there is one.
  var reason: String {
    switch build.result {
    case .built: ""
    case .failed(let reason, _), .noExecutable(let reason, _): reason
    case .refused(let refusal, _): "\(refusal.rule.rawValue): \(refusal.evidence)"
    }
  }
}

/// A small task: its program squares a number and adds one, and forty hidden cases ask for it.
struct AttackTask {
  let directory: FilePath
  let reference: FilePath
  let cases: [Case]
  /// Stands for `@MARK@` in the attacks' files: what they leave anywhere is found by it.
  let mark = "taskforge-attack-\(UInt64.random(in: 0 ... .max))"

  static let fixtures = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .appending("Fixtures/attacks")

  private static let source = """
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    static const char *const words[] = {"square", "number", "argument", "missing", "reference", "answer", "overflow"};
    int main(int count, char **arguments) {
      if (count != 2) { fprintf(stderr, "one %s is %s\\n", words[1], words[3]); return 2; }
      char *end; long number = strtol(arguments[1], &end, 10);
      if (*end != 0 || strcmp(arguments[1], words[0]) == 0) { fprintf(stderr, "no %s\\n", words[1]); return 1; }
      printf("%ld\\n", number * number + 1);
      return 0;
    }
    """

  /// Compiles the reference, records its outcomes, and hands the task to `body`.
  static func with(_ body: (AttackTask) async throws -> Void) async throws {
    try await withTemporaryDirectory { directory in
      let reference = directory.appending("reference")
      try FileDescriptor.writeNew(directory.appending("square.c"), source.utf8)
      try await shell("cc -O2 -o '\(reference)' '\(directory)/square.c'")
      let pool = try CellPool(configuration: CellConfiguration(root: nil, executable: reference), workers: 1)
      var cases: [Case] = []
      for number in 1...40 {
        let invocation = Invocation(argv: [ByteString("\(number)")])
        cases.append(
          Case(
            invocation: invocation, family: "square", origin: .help, evidence: .documented, timeoutMilliseconds: 5000,
            expect: try await pool.run(invocation).outcome, compare: Comparison()))
      }
      await pool.close()
      #expect(Set(cases.map(\.expect)).count == cases.count)
      try await body(AttackTask(directory: directory, reference: reference, cases: cases))
    }
  }

  /// Runs a script of the test's own on the host.
  @discardableResult
  static func shell(_ script: String, in place: FilePath? = nil) async throws -> String {
    let result = try await run(
      .path("/bin/bash"), arguments: ["-c", script], workingDirectory: place.map { FilePath($0.string) },
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    #expect(result.terminationStatus == .exited(0), "\(script): \(result.standardError)")
    return result.standardOutput
  }

  /// The files of an attack, each with its mode; `words` replace `@NAME@`.
  func submission(_ name: String, _ words: [String: String] = [:]) throws -> FilePath {
    let source = Self.fixtures.appending(name)
    let target = directory.appending("submission-\(UInt32.random(in: 0 ... .max))")
    let prefix = source.string.utf8.count + 1
    let files = source.regularFiles()
    #expect(!files.isEmpty, "there is no attack \(name)")
    for file in files {
      let place = target.appending(String(file.string.utf8.dropFirst(prefix))!)
      try place.removingLastComponent().makeDirectory(parents: true)
      var text = String(decoding: try FileDescriptor.readAll(file), as: UTF8.self)
      for (word, value) in words.merging(["MARK": mark], uniquingKeysWith: { one, _ in one }) {
        text = text.split(separator: "@\(word)@", omittingEmptySubsequences: false).joined(separator: value)
      }
      try FileDescriptor.writeNew(place, text.utf8, permissions: try file.stat().permissions)
    }
    return target
  }

  /// A directory of the host that anybody writes, for a wall that is down.
  func shared() throws -> FilePath {
    let place = directory.appending("shared-\(UInt32.random(in: 0 ... .max))")
    try place.makeDirectory()
    #expect(chmod(place.string, 0o1777) == 0)
    return place
  }

  /// Builds and scores a submission behind walls.
  func grade(_ submission: FilePath, behind walls: AttackWalls, cases: [Case]? = nil) async throws -> AttackResult {
    var cases = cases ?? self.cases
    if !walls.comparesFiles {
      for index in cases.indices { cases[index].compare.files = .ignored(reason: "a wall is down") }
    }
    let work = directory.appending("work-\(UInt32.random(in: 0 ... .max))")
    try work.makeDirectory()
    var submission = submission
    if walls.trustsTar {
      let place = work.appending("unpacked")
      try place.makeDirectory()
      try await Self.shell("tar --absolute-names -xf '\(submission)'", in: place)
      submission = place
    }
    var builder = SubmissionBuilder(
      root: nil, limits: walls.build, forbidden: walls.forbids ? try Forbidden(reference) : Forbidden())
    builder.room = walls.room
    builder.network = walls.network
    builder.keepsExecutable = walls.keepsExecutable
    builder.followsLinks = walls.followsLinks
    builder.mounts = walls.buildMounts
    builder.unpacking.links = walls.links
    builder.unpacking.devices = walls.devices
    builder.unpacking.limits.bytes = walls.bytes
    let build = try await builder.build(submission, in: work)
    var score: Score?
    if case .built(let product) = build.result {
      var scorer = Scorer(root: walls.root, workers: 1, limits: walls.limits)
      scorer.disabledWalls = walls.disabled
      scorer.mounts = walls.mounts
      scorer.scratch = walls.scratch
      score = try await scorer.score(product.executable, dist: product.dist, on: cases)
    }
    return AttackResult(build: build, score: score, total: cases.count)
  }

  /// Checks that nothing of an attack is left on the host.
  func expectHostUnchanged(_ host: HostFiles, _ location: SourceLocation = #_sourceLocation) throws {
    let after = try HostFiles()
    #expect(host == after, "system files changed", sourceLocation: location)
    #expect(HostFiles.processes(with: mark).isEmpty, "processes are left", sourceLocation: location)
    let left = ["/tmp", "/dev/shm", "/var/tmp", "/run", "/opt", "/", "/etc", "/usr/bin", "/usr/lib", "/dev", "/root"]
      .filter { FilePath($0).appending(mark).exists }
    #expect(left.isEmpty, "files are left", sourceLocation: location)
    // The key that `records-in-memory` uses.
    #expect(shmget(0x7461_736b, 0, 0) < 0, "shared memory is left", sourceLocation: location)
  }
}

/// What of the host an attack might change.
struct HostFiles: Equatable {
  private let digests: [String: Digest?]

  init() throws {
    let names = ["/etc/passwd", "/etc/ld.so.preload", "/etc/hosts", "/usr/bin/true", "/bin/sh", "/etc/hostname"]
    digests = Dictionary(uniqueKeysWithValues: names.map { ($0, try? Digest(ofFile: FilePath($0))) })
  }

  /// Processes of the host that have some text in their command line.
  static func processes(with text: String) -> [String] {
    guard let listing = opendir("/proc") else { return [] }
    defer { closedir(listing) }
    var found: [String] = []
    while let entry = readdir(listing) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard Int(name) != nil, let line = try? FileDescriptor.readAll(FilePath("/proc/\(name)/cmdline"))
      else { continue }
      if String(decoding: line, as: UTF8.self).contains(text) { found.append(name) }
    }
    return found
  }
}

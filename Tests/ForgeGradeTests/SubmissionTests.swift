import ForgeArchive
import ForgeCore
import ForgeSandbox
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import ForgeGrade

/// Submissions that somebody may hand in, built on the host's own system.
@Suite struct SubmissionTests {
  /// Writes files, builds them and hands the result to `check`.
  private func built(
    _ files: [String: String], forbidden: Forbidden = Forbidden(), wallSeconds: Double = 60,
    _ check: (SubmissionBuild.Result) throws -> Void
  ) async throws {
    try await withTemporaryDirectory { directory in
      let submission = directory.appending("submission")
      try submission.makeDirectory()
      for (name, text) in files {
        let file = submission.appending(name)
        try file.removingLastComponent().makeDirectory(parents: true)
        try FileDescriptor.writeNew(file, text.utf8)
      }
      let work = directory.appending("work")
      try work.makeDirectory()
      try check(try await builder(forbidden: forbidden, wallSeconds: wallSeconds).build(submission, in: work).result)
    }
  }

  func builder(forbidden: Forbidden = Forbidden(), wallSeconds: Double = 60) -> SubmissionBuilder {
    SubmissionBuilder(root: nil, limits: Limits(wallSeconds: wallSeconds), forbidden: forbidden)
  }

  @Test func aSubmissionBecomesOneExecutable() async throws {
    let files = ["compile.sh": "cat src/a src/b >executable\n", "src/a": "#!/bin/sh\n", "src/b": "echo made\n"]
    try await withTemporaryDirectory { directory in
      let submission = directory.appending("submission")
      try submission.appending("src").makeDirectory(parents: true)
      for (name, text) in files { try FileDescriptor.writeNew(submission.appending(name), text.utf8) }
      let work = directory.appending("work")
      try work.makeDirectory()
      guard case .built(let product) = try await builder().build(submission, in: work).result else {
        Issue.record("not built")
        return
      }
      let executable = product.executable
      #expect(product.dist == nil)
      #expect(try FileDescriptor.readAll(executable) == Array("#!/bin/sh\necho made\n".utf8))
      #expect(try executable.stat().permissions.rawValue & 0o777 == 0o555)
      #expect(executable.removingLastComponent().regularFiles().count == 1)
      // What was handed in stays as it was.
      #expect(submission.regularFiles().count == files.count)
    }
  }

  @Test(arguments: [
    ("exit 0", "left no regular file"), ("exit 3", "status 3"), ("kill -9 $$", "signal 9"),
    ("ln -s /bin/true executable", "left no regular file"), ("mkdir executable", "left no regular file"),
    ("mkfifo executable", "left no regular file"), (": >executable", "left no regular file"),
    ("truncate -s 600M executable", "left no regular file"),
    // There is no network, not even the host's own.
    ("echo >/dev/tcp/127.0.0.1/80 && cp /bin/true executable", "status 1"),
    // What was handed in as the executable does not count.
    ("test -e executable && exit 0; exit 7", "status 7"),
  ])
  func whatLeavesNoExecutableSaysWhy(script: String, reason: String) async throws {
    try await built(["compile.sh": "\(script)\n", "executable": "#!/bin/sh\n"]) { build in
      switch build {
      case .failed(let said, _), .noExecutable(let said, _): #expect(said.contains(reason), "\(said)")
      case .built, .refused: Issue.record("\(build)")
      }
    }
  }

  @Test func aFailureShowsTheEndOfItsLog() async throws {
    try await built(["compile.sh": "for i in $(seq 100); do echo line $i; done; exit 1\n"]) { build in
      guard case .failed(_, let log) = build else {
        Issue.record("built: \(build)")
        return
      }
      #expect(log.count == 40)
      #expect(log.last == "line 100")
    }
  }

  @Test func aHangIsEnded() async throws {
    try await built(["compile.sh": "trap '' TERM; sleep 600 & wait; sleep 600\n"], wallSeconds: 1) { build in
      guard case .failed(let reason, _) = build else {
        Issue.record("built: \(build)")
        return
      }
      #expect(reason.contains("out of time"))
    }
  }

  @Test func withoutAScriptNothingIsBuilt() async throws {
    try await built(["Compile.sh": "cp /bin/true executable\n"]) { build in
      guard case .failed(let reason, _) = build else {
        Issue.record("built: \(build)")
        return
      }
      #expect(reason.contains("no compile.sh"))
    }
  }

  @Test func copiesOfTheReferenceAreRemoved() async throws {
    let reference = "#!/bin/sh\necho the reference\n"
    let files = ["compile.sh": "cp deep/er/data.bin executable\n", "deep/er/data.bin": reference]
    try await built(files) { build in
      if case .failed = build { Issue.record("without the wall the copy must come through: \(build)") }
    }
    try await built(files, forbidden: Forbidden(digests: [Digest(of: Array(reference.utf8))])) { build in
      guard case .refused(let refusal, _) = build else {
        Issue.record("a copy of the reference came through: \(build)")
        return
      }
      #expect(refusal.rule == .copy && refusal.evidence.contains("deep/er/data.bin"), "\(refusal)")
    }
  }

  /// The reference in a form that no scan of files finds, made whole by the build, as it is or with bytes behind it.
  @Test(arguments: ["", "printf more >>executable\n", "strip --remove-section=.comment executable\n"])
  func aPackedReferenceIsNoSubmission(then change: String) async throws {
    try await withTemporaryDirectory { directory in
      let reference = FilePath("/bin/true")
      let submission = directory.appending("submission")
      try submission.makeDirectory()
      let packed = Base64.encode(try FileDescriptor.readAll(reference))
      try FileDescriptor.writeNew(submission.appending("data"), packed.utf8)
      try FileDescriptor.writeNew(
        submission.appending("compile.sh"), "set -e\nbase64 -d data >executable\nchmod 755 executable\n\(change)".utf8)
      for (name, forbidden) in [("without", Forbidden()), ("with", try Forbidden(reference))] {
        let work = directory.appending("work-\(name)")
        try work.makeDirectory()
        let build = try await builder(forbidden: forbidden).build(submission, in: work)
        switch build.result {
        case .built: #expect(name == "without", "the reference came through")
        case .refused(let refusal, _): #expect(name == "with" && refusal.rule == .copy, "\(refusal)")
        case .failed, .noExecutable: Issue.record("\(build.result)")
        }
      }
    }
  }

  /// A file that names itself in each of 60,000 headers would be 60,000 files to read.
  @Test func headersCannotMakeAFileLarge() throws {
    var bytes = [UInt8](repeating: 0, count: 64 + 56 * 60_000)
    bytes.replaceSubrange(0..<6, with: [0x7f, 0x45, 0x4c, 0x46, 2, 1])
    func put(_ value: Int, at place: Int, _ count: Int) {
      for index in 0..<count { bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }
    for (value, place, count) in [(2, 16, 2), (64, 32, 8), (56, 54, 2), (60_000, 56, 2), (64, 58, 2)] {
      put(value, at: place, count)
    }
    for header in 0..<60_000 {
      put(1, at: 64 + 56 * header, 4)
      put(bytes.count, at: 64 + 56 * header + 32, 8)
    }
    let file = try #require(ElfFile(bytes))
    #expect(file.loaded.count == 60_000)
    #expect(file.loadedDigest == nil)
  }

  @Test func whatIsRemovedIsNamed() async throws {
    try await withTemporaryDirectory { directory in
      let submission = directory.appending("submission")
      let work = directory.appending("work")
      for place in [submission.appending("deep"), work] { try place.makeDirectory(parents: true) }
      for (name, text) in [("compile.sh", "exit 0\n"), ("executable", "ready"), ("deep/copy", "the reference")] {
        try FileDescriptor.writeNew(submission.appending(name), text.utf8)
      }
      let build = try await builder(forbidden: Forbidden(digests: [Digest(of: "the reference")])).build(
        submission, in: work)
      #expect(build.removed.map(\.path) == ["executable", "deep/copy"])
      #expect(
        build.removed.map(\.reason) == [
          "compile.sh must make it", "it is taken for the task's own executable (the same bytes)",
        ])
    }
  }

  /// What no submission may hold is the submission's fault, which costs its score and stops no grading.
  @Test(arguments: ["mkfifo pipe", "ln -s /etc/passwd link"])
  func whatNoSubmissionMayHoldIsAFailedBuild(command: String) async throws {
    try await withTemporaryDirectory { directory in
      let submission = directory.appending("submission")
      let work = directory.appending("work")
      for place in [submission, work] { try place.makeDirectory() }
      try FileDescriptor.writeNew(submission.appending("compile.sh"), "cp /bin/true executable\n".utf8)
      let made = try await run(
        .path("/bin/sh"), arguments: ["-c", "cd '\(submission)' && \(command)"], output: .discarded)
      #expect(made.terminationStatus == .exited(0))
      guard case .failed(let reason, _) = try await builder().build(submission, in: work).result else {
        Issue.record("built")
        return
      }
      #expect(reason.contains(command.split(separator: " ").last!), "\(reason)")
    }
  }

  /// What a program needs beside itself comes from `dist/`, and nothing else of the build does.
  @Test func dataComesFromDistAlone() async throws {
    let script = "#!/bin/sh\ncat /opt/dist/words /opt/dist/deep/more; cat words 2>/dev/null; ls /workspace /opt/dist\n"
    let files = [
      "compile.sh": "mkdir -p dist/deep; echo one >dist/words; echo two >dist/deep/more; echo three >words\n"
        + "cp program executable; chmod 755 executable\n", "program": script,
    ]
    try await withTemporaryDirectory { directory in
      let submission = directory.appending("submission")
      try submission.makeDirectory()
      for (name, text) in files { try FileDescriptor.writeNew(submission.appending(name), text.utf8) }
      let work = directory.appending("work")
      try work.makeDirectory()
      guard case .built(let product) = try await builder().build(submission, in: work).result else {
        Issue.record("not built")
        return
      }
      let expected = Outcome(
        termination: .exit(0), stdout: "one\ntwo\n/opt/dist:\ndeep\nwords\n\n/workspace:\nexecutable\n", stderr: "",
        files: [])
      let item = Case(
        invocation: Invocation(), family: "f", origin: .help, evidence: nil, timeoutMilliseconds: 5000,
        expect: expected, compare: Comparison())
      let scorer = Scorer(root: nil, workers: 1, limits: CaseLimits())
      let score = try await scorer.score(product.executable, dist: product.dist, on: [item])
      #expect(score.passed == 1, "\(score.results)")
      #expect(try await scorer.score(product.executable, on: [item]).passed == 0)
    }
  }

  /// A link out of `dist/`, or one in its place, would bring more than it.
  @Test(arguments: ["mkdir dist; ln -s /etc dist/etc", "ln -s /etc dist", "mkdir dist; mkfifo dist/pipe"])
  func distHoldsFilesOfItsOwn(command: String) async throws {
    let compile = "printf '#!/bin/sh\\n' >executable; \(command)\n"
    try await built(["compile.sh": compile]) { build in
      switch build {
      case .built(let product): #expect(command.hasPrefix("ln") && product.dist == nil)
      case .noExecutable(let reason, _): #expect(reason.contains("dist/"), "\(reason)")
      default: Issue.record("\(build)")
      }
    }
  }

  @Test func aSubmissionMayBeAnArchive() async throws {
    try await withTemporaryDirectory { directory in
      let tree = directory.appending("tree")
      try tree.makeDirectory()
      try FileDescriptor.writeNew(tree.appending("compile.sh"), "printf '#!/bin/sh\\n' >executable\n".utf8)
      let archive = directory.appending("submission.tar.gz")
      try Archive.pack(directory: tree, to: archive)
      let work = directory.appending("work")
      try work.makeDirectory()
      guard case .built = try await builder().build(archive, in: work).result else {
        Issue.record("an archive was not built")
        return
      }
    }
  }

  @Test func whatIsNoSubmissionIsAnError() async throws {
    try await withTemporaryDirectory { directory in
      let text = directory.appending("text.txt")
      try FileDescriptor.writeNew(text, "not an archive\n".utf8)
      for path in [text, directory.appending("missing")] {
        let work = directory.appending("work-\(path.lastComponent!.string)")
        try work.makeDirectory()
        let error = await #expect(throws: ForgeError.self) { try await builder().build(path, in: work) }
        #expect(error?.path == path.string)
      }
    }
  }
}

import ForgeCompile
import ForgeCore
import ForgeSandbox
import Glibc
import SystemPackage
import TestSupport
import Testing

@Suite struct CompilerTests {
  @Test func buildsForEveryMachine() async throws {
    try await withTemporaryDirectory { directory in
      let compiler = compiler(
        recipe("native-makefile", build: [["make", "-j$JOBS"]], executable: "sum"), in: directory)
      let into = directory.appending("reference")
      let report = try await compiler.build(.reference, into: into, workDirectory: directory.appending("work"))
      #expect(try await run(into) == "gcc\noptimised\n2109\n")
      #expect(try await run(into, ["fast"]) == "gcc\noptimised\n2109\n")
      #expect(report.notes.contains("left out -march=native (3 times)"))
      #expect(report.notes.contains { $0.hasPrefix("kept -mbmi2 -mavx2 for fast.c") })
      #expect(report.notes.contains { $0.hasPrefix("left out -mbmi2") })
      #expect(report.compilers == ["cc"])
      #expect(report.executable.kind == .dynamic)
      #expect(report.executable.needed == ["libc.so.6"])
      #expect(try BuildReport.read(from: into) == report)
      #expect(try text(into.appending("build.log")).contains("$ make -j"))
      #expect(access(directory.appending("work").string, F_OK) != 0)
    }
  }

  @Test func linksStaticallyWhereTheRecipeSaysSo() async throws {
    try await withTemporaryDirectory { directory in
      let compiler = compiler(recipe("shared-library", link: .static), in: directory)
      let into = directory.appending("reference")
      let report = try await compiler.build(.reference, into: into, workDirectory: directory.appending("work"))
      #expect(report.executable.kind == .static)
      #expect(report.notes.contains("linked .libs/libgreet.a for .libs/libgreet.so"))
      #expect(report.notes.contains { $0.contains("libtool's script") })
      #expect(try await run(into) == "hello from a library\n")
    }
  }

  @Test func refusesSharedLibrariesWhereTheRecipeSaysStatic() async throws {
    try await withTemporaryDirectory { directory in
      // The compiler is called past its wrapper.
      let steps: [Recipe.Step] = [["/usr/bin/gcc", "-o", "program", "main.c", "greet.c"]]
      let compiler = compiler(recipe("shared-library", build: steps, link: .static), in: directory)
      let error = await #expect(throws: ForgeError.self) {
        try await compiler.build(
          .reference, into: directory.appending("out"), workDirectory: directory.appending("work"))
      }
      #expect(error?.code == .noExecutable)
      #expect(error?.message.contains("libc.so.6") == true)
    }
  }

  @Test func controlIsAnotherProgramOfTheSameBehaviour() async throws {
    try await withTemporaryDirectory { directory in
      let compiler = compiler(recipe("native-makefile", executable: "sum", link: .static), in: directory)
      let into = directory.appending("control")
      let report = try await compiler.build(.control, into: into, workDirectory: directory.appending("work"))
      let first = hostHasClang ? "clang" : "gcc"
      #expect(try await run(into) == "\(first)\noptimised\n2109\n")
      #expect(report.failedAttempts.isEmpty == hostHasClang)
      #expect(report.variant == .control)
    }
  }

  @Test func probesSeeTheCompilerAsItIs() async throws {
    try await withTemporaryDirectory { directory in
      let steps: [Recipe.Step] = [["./configure"], ["make"]]
      let compiler = compiler(recipe("handmade-configure", build: steps, link: .static), in: directory)
      for variant in Variant.allCases {
        let into = directory.appending(variant.rawValue)
        let report = try await compiler.build(variant, into: into, workDirectory: directory.appending("work"))
        #expect(try await run(into) == "libm\n", "\(variant)")
        if variant == .control, hostHasClang {
          #expect(
            report.notes.contains { $0.hasPrefix("left out -fno-tree-loop-im, unknown to") }
              || report.failedAttempts.isEmpty)
        }
      }
    }
  }

  @Test func failureNamesTheStepAndTheEndOfTheLog() async throws {
    try await withTemporaryDirectory { directory in
      let steps: [Recipe.Step] = [["true"], ["make", "CC=gcc"]]
      let compiler = compiler(recipe("failing-makefile", build: steps), in: directory)
      let into = directory.appending("out")
      let error = await #expect(throws: ForgeError.self) {
        try await compiler.build(.reference, into: into, workDirectory: directory.appending("work"))
      }
      #expect(error?.code == .stepFailed)
      let message = error?.message ?? ""
      #expect(message.contains("build step 2 of 2 (`make CC=gcc`) failed: exit status 2"))
      #expect(message.contains("no-such-library/header.h is missing: add the -dev package"))
      #expect(message.contains("  | line 60 of the noise"))
      #expect(!message.contains("  | line 10 of the noise\n"))
      let log = try text(into.appending("build.log"))
      #expect(log.contains("line 1 of the noise\n") && log.contains("$ make CC=gcc\n"))
      #expect(access(directory.appending("work").string, F_OK) != 0)
    }
  }

  @Test func onlyFetchStepsHaveNetwork() async throws {
    try await withTemporaryDirectory { directory in
      let server = try LineServer(line: "hello from afar")
      let checkout = directory.appending("checkout")
      try SourceTree.copy(fixtures.appending("network-step"), to: checkout, moment: 0)
      try write("127.0.0.1 \(server.port)\n", to: checkout.appending("server"))
      let compile: Recipe.Step = ["cc", "-o", "program", "main.c"]
      let offline = compiler(
        recipe("network-step", build: [["./download.sh"], compile]), checkout: checkout, in: directory)
      let error = await #expect(throws: ForgeError.self) {
        try await offline.build(.reference, into: directory.appending("a"), workDirectory: directory.appending("work"))
      }
      #expect(error?.code == .stepFailed)
      #expect(error?.message.contains("./download.sh") == true)
      #expect(server.stop() == 0)

      let again = try LineServer(line: "hello from afar")
      try write("127.0.0.1 \(again.port)\n", to: checkout.appending("server"))
      let online = compiler(
        recipe("network-step", build: [compile], fetch: [["./download.sh"]]), checkout: checkout, in: directory)
      let into = directory.appending("b")
      let first = try await online.build(.reference, into: into, workDirectory: directory.appending("work"))
      #expect(try await run(into) == "hello from afar\n")
      // The result is kept: the second variant asks nobody.
      let second = try await online.build(.coverage, into: into, workDirectory: directory.appending("work"))
      #expect(first.fetched != nil && first.fetched == second.fetched)
      #expect(again.stop() == 1)
    }
  }

  @Test func nothingElseCanBeWritten() async throws {
    try await withTemporaryDirectory { directory in
      let compiler = compiler(recipe("writes-outside"), in: directory)
      let error = await #expect(throws: ForgeError.self) {
        try await compiler.build(
          .reference, into: directory.appending("out"), workDirectory: directory.appending("work"))
      }
      #expect(error?.message.contains("everything else is read-only") == true)
      #expect(access("/usr/local/bin/taskforge-test-program", F_OK) != 0)
    }
  }

  @Test func theMomentAndThePlaceDoNotShow() async throws {
    try await withTemporaryDirectory { directory in
      let compiler = compiler(
        recipe("timestamp", executable: "when", link: .static, version: "v1.2.3"), in: directory)
      let into = directory.appending("reference")
      let report = try await compiler.build(.reference, into: into, workDirectory: directory.appending("work"))
      #expect(try await run(into) == "Jan  2 2006 15:04:05 2006-01-02 v1.2.3 ./main.c\n")
      #expect(report.notes.contains("date answers with the time of the commit"))
      let same = try await compiler.reproduce(into, scratch: directory.appending("again"), stripRoot: nil)
      #expect(same.equal, "\(same.summary)")
      #expect(access(directory.appending("again").string, F_OK) != 0)

      let control = directory.appending("control")
      try await compiler.build(.control, into: control, workDirectory: directory.appending("work"))
      #expect(try await run(control) == "Jan  2 2006 15:04:05 2006-01-02 v1.2.3 ./main.c\n")
    }
  }

  @Test func saysWhereTwoBuildsDiffer() async throws {
    try await withTemporaryDirectory { directory in
      let steps: [Recipe.Step] = [
        ["sh", "-c", "printf 'const char host[] = \"%s %s\";' $(uname -n) $(ls -U *.c | head -c 1) >host.c"],
        [
          "sh", "-c",
          "printf 'int puts(const char *); extern const char host[]; int main(){return puts(host)<0;}' >m.c",
        ],
        ["cc", "-o", "program", "m.c", "host.c"],
      ]
      let compiler = compiler(recipe("timestamp", build: steps, link: .static), in: directory)
      let into = directory.appending("reference")
      try await compiler.build(.reference, into: into, workDirectory: directory.appending("work"))
      let result = try await compiler.reproduce(into, scratch: directory.appending("again"), stripRoot: nil)
      #expect(!result.equal)
      #expect(result.differences.first?.section == ".rodata")
      #expect(result.summary.contains(".rodata"))
    }
  }

  @Test func limitsAreSaidAsSuch() async throws {
    try await withTemporaryDirectory { directory in
      let sleeping = compiler(
        recipe("timestamp", build: [["sleep", "600"]], limits: .init(buildSeconds: 1)), in: directory)
      let late = await #expect(throws: ForgeError.self) {
        try await sleeping.build(.reference, into: directory.appending("a"), workDirectory: directory.appending("work"))
      }
      #expect(late?.code == .buildTimeout)
      #expect(late?.message.contains("limits.build_seconds") == true)

      let eating = compiler(
        recipe(
          "timestamp", build: [["perl", "-e", #"my @a; push @a, "x" x 10000000 for 1..100; sleep 60"#]],
          limits: .init(buildSeconds: 100, buildMemoryMebibytes: 200)), in: directory)
      let large = await #expect(throws: ForgeError.self) {
        try await eating.build(.reference, into: directory.appending("b"), workDirectory: directory.appending("work"))
      }
      #expect(large?.code == .buildMemory)
      #expect(large?.message.contains("limits.build_memory_mib") == true)
    }
  }

  @Test func missingProgramsAndExecutablesAreNamed() async throws {
    try await withTemporaryDirectory { directory in
      let unknown = compiler(recipe("timestamp", build: [["no-such-tool", "x"]]), in: directory)
      let tool = await #expect(throws: ForgeError.self) {
        try await unknown.build(.reference, into: directory.appending("a"), workDirectory: directory.appending("work"))
      }
      #expect(tool?.message.contains("no-such-tool") == true && tool?.message.contains("`packages`") == true)

      let elsewhere: [Recipe.Step] = [
        ["mkdir", "deep"], ["cc", "-o", "deep/program", "main.c", "-DDAY=\"\"", "-DVERSION=\"\""],
      ]
      let lost = compiler(recipe("timestamp", build: elsewhere), in: directory)
      let place = await #expect(throws: ForgeError.self) {
        try await lost.build(.reference, into: directory.appending("b"), workDirectory: directory.appending("work"))
      }
      #expect(place?.code == .noExecutable)
      #expect(place?.message.contains("there is deep/program") == true)

      let outward: [Recipe.Step] = [["ln", "-s", "/etc/passwd", "program"]]
      let escape = compiler(recipe("timestamp", build: outward), in: directory)
      let link = await #expect(throws: ForgeError.self) {
        try await escape.build(.reference, into: directory.appending("c"), workDirectory: directory.appending("work"))
      }
      #expect(link?.code == .noExecutable)
    }
  }
}

/// A server on the loopback that tells one line to whoever connects.
final class LineServer: @unchecked Sendable {
  let port: UInt16
  private let descriptor: Int32
  private var thread = pthread_t()
  private var served = 0
  private let line: String

  init(line: String) throws {
    self.line = line
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.descriptor = descriptor
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    guard bound else { throw Errno(rawValue: errno) }
    let own = Unmanaged.passRetained(self)
    pthread_create(
      &thread, nil,
      { raw in
        Unmanaged<LineServer>.fromOpaque(raw!).takeRetainedValue().serve()
        return nil
      }, own.toOpaque())
  }

  private func serve() {
    while true {
      let client = accept(descriptor, nil, nil)
      if client < 0 { return }
      served += 1
      let bytes = Array("\(line)\n".utf8)
      _ = Glibc.send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      close(client)
    }
  }

  /// Ends the server and gives how many it served.
  func stop() -> Int {
    shutdown(descriptor, Int32(SHUT_RDWR))
    pthread_join(thread, nil)
    close(descriptor)
    return served
  }
}

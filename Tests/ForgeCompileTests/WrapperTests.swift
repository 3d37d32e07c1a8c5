import ForgeCompile
import ForgeCore
import ForgeSandbox
import Glibc
import SystemPackage
import TestSupport
import Testing

@Suite struct WrapperTests {
  /// A call of a wrapper and what must, and must not, reach the compiler behind it.
  struct Call: Sendable, CustomTestStringConvertible {
    var variant = Variant.reference
    var swapped = false
    var name = "gcc"
    var link = Recipe.Linkage.dynamic
    let arguments: [String]
    var has: [String] = []
    var lacks: [String] = []
    var notes: [String] = []
    var testDescription: String { "\(variant) \(name) \(arguments)" }
  }

  static let calls: [Call] = [
    Call(
      arguments: ["-O2", "-c", "a.c", "-o", "a.o"],
      has: ["-O2", "-march=x86-64-v2", "-mtune=generic", "-ffile-prefix-map=/build/src=.", "-frandom-seed=a.o"],
      lacks: ["-Wl,--build-id=none", "-static"]),
    Call(arguments: ["a.o", "-o", "a"], has: ["-Wl,--build-id=none"], lacks: ["-static"]),
    Call(
      link: .static, arguments: ["-pie", "a.o", "-Wl,-Bdynamic", "-o", "a"], has: ["-static"],
      lacks: ["-pie", "-Wl,-Bdynamic"]),
    Call(link: .static, arguments: ["-shared", "a.o", "-o", "a.so"], lacks: ["-static"]),
    Call(link: .static, arguments: ["-c", "a.c"], lacks: ["-static", "-Wl,--build-id=none"]),
    Call(arguments: ["--version"], lacks: ["-march=x86-64-v2", "-Wl,--build-id=none"]),
    Call(arguments: ["-print-file-name=libc.a"], lacks: ["-march=x86-64-v2"]),
    Call(arguments: ["-v", "-x", "c"], lacks: ["-Wl,--build-id=none"]),
    Call(arguments: ["-E", "-"], has: ["-", "-march=x86-64-v2"]),
    Call(
      arguments: ["-march=native", "-mtune=native", "-c", "a.c"], lacks: ["-march=native", "-mtune=native"],
      notes: ["left out -march=native", "left out -mtune=native"]),
    Call(
      arguments: ["-mavx2", "-march=skylake", "-c", "a.c"], lacks: ["-mavx2", "-march=skylake"],
      notes: ["left out -mavx2 -march=skylake"]),
    Call(
      arguments: ["-msse4.2", "-mpopcnt", "-march=core2", "-c", "a.c"], has: ["-msse4.2", "-mpopcnt", "-march=core2"]),
    Call(
      arguments: ["-m32", "-march=i686", "-c", "a.c"], has: ["-m32", "-march=i686"], lacks: ["-march=x86-64-v2"],
      notes: ["kept -march=i686"]),
    // What looks like an option is the value of the one before.
    Call(arguments: ["-D", "-mavx2", "-I", "-O3", "-c", "a.c", "-o", "-pie"], has: ["-mavx2", "-O3", "-pie"]),
    Call(arguments: ["-c", "a file.c", "-DX=\"y z\"", "-o", "it's.o"], has: ["a file.c", "-DX=\"y z\"", "it's.o"]),
    Call(
      variant: .control, swapped: true, arguments: ["-O3", "-Werror", "-flto", "-c", "a.c"],
      has: ["-O1", "-ftrivial-auto-var-init=pattern", "-D__DATE__=\"Jan  2 2006\"", "-D__TIME__=\"15:04:05\""],
      lacks: ["-O3", "-Werror", "-flto", "-frandom-seed=a.c"], notes: ["left out -flto"]),
    Call(variant: .control, arguments: ["-O1", "-c", "a.c"], has: ["-O2"], lacks: ["-O1"]),
    Call(
      variant: .control, swapped: true, name: "g++", arguments: ["-c", "a.cc"], has: ["-std=gnu++17"],
      lacks: ["-Wno-error=int-conversion"]),
    Call(
      variant: .control, swapped: true, arguments: ["-O3", "-Werror", "conftest.c"], has: ["-O3", "-Werror"],
      lacks: ["-O1", "-ftrivial-auto-var-init=pattern"]),
    Call(
      variant: .coverage, arguments: ["-O2", "-c", "a.c"],
      has: ["-O0", "--coverage", "-fprofile-update=atomic", "-U_FORTIFY_SOURCE"],
      lacks: ["-O2", "-ffile-prefix-map=/build/src=."]),
    Call(
      variant: .sanitized, arguments: ["-O2", "-static", "-Wl,-Bstatic", "a.c", "-lz", "-o", "a"],
      has: [
        "-O1", "-fsanitize=address,undefined", "-fno-sanitize=alignment,shift-base,nonnull-attribute",
        "-U_FORTIFY_SOURCE", "-lz",
      ],
      lacks: ["-O2", "-static", "-Wl,-Bstatic"], notes: ["left out -static", "left out -Wl,-Bstatic"]),
    Call(
      variant: .sanitized, arguments: ["-static", "conftest.c"], has: ["-static"], lacks: ["-fno-omit-frame-pointer"]),
    Call(variant: .coverage, arguments: ["CMakeCCompilerId.c"], lacks: ["--coverage", "-O0"]),
    Call(
      variant: .coverage, arguments: ["/build/src/b/CMakeFiles/CMakeTmp/x.c", "-O2"], has: ["-O2"],
      lacks: ["--coverage"]),
  ]

  @Test(arguments: calls) func compilerGets(_ call: Call) async throws {
    try await withTemporaryDirectory { directory in
      let (seen, notes) = try await pass(call, through: directory)
      for word in call.has { #expect(seen.contains(word), "\(word) in \(seen)") }
      for word in call.lacks { #expect(!seen.contains(word), "no \(word) in \(seen)") }
      #expect(notes == call.notes)
    }
  }

  /// Calls a wrapper whose compiler only says what it was given.
  private func pass(_ call: Call, through directory: FilePath) async throws -> ([String], [String]) {
    let work = directory.appending("work")
    for name in ["", "bin", "notes", "src"] { mkdir(work.appending(name).string, 0o755) }
    try write("#!/bin/sh\nprintf '%s\\n' \"$@\"\n", to: work.appending("real"), mode: 0o755)
    let plan = try #require(CompilePlan.attempts(language: .c, link: call.link, variant: call.variant).first)
    let wrapper = CompilerWrapper(
      name: call.name, real: "/build/real", dialect: call.swapped ? .clang : .gcc, swapped: call.swapped)
    try write(wrapper.script(plan), to: work.appending("bin").appending(call.name), mode: 0o755)
    try write(
      CompilerWrapper.body(date: "Jan  2 2006", time: "15:04:05"),
      to: work.appending("bin").appending(CompilerWrapper.bodyName))
    try Sandbox.adopt(work)
    let result = try await Sandbox(root: nil, mounts: [.readWrite(work, "/build")]).run(
      ["/build/bin/\(call.name)"] + call.arguments, environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"],
      workingDirectory: "/build/src")
    #expect(result.succeeded, "\(result.errorText)")
    try Sandbox.reclaim(work)
    let flags = try? text(work.appending("notes").appending("flags"))
    return (
      result.outputText.split(separator: "\n").map(String.init), (flags ?? "").split(separator: "\n").map(String.init)
    )
  }

  @Test func scriptsAreSoundShell() async throws {
    try await withTemporaryDirectory { directory in
      let plan = CompilePlan(language: .c, link: .static, variant: .control)
      let scripts = [
        CompilerWrapper(name: "gcc", real: "/usr/bin/gcc", dialect: .gcc).script(plan),
        CompilerWrapper.body(date: "Jan  2 2006", time: "15:04:05"), ToolWrapper.date,
        ToolWrapper.git(version: "v1'2"), ToolWrapper.go(real: "/usr/bin/go", compilerFlags: "-N -l"),
        ToolWrapper.go(real: "/usr/bin/go", compilerFlags: "", counting: .lines),
        RustWrapper(real: "/usr/bin/rustc", cCompiler: "/usr/bin/cc", variant: .coverage).script,
      ]
      for (index, script) in scripts.enumerated() { try write(script, to: directory.appending("\(index)")) }
      for index in scripts.indices {
        let result = try await Sandbox(root: nil, mounts: [.readOnly(directory, "/scratch")]).run(
          ["/bin/sh", "-n", "/scratch/\(index)"], environment: ["PATH": "/usr/bin:/bin"], workingDirectory: "/")
        #expect(result.succeeded, "\(result.errorText)")
      }
    }
  }

  @Test(
    arguments: [
      (["describe", "--tags"], "v1'2\n"), (["-C", ".", "log", "-1", "--format=%ct"], "7\n"),
      (["submodule", "update", "--init"], ""), (["show", "-s", "--format=%cs"], "1970-01-01\n"),
    ])
  func gitSaysWhatTheRecipeSays(_ arguments: [String], _ expected: String) async throws {
    let (output, status) = try await tool(ToolWrapper.git(version: "v1'2"), arguments)
    #expect(output == expected && status == .exit(0))
  }

  @Test func gitKnowsNoHistory() async throws {
    let (output, status) = try await tool(ToolWrapper.git(version: "1"), ["rev-parse", "HEAD"])
    #expect(output.isEmpty && status == .exit(128))
  }

  @Test(
    arguments: [
      (["+%s"], "7\n"), (["-u", "+%Y-%m-%d"], "1970-01-01\n"), (["-d", "@99", "+%s"], "99\n"),
      (["-ud@98", "+%s"], "98\n"), (["--date=@97", "+%s"], "97\n"),
      (["-Iseconds", "-u"], "1970-01-01T00:00:07+00:00\n"),
    ])
  func dateStandsStill(_ arguments: [String], _ expected: String) async throws {
    #expect(try await tool(ToolWrapper.date, arguments).0 == expected)
  }

  @Test func goKeepsTheFlagsOfTheCommandLine() async throws {
    let script = ToolWrapper.go(real: "/usr/bin/echo", compilerFlags: "-N -l")
    #expect(
      try await tool(script, ["build", "-ldflags", "-X a=b", "./x"]).0
        == "build -ldflags=-buildid= -X a=b -gcflags=all=-N -l ./x\n")
    #expect(
      try await tool(script, ["install", "-ldflags=-s"]).0 == "install -ldflags=-buildid= -s -gcflags=all=-N -l\n")
    #expect(try await tool(script, ["env", "GOROOT"]).0 == "env GOROOT\n")
  }

  private func tool(_ script: String, _ arguments: [String]) async throws -> (String, Outcome.Termination) {
    try await withTemporaryDirectory { directory in
      mkdir(directory.appending("notes").string, 0o755)
      try write(script, to: directory.appending("tool"), mode: 0o755)
      try Sandbox.adopt(directory)
      defer { try? Sandbox.reclaim(directory) }
      let result = try await Sandbox(root: nil, mounts: [.readWrite(directory, "/build")]).run(
        ["/build/tool"] + arguments, environment: ["PATH": "/usr/bin:/bin", "SOURCE_DATE_EPOCH": "7", "TZ": "UTC"],
        workingDirectory: "/build")
      return (result.outputText, result.termination)
    }
  }
}

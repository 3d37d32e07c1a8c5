import ForgeCompile
import ForgeCore
import Glibc
import SystemPackage
import TestSupport
import Testing

@Suite struct PlanTests {
  @Test(arguments: Recipe.Language.allCases) func everyVariantHasAPlan(_ language: Recipe.Language) {
    let planned = Variant.allCases.filter { variant in
      !CompilePlan.attempts(language: language, link: .static, variant: variant).isEmpty
    }
    #expect(planned == Variant.all(for: language))
    #expect(CompilePlan.extraPackages(language: language, variant: .reference).isEmpty)
  }

  @Test func packagesOfVariants() {
    #expect(CompilePlan.extraPackages(language: .c, variant: .control, packages: ["gcc", "make"]) == ["clang"])
    #expect(CompilePlan.extraPackages(language: .c, variant: .control, packages: ["clang"]) == ["gcc"])
    #expect(CompilePlan.extraPackages(language: .cpp, variant: .control) == ["clang"])
    #expect(CompilePlan.extraPackages(language: .cpp, variant: .coverage, packages: ["clang"]) == ["g++", "gcc"])
    #expect(CompilePlan.extraPackages(language: .go, variant: .control, packages: ["golang-go"]).isEmpty)
    #expect(CompilePlan.extraPackages(language: .go, variant: .coverage).isEmpty)
    #expect(CompilePlan.extraPackages(language: .rust, variant: .coverage, suite: .trixie) == ["llvm-19"])
  }

  @Test func environmentIsFromScratch() {
    setenv("TASKFORGE_TEST_SECRET", "1", 1)
    let plan = CompilePlan(language: .c, link: .static, variant: .reference)
    let variables = BuildEnvironment.variables(for: plan, epoch: 42, phase: .build)
    #expect(variables["TASKFORGE_TEST_SECRET"] == nil)
    #expect(variables["SOURCE_DATE_EPOCH"] == "42" && variables["TZ"] == "UTC" && variables["LC_ALL"] == "C.UTF-8")
    #expect(variables["PATH"]?.hasPrefix("/build/bin:") == true)
  }

  @Test func goAndRust() {
    let go = CompilePlan(language: .go, link: .static, variant: .control)
    let online = BuildEnvironment.variables(for: go, epoch: 0, phase: .fetch)
    let offline = BuildEnvironment.variables(for: go, epoch: 0, phase: .build)
    #expect(online["GOPROXY"] == nil && offline["GOPROXY"] == "off")
    #expect(offline["GOAMD64"] == "v2" && offline["GOFLAGS"] == "-trimpath -buildvcs=false")
    #expect(offline["CGO_ENABLED"] == "0")

    let reference = CompilePlan(language: .rust, link: .dynamic, variant: .reference)
    let control = CompilePlan(language: .rust, link: .static, variant: .control)
    let plain = BuildEnvironment.variables(for: reference, epoch: 0, phase: .build)
    let other = BuildEnvironment.variables(for: control, epoch: 0, phase: .build)
    #expect(plain["RUSTFLAGS"]?.contains("opt-level") == false && plain["CARGO_BUILD_TARGET"] == nil)
    #expect(other["RUSTFLAGS"]?.hasSuffix("-Copt-level=1") == true)
    #expect(other["CARGO_PROFILE_RELEASE_LTO"] == nil)
    #expect(other["RUSTFLAGS"]?.contains("+crt-static") == true && other["CARGO_BUILD_TARGET"] != nil)
  }

  @Test(
    arguments: [
      ("gcc", true), ("x86_64-linux-gnu-gcc-12", true), ("clang++-14", true), ("c99", true), ("cc", true),
      ("g++-4.9", true), ("gcc-ar", false), ("gcc-nm-12", false), ("clang-format", false), ("clang-cpp-14", false),
      ("c89-gcc", false), ("gccgo", false), ("cpp", false), ("x86_64-linux-gnu-ld", false),
    ])
  func compilersAreKnownByName(_ name: String, _ expected: Bool) throws {
    try withTemporaryDirectory { root in
      for directory in ["usr", "usr/bin"] { mkdir(root.appending(directory).string, 0o755) }
      try write("", to: root.appending("usr/bin").appending(name), mode: 0o755)
      let plan = CompilePlan(language: .c, link: .static, variant: .reference)
      #expect(try CompilerWrapper.all(in: root, plan: plan).map(\.name) == (expected ? [name] : []))
    }
  }

  @Test func theOtherCompilerIsFound() throws {
    try withTemporaryDirectory { root in
      for directory in ["usr", "usr/bin", "etc"] { mkdir(root.appending(directory).string, 0o755) }
      let bin = root.appending("usr/bin")
      for name in ["gcc-12", "clang-14", "clang-9"] { try write("", to: bin.appending(name), mode: 0o755) }
      symlink("/etc/cc", bin.appending("cc").string)
      symlink("../usr/bin/gcc-12", root.appending("etc/cc").string)
      symlink("/etc/nowhere", bin.appending("gcc").string)
      let control = CompilePlan(language: .c, link: .static, variant: .control, compiler: .other)
      let wrappers = try CompilerWrapper.all(in: root, plan: control)
      #expect(wrappers.map(\.name) == ["cc", "clang-14", "clang-9", "gcc-12"])
      #expect(wrappers[0].real == "/usr/bin/clang-14" && wrappers[0].dialect == .clang && wrappers[0].swapped)
      #expect(wrappers[1].real == "/usr/bin/gcc-12" && wrappers[1].dialect == .gcc)
      for name in ["clang-14", "clang-9"] { unlink(bin.appending(name).string) }
      let error = #expect(throws: ForgeError.self) { try CompilerWrapper.all(in: root, plan: control) }
      #expect(error?.code == .noVariant && error?.message.contains("clang") == true)
    }
  }

  @Test(
    arguments: [
      ("main.c:1:10: fatal error: zlib.h: No such file or directory", "zlib.h"),
      ("/usr/bin/ld: cannot find -lz: No such file or directory", "libz cannot be linked"),
      ("/usr/bin/ld: attempted static link of dynamic object `./.libs/libx.so'", "--disable-shared"),
      ("curl: (6) Could not resolve host: example.org", "`fetch`"),
      ("cp: cannot create regular file '/usr/local/bin/x': Read-only file system", "/build"),
      ("./autogen.sh: 3: aclocal: not found", "aclocal"),
    ])
  func logsAreUnderstood(_ line: String, _ expected: String) {
    let advice = BuildDiagnosis.advice(lines: ["before", line, "make: *** [all] Error 1"], status: 2, program: "make")
    #expect(advice?.contains(expected) == true, "\(advice ?? "nothing")")
  }

  @Test func unknownFailuresGetNoAdvice() {
    #expect(BuildDiagnosis.advice(lines: ["it went wrong"], status: 1, program: "x") == nil)
    #expect(BuildDiagnosis.advice(lines: [], status: 127, program: "x")?.contains("`x`") == true)
    #expect(BuildDiagnosis.ranOutOfMemory(lines: ["gcc: fatal error: Killed signal terminated program cc1"]))
    #expect(!BuildDiagnosis.ranOutOfMemory(lines: ["gcc: error"]))
  }
}

@Suite struct TreeTests {
  @Test func copiesWhatBuildsNeed() throws {
    try withTemporaryDirectory { directory in
      let from = directory.appending("from")
      for name in ["", "deep"] { mkdir(from.appending(name).string, 0o700) }
      try write("#!/bin/sh\n", to: from.appending("deep/run"), mode: 0o700)
      try write("text", to: from.appending("text"), mode: 0o600)
      symlink("/etc/passwd", from.appending("link").string)
      let to = directory.appending("to")
      try SourceTree.copy(from, to: to, moment: 1000, order: .reversed)
      #expect(try SourceTree.digest(to) == SourceTree.digest(from))
      var modes: [String: UInt32] = [:]
      try SourceTree.walk(to) { _, relative, status in
        modes[relative] = status.st_mode
        #expect(status.st_mtim.tv_sec == 1000)
      }
      #expect(modes["deep/run"] == S_IFREG | 0o755 && modes["text"] == S_IFREG | 0o644)
      #expect(modes["link"].map { $0 & S_IFMT } == S_IFLNK)
      mkdir(to.appending("closed").string, 0o000)
      try SourceTree.remove(to)
      #expect(access(to.string, F_OK) != 0)
    }
  }

  @Test func digestsSeeEveryChange() throws {
    try withTemporaryDirectory { directory in
      let tree = directory.appending("tree")
      mkdir(tree.string, 0o755)
      var seen: Set<Digest> = [try SourceTree.digest(tree)]
      try write("a", to: tree.appending("f"))
      seen.insert(try SourceTree.digest(tree))
      try write("b", to: tree.appending("f"))
      seen.insert(try SourceTree.digest(tree))
      chmod(tree.appending("f").string, 0o755)
      seen.insert(try SourceTree.digest(tree))
      rename(tree.appending("f").string, tree.appending("g").string)
      seen.insert(try SourceTree.digest(tree))
      mkdir(tree.appending("d").string, 0o755)
      seen.insert(try SourceTree.digest(tree))
      symlink("g", tree.appending("l").string)
      seen.insert(try SourceTree.digest(tree))
      #expect(seen.count == 7)
    }
  }

  @Test func refusesPipes() throws {
    try withTemporaryDirectory { directory in
      let tree = directory.appending("tree")
      mkdir(tree.string, 0o755)
      mkfifo(tree.appending("pipe").string, 0o644)
      #expect(throws: ForgeError.self) { try SourceTree.copy(tree, to: directory.appending("to"), moment: 0) }
    }
  }

  @Test func linksStayInside() throws {
    try withTemporaryDirectory { root in
      mkdir(root.appending("src").string, 0o755)
      try write("x", to: root.appending("src/real"))
      for (name, target) in [
        ("near", "real"), ("far", "/build/src/real"), ("round", "round"), ("up", "../../etc/passwd"),
        ("out", "/etc/passwd"), ("sly", "../../build/src/real"),
      ] { symlink(target, root.appending("src").appending(name).string) }
      for (name, found) in [
        ("real", true), ("near", true), ("far", true), ("round", false), ("up", false), ("out", false), ("sly", true),
        ("missing", false),
      ] {
        let place = ContainedPath.resolve("/build/src/\(name)", root: root, top: "/build")
        #expect(place?.inner == (found ? "/build/src/real" : nil), "\(name)")
        #expect(place?.host == (found ? root.appending("src/real") : nil), "\(name)")
      }
    }
  }
}

@Suite struct ElfTests {
  @Test func readsARealProgram() throws {
    let bytes = try bytes("/bin/sh")
    let file = try #require(ElfFile(bytes))
    #expect(file.isExecutable)
    #expect(file.needed.contains("libc.so.6"))
    #expect(file.interpreter == "/lib64/ld-linux-x86-64.so.2")
    #expect(file.sections.contains { $0.name == ".text" })
  }

  @Test func refusesDamage() throws {
    let whole = try bytes("/bin/true")
    #expect(ElfFile([]) == nil)
    #expect(ElfFile(Array("#!/bin/sh".utf8)) == nil)
    // No prefix and no wild byte in the headers may crash the reader.
    for count in stride(from: 0, to: min(whole.count, 4096), by: 7) { _ = ElfFile(Array(whole[..<count])) }
    for at in 0..<1024 {
      var damaged = whole
      damaged[at] = 0xff
      _ = ElfFile(damaged)
    }
  }

  @Test func namesWhatDiffers() throws {
    let whole = try bytes("/bin/true")
    #expect(Reproducibility(whole, whole).equal)
    let file = try #require(ElfFile(whole))
    let text = try #require(file.sections.first { $0.name == ".text" })
    var changed = whole
    changed[text.range.lowerBound + 5] ^= 1
    let result = Reproducibility(whole, changed)
    #expect(!result.equal)
    #expect(result.offset == text.range.lowerBound + 5)
    #expect(result.differences.map(\.section) == [".text"])
    #expect(result.differences[0].offset == 5)
    #expect(Reproducibility([1, 2], [1, 2, 3]).offset == nil)
  }

  private func bytes(_ path: FilePath) throws -> [UInt8] {
    let file = try FileDescriptor.open(path, .readOnly)
    return try file.closeAfter {
      let size = try file.seek(offset: 0, from: .end)
      var bytes = [UInt8](repeating: 0, count: Int(size))
      _ = try bytes.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: 0, into: $0) }
      return bytes
    }
  }
}

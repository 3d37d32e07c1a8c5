import ForgeCore
import ForgeSandbox
import Glibc
import SystemPackage

/// The host's directory that one build sees as ``BuildLayout/top``.
struct BuildPlace: Sendable {
  let compiler: Compiler
  let plan: CompilePlan
  let work: FilePath
  let conditions: Compiler.Conditions

  /// What `$JOBS` stands for.
  var jobs: Int { conditions.jobs ?? Self.processors }
  /// Processors of the host.
  static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Makes the directory with the sources and the wrappers, and gives it to the build user.
  func prepare(_ fetched: FetchedTree) throws {
    try Directory.makeFresh(work)
    for name in BuildLayout.directories { try Directory.make(work.appending(name)) }
    try SourceTree.copy(
      fetched.source, to: work.appending("src"), moment: compiler.epoch, order: conditions.order)
    if let dependencies = fetched.dependencies {
      try SourceTree.copy(dependencies, to: work.appending("deps"), moment: compiler.epoch, order: conditions.order)
    }
    try writeWrappers()
    try Sandbox.adopt(work)
  }

  private func writeWrappers() throws {
    let directory = work.appending("bin")
    let body = CompilerWrapper.body(date: BuildMoment.date(compiler.epoch), time: BuildMoment.time(compiler.epoch))
    try Directory.write(body, to: directory.appending(CompilerWrapper.bodyName))
    if plan.variant == .instrumented {
      try Directory.write(EdgeRuntime.source, to: directory.appending(EdgeRuntime.fileName))
    }
    for wrapper in try CompilerWrapper.all(in: compiler.buildRoot, plan: plan) {
      try Directory.write(wrapper.script(plan), to: directory.appending(wrapper.name), mode: 0o755)
    }
    try Directory.write(ToolWrapper.date, to: directory.appending("date"), mode: 0o755)
    if let version = compiler.recipe.version {
      try Directory.write(ToolWrapper.git(version: version), to: directory.appending("git"), mode: 0o755)
    }
    if plan.language == .go, let go = ContainedPath.find("go", in: compiler.buildRoot) {
      let counting = GoCounters.kind(of: plan.variant)
      let script = ToolWrapper.go(
        real: go, compilerFlags: BuildEnvironment.goCompilerFlags(plan.variant), counting: counting)
      try Directory.write(script, to: directory.appending("go"), mode: 0o755)
      if counting != nil { try Directory.write(GoCounters.source, to: directory.appending(GoCounters.fileName)) }
    }
    if let rust = RustWrapper.find(in: compiler.buildRoot, plan: plan) {
      try Directory.write(rust.script, to: directory.appending("rustc"), mode: 0o755)
    }
  }

  /// The walls around the steps.
  func sandbox(network: Bool, seconds: Int) -> Sandbox {
    let memory = UInt64(compiler.recipe.limits.buildMemoryMebibytes) << 20
    let limits = Limits(
      wallSeconds: Double(seconds), cpuSeconds: UInt64(seconds * max(jobs, 1) * 2), memoryBytes: memory,
      temporaryBytes: max(memory / 2, 256 << 20))
    return Sandbox(
      root: compiler.buildRoot,
      mounts: [
        .readWrite(work, BuildLayout.top), .readOnly(work.appending("bin"), BuildLayout.wrappers),
      ],
      network: network, hostName: conditions.hostName, limits: limits)
  }

  /// Removes everything.
  func remove() throws {
    guard Directory.exists(work) else { return }
    try Sandbox.reclaim(work)
    try SourceTree.remove(work)
  }
}

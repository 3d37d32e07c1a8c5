import ForgeCore
import Glibc
package import SystemPackage

/// One wall around a build, a test suite or a probe: bubblewrap over a root file system.
///
/// Inside there are only the root, read-only, and the mounts; own user, process, mount, network, IPC, host name and
/// control group namespaces; an unprivileged user 1000 without capabilities or a way to new ones; an environment from
/// scratch. When the command ends, is stopped, or its starter dies, every process inside is killed.
package struct Sandbox: Sendable {
  /// The root file system, shown read-only; nil for the host's own programs and libraries, which is not hermetic.
  package var root: FilePath?
  /// What else is shown, in this order.
  package var mounts: [Mount]
  /// Whether the host's network can be reached; only steps that fetch need it.
  package var network: Bool
  /// The host name inside.
  package var hostName: String
  /// What the command may use.
  package var limits: Limits

  /// Describes a sandbox; nothing is started.
  package init(
    root: FilePath?, mounts: [Mount] = [], network: Bool = false, hostName: String = "taskforge",
    limits: Limits = Limits()
  ) {
    self.root = root
    self.mounts = mounts
    self.network = network
    self.hostName = hostName
    self.limits = limits
  }

  /// Runs a command inside to its end.
  ///
  /// `/proc`, a minimal `/dev`, and empty `/tmp` (with `/tmp/home`) and `/run` are always there. A death by signal is
  /// seen as status 128 + signal by bubblewrap and given as `.signal`.
  ///
  /// - Parameters:
  ///   - argv: The program, looked up in the environment's `PATH`, and its arguments.
  ///   - environment: The whole environment.
  ///   - workingDirectory: An absolute path inside.
  ///   - input: Standard input; empty is an empty stream.
  ///   - log: A file to which standard output and standard error are appended as they come, whole.
  ///   - onOutput: Called with the bytes of either stream as they come, on a thread of its own.
  ///   - outputLimit: How many bytes of each stream the result keeps, the last ones.
  /// - Returns: How the command ended; a status other than 0 is no error here.
  /// - Throws: ``ForgeError`` when the sandbox cannot be set up, and when the task is cancelled.
  package func run(
    _ argv: [String], environment: [String: String], workingDirectory: String, input: [UInt8] = [],
    log: FilePath? = nil, onOutput: (@Sendable (ArraySlice<UInt8>) -> Void)? = nil, outputLimit: Int = 1 << 20
  ) async throws -> CommandResult {
    guard !argv.isEmpty else { throw ForgeError(.startFailed, "an empty command cannot be started") }
    let command = BoxedCommand(
      boxArguments: outerOptions(),
      argv: try commandLine(argv, environment: environment, workingDirectory: workingDirectory),
      environment: Self.outerEnvironment(environment),
      workingDirectory: nil, input: input, wallSeconds: limits.wallSeconds, outputLimit: outputLimit,
      logLimit: limits.outputBytes, log: log, onOutput: onOutput)
    var result = try await command.run()
    try refuse(setupFailureOf: result)
    if case .exit(let status) = result.termination, status > 128, status <= 128 + 64 {
      result.termination = status == 128 + SIGXCPU ? .timeout : .signal(status - 128)
      if status == 128 + SIGXCPU { result.passedBound = .cpu }
    }
    return result
  }

  /// What starts a command inside, as the supervisor is given it; `first` makes it the first process there.
  ///
  /// - Throws: ``ForgeError`` where a program is missing or a mount cannot be.
  func commandLine(
    _ argv: [String], environment: [String: String], workingDirectory: String, first: Bool = false
  ) throws -> [String] {
    guard let bubblewrap = Libexec.hostProgram("bwrap") else {
      throw ForgeError(.missingProgram, "bwrap is not installed; install the package bubblewrap")
    }
    try checkMounts()
    return [bubblewrap.string]
      + walls(
        box: try Libexec.box(), environment: environment, workingDirectory: workingDirectory, first: first)
      + ["--", Self.innerBox] + innerOptions + ["--"] + argv
  }

  /// The environment of bubblewrap itself.
  static func outerEnvironment(_ inner: [String: String]) -> [String: String] {
    ["PATH": inner["PATH"] ?? SolverEnvironment.variables["PATH", default: "/usr/bin:/bin"]]
  }

  /// Messages of bubblewrap and the box mean that the command did not run.
  func refuse(setupFailureOf result: CommandResult) throws {
    let text = result.errorText
    guard
      (result.termination == .exit(1) && text.hasPrefix("bwrap: "))
        || (result.termination == .exit(125) && text.hasPrefix("taskforge-box: "))
    else { return }
    let first = text.split(separator: "\n").first.map(String.init) ?? text
    if first.hasPrefix("taskforge-box: "), first.hasSuffix(": No such file or directory"),
      !first.contains("/proc/")
    {
      throw ForgeError(.startFailed, "\(first.dropFirst(15)) (inside the sandbox)", path: root?.string)
    }
    throw ForgeError(
      .badSandbox,
      "the sandbox could not be set up: \(first); a mount point must exist in the root, and user namespaces must be "
        + "allowed (`taskforge doctor`)", path: root?.string)
  }

  private func checkMounts() throws {
    if let root, access(root.appending("usr").string, F_OK) != 0 {
      throw ForgeError(.badSandbox, "not a root file system: it has no /usr", path: root.string)
    }
    for mount in mounts {
      switch mount.kind {
      case .readOnly(let host), .readWrite(let host):
        guard access(host.string, F_OK) == 0 else {
          throw ForgeError(.badSandbox, "nothing to mount at \(mount.inside): it does not exist", path: host.string)
        }
      case .temporary, .link: break
      }
    }
  }
}

import ForgeCore
import ForgeGit
import Logging
import SystemPackage

/// Checks one commit out in a process of its own: `taskforge-git-probe <cache> <url> <commit> <directory>`.
@main struct GitProbe {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 5, let commit = ObjectID(hex: arguments[3]) else {
      throw ForgeError(.malformed, "usage: taskforge-git-probe <cache> <url> <commit> <directory>")
    }
    let mirrors = Mirrors(cache: FilePath(arguments[1]), logger: Logger(label: "probe"))
    let report = try await mirrors.checkout(commit, of: GitURL(arguments[2]), into: FilePath(arguments[4])) {
      // Written at once, unlike what `print` writes into a pipe.
      let line = "\($0.phase.rawValue) \($0.done) \($0.total)\n"
      _ = try? FileDescriptor.standardOutput.writeAll(line.utf8)
    }
    print(report.tree)
  }
}

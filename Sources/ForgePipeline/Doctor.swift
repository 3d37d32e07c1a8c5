import ForgeCore
import ForgeSandbox
import Foundation
package import SystemPackage

#if canImport(Glibc)
  import Glibc
#endif

/// Looks at what the machine has of what taskforge needs.
package struct Doctor: Sendable {
  /// One thing that was looked at.
  package struct Finding: Sendable, Hashable, Codable {
    /// How it stands.
    package enum State: String, Sendable, Hashable, Codable {
      /// It is there.
      case ok
      /// Work goes on without it, with a wall or a figure less.
      case reduced
      /// Work needs it.
      case missing
    }
    /// What was looked at.
    package var name: String
    /// How it stands.
    package var state: State
    /// What was found.
    package var detail: String
    /// The command or the setting that mends it; nil where nothing needs mending.
    package var remedy: String?
  }

  /// Where the store is or would be.
  package let store: FilePath

  /// A doctor for a machine with its store at a place.
  package init(store: FilePath) { self.store = store }

  /// Looks at everything; nothing is changed but a sandbox, a cell and a control group that come and go.
  package func examine() async -> [Finding] {
    var findings = [processor(), kernel()]
    findings += Self.programs.map(program)
    findings.append(keyring())
    findings += ["box", "cell", "recorder", "room", "line", "probe"].map { own("taskforge-\($0)") }
    findings.append(identities())
    findings += libraries()
    findings.append(await sandbox())
    findings += await cell()
    findings.append(Self.findings(of: CellBounds.probe()))
    findings.append(disk())
    return findings
  }

  private static let programs: [(program: String, package: String, use: String)] = [
    ("bwrap", "bubblewrap", "walls of builds and cases"), ("mmdebstrap", "mmdebstrap", "root file systems"),
    ("apt-get", "apt", "package lists and Debian upstreams"), ("dpkg-source", "dpkg-dev", "Debian upstreams"),
  ]

  private func program(_ wanted: (program: String, package: String, use: String)) -> Finding {
    if let path = Libexec.hostProgram(wanted.program) {
      return Finding(name: wanted.program, state: .ok, detail: path.string)
    }
    // Only the signature check of source packages goes through dpkg-source, and apt does without it.
    return Finding(
      name: wanted.program, state: wanted.program == "dpkg-source" ? .reduced : .missing,
      detail: "not installed; needed for \(wanted.use)", remedy: "apt-get install \(wanted.package)")
  }

  private func keyring() -> Finding {
    let file: FilePath = "/usr/share/keyrings/debian-archive-keyring.gpg"
    return file.exists
      ? Finding(name: "Debian's keys", state: .ok, detail: file.string)
      : Finding(
        name: "Debian's keys", state: .missing, detail: "\(file) is not there; packages cannot be verified",
        remedy: "apt-get install debian-archive-keyring")
  }

  private func own(_ name: String) -> Finding {
    do {
      return Finding(name: name, state: .ok, detail: try Libexec.find(name).string)
    } catch {
      return Finding(
        name: name, state: .missing, detail: "\(error)",
        remedy: "swift build -c release, and install \(name) beside taskforge")
    }
  }

  private func processor() -> Finding {
    let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let flags = Set(
      info.split(separator: "\n").first { $0.hasPrefix("flags") }?.split(separator: " ").map(String.init) ?? [])
    // The x86-64-v2 level of the x86-64 psABI, as /proc/cpuinfo spells it.
    let lacking = ["cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"].filter { !flags.contains($0) }
    let cpus = ProcessInfo.processInfo.activeProcessorCount
    if lacking.isEmpty { return Finding(name: "processor", state: .ok, detail: "x86-64-v2, \(cpus) CPUs") }
    return Finding(
      name: "processor", state: .missing, detail: "not x86-64-v2: lacks \(lacking.joined(separator: ", "))",
      remedy: "use a machine with an x86-64-v2 processor (2009 or later)")
  }

  private func kernel() -> Finding {
    var name = utsname()
    uname(&name)
    let release = withUnsafeBytes(of: &name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
    let enough = numbers.count == 2 && (numbers[0], numbers[1]) >= (5, 10)
    return Finding(
      name: "kernel", state: enough ? .ok : .missing, detail: "Linux \(release)",
      remedy: enough ? nil : "boot Linux 5.10 or later, which Debian 11 and later have")
  }

  private func identities() -> Finding {
    if geteuid() == 0 {
      return Finding(name: "user", state: .ok, detail: "root; cases and builds run as users without rights")
    }
    let user = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(geteuid())"
    let ranges = (try? String(contentsOfFile: "/etc/subuid", encoding: .utf8)) ?? ""
    let known = ranges.split(separator: "\n").contains { $0.hasPrefix("\(user):") || $0.hasPrefix("\(geteuid()):") }
    if known, Libexec.hostProgram("newuidmap") != nil {
      return Finding(name: "user", state: .ok, detail: "\(user), with subordinate ids")
    }
    return Finding(
      name: "user", state: .reduced,
      detail: "\(user), without subordinate ids: root file systems cannot be made as this user",
      remedy:
        "as root: apt-get install uidmap && usermod --add-subuids 100000-165535 --add-subgids 100000-165535 \(user)")
  }

  private func sandbox() async -> Finding {
    do {
      let result = try await Sandbox(root: nil, limits: Limits(wallSeconds: 20)).run(
        ["/bin/true"], environment: SolverEnvironment.variables, workingDirectory: "/")
      guard result.termination == .exit(0) else {
        throw ForgeError(.system, "An empty sandbox ended with \(result.termination): \(result.errorText)")
      }
      return Finding(name: "namespaces", state: .ok, detail: "bubblewrap runs a command behind them")
    } catch {
      return Finding(
        name: "namespaces", state: .missing, detail: "\(error)",
        remedy: "sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000 "
          + "kernel.apparmor_restrict_unprivileged_userns=0 (those that exist), or run as root")
    }
  }

  private func disk() -> Finding {
    var place = store
    while !place.exists, place.removeLastComponent() {}
    var status = statvfs()
    guard statvfs(place.string, &status) == 0 else {
      return Finding(
        name: "disk", state: .missing, detail: "\(store): \(Errno(rawValue: errno))",
        remedy: "set TASKFORGE_STORE to a directory that you may write")
    }
    let free = Int64(status.f_bavail) * Int64(status.f_frsize)
    let writable = access(place.string, W_OK) == 0
    if !writable {
      return Finding(
        name: "disk", state: .missing, detail: "\(place) may not be written",
        remedy: "set TASKFORGE_STORE to a directory that you may write")
    }
    // Three roots take some 4 GB, the builds of one program rarely more than 2.
    let enough = free >= 10 << 30
    return Finding(
      name: "disk", state: enough ? .ok : .reduced, detail: "\(free >> 30) GiB free for the store at \(store)",
      remedy: enough ? nil : "free 10 GiB, or set TASKFORGE_STORE to a larger disk")
  }
}

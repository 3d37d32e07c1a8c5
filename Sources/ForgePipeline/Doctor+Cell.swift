import ForgeCore
import ForgeSandbox
import SystemPackage

extension Doctor {
  /// Starts one cell with the host's system and tells what it can do.
  func cell() async -> [Finding] {
    do {
      let pool = try CellPool(configuration: CellConfiguration(root: nil, executable: "/bin/true"), workers: 1)
      do {
        let abilities = try await pool.abilities
        let observed = try await pool.run(Invocation())
        guard observed.outcome.termination == .exit(0) else {
          throw ForgeError(.system, "/bin/true in a cell ended with \(observed.outcome.termination)")
        }
        await pool.close()
        return Self.findings(of: abilities)
      } catch {
        await pool.close()
        throw error
      }
    } catch {
      return [
        Finding(
          name: "cell", state: .missing, detail: "\(error)",
          remedy: "sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000 "
            + "kernel.apparmor_restrict_unprivileged_userns=0 (those that exist), or run as root")
      ]
    }
  }

  /// A cell that starts, and a finding for each thing that it cannot change between two runs of a case.
  static func findings(of abilities: CellAbilities) -> [Finding] {
    let asked: [(name: String, able: Bool, why: String?, remedy: String)] = [
      ("host name", abilities.hostName, nil, "run as root, or where user namespaces are allowed"),
      (
        "process ids", abilities.firstPid, nil,
        "mount /proc with sys/kernel/ns_last_pid writable: outside of a container, on a kernel with "
          + "CONFIG_CHECKPOINT_RESTORE"
      ),
      (
        "user id", abilities.user, "an ordinary user maps only one id into a cell", "run as root"
      ),
      (
        "CPU count", abilities.cpus > 1, "there is one", "use a machine, or a cpuset, with two processors"
      ),
      (
        "address layout", abilities.layout, nil,
        "allow personality(2), such as docker run --security-opt seccomp=unconfined"
      ),
      (
        "clock", abilities.clock, abilities.clockReason,
        "boot Linux 5.6 or later with CONFIG_TIME_NS, and allow time namespaces in the container"
      ),
    ]
    let able = asked.filter(\.able).map(\.name).joined(separator: ", ")
    let cell = Finding(
      name: "cell", state: .ok,
      detail: "started behind namespaces of its own; changes \(able.isEmpty ? "nothing" : able)")
    return [cell]
      + asked.filter { !$0.able }.map { item in
        let why = item.why.map { " (\($0))" } ?? ""
        return Finding(
          name: "cell: \(item.name)", state: .reduced,
          detail: "cannot be changed\(why); the gate on cases that depend on it is not measured",
          remedy: item.remedy)
      }
  }

  /// What control groups bound of a case.
  static func findings(of bounds: CellBounds) -> Finding {
    let lacking = (bounds.memory ? [] : ["memory"]) + (bounds.processes ? [] : ["processes"])
    guard !lacking.isEmpty else {
      return Finding(name: "control groups", state: .ok, detail: "memory and processes of a cell are bounded together")
    }
    return Finding(
      name: "control groups", state: .reduced,
      detail: "no group bounds the \(lacking.joined(separator: " and ")) of a cell together; "
        + "the limits of single processes hold",
      remedy: "systemd-run --user --scope -p Delegate=yes taskforge …, or run as root where /sys/fs/cgroup is writable")
  }
}

import ForgeCore

/// What goes back to a client: how to make what the program changed, what it printed, how it ended.
struct ProbeReply {
  /// What the program showed.
  let outcome: Outcome
  /// Paths that are no UTF-8, by the text that stands for them there.
  let rawPaths: [String: [UInt8]]
  /// What it might use.
  let limits: CaseLimits

  /// Status of a call that was stopped by the time limit, as of timeout(1).
  static let timeStatus: Int32 = 124
  /// Status of a call that did not work for another reason.
  static let failedStatus: Int32 = 125

  /// The one item of a call that was not run.
  static func refusal(_ reason: String) -> ProbeItem {
    ProbeItem(
      kind: .end, mode: ProbeItem.Ending.failed.rawValue, code: failedStatus, data: Array(reason.utf8))
  }

  /// The items in the order in which the client can follow them.
  var items: [ProbeItem] {
    var removed: [ProbeItem] = []
    var directories: [ProbeItem] = []
    var leaves: [ProbeItem] = []
    var permissions: [ProbeItem] = []
    var notes = ""
    for entry in outcome.files {
      let name = rawPaths[entry.path] ?? Array(entry.path.utf8)
      switch entry.content {
      case .removed: removed.append(ProbeItem(kind: .removed, name: name))
      case .directory(let mode):
        // Open to its owner until all below it is made.
        directories.append(ProbeItem(kind: .directory, mode: UInt32(mode | 0o700), name: name))
        if mode & 0o700 != 0o700 { permissions.append(ProbeItem(kind: .directory, mode: UInt32(mode), name: name)) }
      case .file(let data, let mode):
        leaves.append(ProbeItem(kind: .file, mode: UInt32(mode), name: name, data: data.bytes))
      case .link(let target): leaves.append(ProbeItem(kind: .link, name: name, data: Array(target.utf8)))
      case .other(let kind): notes += "executable: '\(entry.path)' (\(kind)) stays where the program ran\n"
      }
    }
    // Standard error first: it is seldom held back, while standard output into a pipe mostly comes at the end.
    let streams = [
      ProbeItem(kind: .error, data: outcome.stderr.bytes + Array(notes.utf8)),
      ProbeItem(kind: .output, data: outcome.stdout.bytes),
    ]
    return removed.reversed() + directories + leaves + permissions.reversed() + streams + [end]
  }

  private var end: ProbeItem {
    switch outcome.termination {
    case .exit(let status): return ProbeItem(kind: .end, mode: ProbeItem.Ending.exited.rawValue, code: status)
    case .signal(let number): return ProbeItem(kind: .end, mode: ProbeItem.Ending.signalled.rawValue, code: number)
    case .timeout:
      let text = "the program was stopped: it used \(limits.cpuMilliseconds / 1000) s of CPU time, or waited too long"
      return ProbeItem(
        kind: .end, mode: ProbeItem.Ending.failed.rawValue, code: Self.timeStatus, data: Array(text.utf8))
    case .excess: return Self.refusal("the program was stopped: it wrote more than a case may")
    }
  }
}

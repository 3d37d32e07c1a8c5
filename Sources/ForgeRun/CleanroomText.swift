import ForgeCore

/// What `TASK.md` says in a cleanroom beyond what the bundle's says: how to work there.
struct CleanroomText {
  let settings: AgentSettings
  /// What the bundle's text says.
  let task: String
  /// What one call of the executable may bring.
  let probe: ProbeLimits

  /// The whole text.
  var markdown: String {
    var parts = task.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    if let notice { parts.insert(notice, at: min(1, parts.count)) }
    return parts.joined(separator: "\n\n") + section
  }

  /// Stands directly behind the title, because the text below speaks of what is not there.
  private var notice: String? {
    var sentences: [String] = []
    if settings.arms.contains(.executable) {
      sentences.append("There is **no `./executable`** here, whatever is said below: work from the documents alone.")
    }
    if settings.arms.contains(.docs) {
      sentences.append("There are **no documents** here, whatever is said below.")
    }
    return sentences.isEmpty ? nil : sentences.joined(separator: "\n")
  }

  private var section: String {
    """

    ## How you work here

    \(([lines, handingIn] + (settings.arms.contains(.executable) ? [] : executable)).joined(separator: "\n"))

    """
  }

  private var lines: String {
    var text = """
      - You run lines of shell. Each is started anew by `bash -c` in `/workspace`, as an ordinary user, and may take
        \(settings.stepSeconds) seconds; what it starts in the background lives on.
      """
    if let steps = settings.steps { text += " There are \(steps) lines." }
    return text + " All of it ends after \(settings.seconds) seconds at the latest."
  }

  private var handingIn: String {
    """
    - What is below `/workspace` at the end is what you hand in. It may hold \(settings.diskBytes >> 20) MiB and
      \(AgentSettings.mostFiles) files; with more of them, whatever runs is ended. `executable`, and this text, `docs`
      and other files as they were given to you, are left out: copy what your build needs.
    """
  }

  private var executable: [String] {
    [
      """
      - `./executable` runs the program as a case runs it, outside of here. It takes along its arguments, the variables
        that you set, standard input, and the files below the directory from which you call it, at most
        \(probe.bytes >> 20) MiB and \(probe.entries) files; what the program changes is brought back. Other places, as
        in `../x` or `/tmp/x`, it cannot see, and files of yours it cannot execute. Call it from a directory with only
        the files that a case would have.
      """,
      """
      - Standard input is read to its end before the program starts, so nobody can talk with it; in a loop such as
        `while read`, call it with `</dev/null`. A call that cannot be made ends with status 125.
      """,
      """
      - `bash compile.sh` puts your program in the place of `./executable`. The given one is also
        `\(Cleanroom.fixedExecutable)`, which stays.
      """,
      "- Every call is recorded.",
    ]
  }
}

package import ForgeCore

/// The rules of a task as its solver reads them, `TASK.md`.
package struct TaskText: Sendable {
  /// What the executable is called in upstream's documents, such as `jq`.
  package var program: String
  /// Documents, relative to the cleanroom.
  package var documents: [String]
  /// Licence texts, relative to the cleanroom.
  package var licenses: [String]
  /// Data files that lie in the working directory of every case.
  package var assets: [String]
  /// Variables of every case, on top of ``SolverEnvironment``.
  package var environment: [String: String]
  /// Parts of an outcome that do not count, with the reason.
  package var ignored: [Recipe.Stream: String]
  /// What one case may use.
  package var limits: CaseLimits
  /// What `compile.sh` may use.
  package var build: SubmissionLimits
  /// Toolchains at hand when the submission is built, such as `gcc 12.2`; empty leaves the sentence general.
  package var toolchains: [String]
  /// Commands kept from the machine that builds and runs the submission.
  package var denied: [String]

  /// Collects what the text says.
  package init(
    program: String, documents: [String], licenses: [String], assets: [String] = [],
    environment: [String: String] = [:],
    ignored: [Recipe.Stream: String] = [:], limits: CaseLimits = .init(), build: SubmissionLimits,
    toolchains: [String] = [],
    denied: [String] = []
  ) {
    self.program = program
    self.documents = documents
    self.licenses = licenses
    self.assets = assets
    self.environment = environment
    self.ignored = ignored
    self.limits = limits
    self.build = build
    self.toolchains = toolchains
    self.denied = denied
  }

  /// The whole text in Markdown.
  package var markdown: String {
    [introduction, rules, submission, surroundings, comparison, files].joined(separator: "\n\n") + "\n"
  }

  private var introduction: String {
    """
    # Rebuild `\(program)`

    `./executable` is a compiled program, called `\(program)` in its documents. Its source is not here. Write a program
    of your own that behaves like it, from what the documents say and from what the executable does when you run it.
    Hidden test cases compare your program with it.
    """
  }

  private var rules: String {
    """
    ## Rules

    - There is no network, and none is needed.
    - Run `./executable` as often as you like, with any arguments, input and files. Do not decompile, disassemble, trace
      or otherwise read it: only what it does counts as a source of knowledge.
    - Do not wrap, copy or embed `./executable`. It is not there when your program is built and tested.
    - Write in any language whose tools are at hand, in any structure you like. The standard library of the language is
      allowed; an existing implementation of this program, or a library made from it, is not.
    """
  }

  private var submission: String {
    let tools =
      toolchains.isEmpty
      ? "The tools are those of the machine you work on."
      : "At hand are \(Self.list(toolchains))."
    // The JVM reserves far more than it uses.
    let java =
      toolchains.contains { $0.hasPrefix("java ") }
      ? " The JVM fits into a case's address space with `-Xmx512m -XX:CompressedClassSpaceSize=64m`." : ""
    let missing =
      denied.isEmpty ? "" : "\n- Not there, whatever you find here: \(Self.list(denied.sorted().map { "`\($0)`" }))."
    return """
      ## What you hand in

      A directory with your source and a file `compile.sh` at its top. For grading it is copied to an empty machine without
      network, `bash compile.sh` is run in it, and afterwards `./executable` in the same directory must be your program.

      - \(Self.allowance(build))
      - Only the one file `./executable` is taken from the build, and the directory `dist/` where there is one. The file
        may be a script with an interpreter line. When cases run, what was in `dist/` is found, read-only, at `/opt/dist/`,
        and nothing else of yours is there. The same path leads to `dist/` while `compile.sh` runs.
      - The file may have 512 MiB, `dist/` 512 MiB and 20,000 entries, and the submission 2 GiB and 200,000.
      - \(tools)\(java)\(missing)
      """
  }

  private var surroundings: String {
    let variables = SolverEnvironment.variables.merging(environment) { $1 }.sorted { $0.key < $1.key }
      .map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
    var text = """
      ## How programs are run

      Each case is a fresh start as `./executable` in the directory `\(SolverEnvironment.workingDirectory)`, as an ordinary
      user, without network, with the case's arguments, standard input and files. Nothing of one case is left for the next.
      The environment is exactly

      ```
      \(variables)
      ```

      \(Self.allowance(limits))

      Everything that a case begins with, your program included, is dated 2020-01-01 00:00:00 UTC.
      """
    if !assets.isEmpty {
      text += "\n\nThese files lie in the working directory of every case, at the same paths as here:\n\n"
      text += assets.map { "- `\($0)`" }.joined(separator: "\n")
    }
    return text
  }

  private var comparison: String {
    func line(_ stream: Recipe.Stream, _ what: String) -> String {
      if let reason = ignored[stream] { return "- \(what): not compared (\(reason))." }
      return "- \(what): byte for byte."
    }
    let created =
      "Files and directories the program makes, changes or removes below its working directory, with their permissions "
      + "and without their times"
    return """
      ## What is compared

      - Exit status, and that the program ends by itself.
      \(line(.stdout, "Standard output"))
      \(line(.stderr, "Standard error, unless a case leaves it out"))
      \(line(.files, created))

      A few cases show what changes from run to run: addresses in memory, dates and times, process ids, durations, names
      of temporary files. There any value does that is written in the same way, and all around it is compared.

      A case passes when all of it is equal. The score is the share of the cases that pass.
      """
  }

  private var files: String {
    var text = "## What is here\n\n- `executable`: the program\n- `TASK.md`: this text"
    for path in documents { text += "\n- `\(path)`" }
    for path in licenses { text += "\n- `\(path)`" }
    text += """


      Addresses, owners and commit ids of the program's source are replaced by `https://example.invalid/…` in the documents;
      nothing else of them is changed. The licence texts are those of the program and its documents; they say nothing about
      yours.
      """
    return text
  }

  /// What the text says of building a submission, for checks of a bundle too.
  package static func allowance(_ build: SubmissionLimits) -> String {
    "`compile.sh` has \(duration(build.wallSeconds)) and \(build.memoryBytes >> 20) MiB of memory."
  }

  /// What the text says of a case, for checks of a bundle too.
  package static func allowance(_ limits: CaseLimits) -> String {
    """
    A case may use \(seconds(limits.cpuMilliseconds)) of CPU time, \(limits.memoryBytes >> 20) MiB of address space in \
    each process, \(limits.processes) processes,
    256 open files and 8 MiB of stack, and write \(limits.outputBytes >> 10) KiB to each of standard output and standard \
    error and \(limits.diskBytes >> 20) MiB in
    \(limits.inodes) files. One that only waits is stopped, after ten seconds at the earliest. All three streams are pipes.
    """
  }

  private static func list(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }

  private static func duration(_ seconds: Int) -> String {
    seconds % 60 == 0 && seconds >= 120 ? "\(seconds / 60) minutes" : "\(seconds) seconds"
  }

  private static func seconds(_ milliseconds: UInt64) -> String {
    milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
  }
}

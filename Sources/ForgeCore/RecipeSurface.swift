extension Recipe {
  /// What a case generator needs to know of a program and cannot find out by itself.
  package struct Surface: Sendable, Hashable {
    /// Kinds of input it eats on standard input; empty for a program that does not read it.
    package var stdin: [InputKind]
    /// Kinds of files it takes as arguments; empty for a program that takes none.
    package var files: [InputKind]
    /// Argument vectors that show how it is called.
    ///
    /// An argument that is `{file}` stands for a file of any kind in ``files``, `{file:json}` for one of that kind.
    package var args: [[String]]
    /// Upstream data files the program reads when it runs, such as fonts.
    ///
    /// They lie in the working directory of every case, and in the cleanroom, at the paths they have in the checkout.
    /// Declared like documents, they are no leak, and they do not count as a case's own input.
    package var assets: [Pattern]
    /// Upstream files that show inputs.
    package var seeds: [Pattern]
    /// How upstream runs its own tests, after the build.
    package var harvest: [Step]
    /// Upstream files that feed many inputs to one execution, and how they are split.
    package var tables: [Table]
    /// Streams that do not count, each with the reason.
    package var ignore: [Stream: String]
    /// Variables on top of ``SolverEnvironment`` in every case.
    package var env: [String: String]

    /// Makes a surface; the defaults describe a program that eats nothing.
    package init(
      stdin: [InputKind] = [], files: [InputKind] = [], args: [[String]] = [], assets: [Pattern] = [],
      seeds: [Pattern] = [], harvest: [Step] = [], tables: [Table] = [], ignore: [Stream: String] = [:],
      env: [String: String] = [:]
    ) {
      self.stdin = stdin
      self.files = files
      self.args = args
      self.assets = assets
      self.seeds = seeds
      self.harvest = harvest
      self.tables = tables
      self.ignore = ignore
      self.env = env
    }
  }

  /// A part of an outcome that a recipe can leave out of the comparison.
  package enum Stream: String, Sendable, Hashable, CaseIterable {
    case stdout, stderr, files
  }

  /// Documents an agent gets beside the executable.
  package struct Documents: Sendable, Hashable {
    /// Probes where a recipe names none.
    package static let usualProbes = [["--help"], ["--version"]]

    /// Upstream files that are handed over as they are, but for redaction.
    package var include: [Pattern]
    /// Man pages in roff, handed over as they are and rendered to text.
    package var man: [Pattern]
    /// Argument vectors whose output is kept as a document; subcommands found in it are followed.
    package var probe: [[String]]

    /// Makes a list of documents.
    package init(include: [Pattern] = [], man: [Pattern] = [], probe: [[String]] = usualProbes) {
      self.include = include
      self.man = man
      self.probe = probe
    }
  }
}

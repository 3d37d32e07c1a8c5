extension Recipe {
  /// What building, harvesting and running may use.
  package struct Limits: Sendable, Hashable {
    /// Wall-clock seconds of all build steps of one variant together.
    package var buildSeconds: Int
    /// Memory of all processes of a build together, in MiB.
    package var buildMemoryMebibytes: Int
    /// Wall-clock seconds of fetching upstream, and of all fetch steps together.
    package var fetchSeconds: Int
    /// Wall-clock seconds of all harvest steps together.
    package var harvestSeconds: Int
    /// Address space of one process of a case, in MiB.
    package var caseMemoryMebibytes: Int

    /// Makes limits; the defaults fit a program of some 100,000 lines of C.
    package init(
      buildSeconds: Int = 1800, buildMemoryMebibytes: Int = 4096, fetchSeconds: Int = 900, harvestSeconds: Int = 900,
      caseMemoryMebibytes: Int = 2048
    ) {
      self.buildSeconds = buildSeconds
      self.buildMemoryMebibytes = buildMemoryMebibytes
      self.fetchSeconds = fetchSeconds
      self.harvestSeconds = harvestSeconds
      self.caseMemoryMebibytes = caseMemoryMebibytes
    }
  }

  /// How much searching for cases is done, and how many are kept.
  package struct Budget: Sendable, Hashable {
    /// Cases kept at most.
    package var cases: Int
    /// Runs of the reference at most while searching, over all shards together.
    package var executions: Int
    /// Mutants of the reference that the suite is tried on; 0 for none, and then the figure is not measured.
    package var mutants: Int
    /// Runs at most in which inputs are looked for that kill mutants; 0 for none.
    package var aims: Int
    /// Largest whole input of one case in bytes: arguments, standard input, files and variables.
    package var inputBytes: Int
    /// Why ``inputBytes`` is above ``usualInputBytes``; nil where it is not.
    package var inputReason: String?

    /// Largest whole input of a case where the recipe gives no reason for more, in bytes.
    package static let usualInputBytes = 16 << 10

    /// Makes a budget; 500 to 1,000 cases suit most programs.
    package init(
      cases: Int = 800, executions: Int = 100_000, mutants: Int = 250, aims: Int = 32_000,
      inputBytes: Int = usualInputBytes, inputReason: String? = nil
    ) {
      self.cases = cases
      self.executions = executions
      self.mutants = mutants
      self.aims = aims
      self.inputBytes = inputBytes
      self.inputReason = inputReason
    }
  }
}

extension Recipe.Limits {
  /// What one case may use, wherever it is run.
  package var ofCase: CaseLimits { CaseLimits(memoryBytes: UInt64(caseMemoryMebibytes) << 20) }

  /// A limit's key in a recipe, its place in the value, and the numbers it can have.
  struct Field {
    let key: String
    let path: WritableKeyPath<Recipe.Limits, Int>
    let range: ClosedRange<Int>
  }

  /// All limits in the order they are written.
  static var fields: [Field] {
    [
      Field(key: "build_seconds", path: \.buildSeconds, range: 1...86_400),
      Field(key: "build_memory_mib", path: \.buildMemoryMebibytes, range: 64...1_048_576),
      Field(key: "fetch_seconds", path: \.fetchSeconds, range: 1...86_400),
      Field(key: "harvest_seconds", path: \.harvestSeconds, range: 1...86_400),
      Field(key: "case_memory_mib", path: \.caseMemoryMebibytes, range: 16...65_536),
    ]
  }
}

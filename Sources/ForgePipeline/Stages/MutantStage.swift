import ForgeCases
import ForgeCompile
import ForgeCore
import ForgeMutants
import ForgeSandbox
import SystemPackage

/// What the mutants of a task are made from, besides what its cases are.
struct MutantMaterial: Sendable {
  /// The reference as it was built, with symbols.
  var reference: Staged<BuildReport>
  var roots: TaskRoots
  /// What tells upstream's own functions; nil where there are no mutants.
  var own: OwnCode?
  /// Why there are none.
  var reason = ""
}

extension Pipeline {
  /// Finds out what mutants can be made from, with the coverage build where there is one, which names upstream's functions.
  func mutantMaterial(
    _ task: CaseSubject, _ reference: Staged<BuildReport>, _ roots: TaskRoots, _ coverage: BuiltCoverage.Build?
  ) async throws -> MutantMaterial {
    var material = MutantMaterial(reference: reference, roots: roots)
    guard task.recipe.budget.mutants > 0 else {
      material.reason = "the recipe's budget has no mutants"
      return material
    }
    do {
      material.own = try await ownCode(of: task.recipe, task.checkout, coverage)
    } catch let error as ForgeError where error.code == .noMutants {
      observe(.note("\(task.recipe.id): there are no mutants: \(error.message)"))
      material.reason = String(error.message.prefix { $0 != "\n" })
    }
    return material
  }

  /// Tries the hidden suite on mutants of the reference; a machine or a program that does not let itself be changed in
  /// memory is no failure of the task.
  func mutants(
    _ task: CaseSubject, judged: Staged<JudgeRecord>, aim: AimSummary?, from material: MutantMaterial
  ) async throws -> Measured<MutantReport> {
    guard let own = material.own else { return .notMeasured(material.reason) }
    do {
      return .value(try await mutants(task, judged: judged, isAimed: aim != nil, from: material, own: own).result)
    } catch let error as ForgeError where error.code == .noMutants {
      observe(.note("\(task.recipe.id): mutants are not judged: \(error.message)"))
      return .notMeasured(String(error.message.prefix { $0 != "\n" }))
    }
  }

  /// The output holds `mutants.json`, and `kills.json` with the mutants that failed each case.
  private func mutants(
    _ task: CaseSubject, judged: Staged<JudgeRecord>, isAimed: Bool, from material: MutantMaterial, own: OwnCode
  ) async throws -> Staged<MutantReport> {
    let count = task.recipe.budget.mutants
    // What was aimed at is judged too, by a smaller sample: it only says how much of its success holds elsewhere.
    let aimed =
      isAimed ? MutantJudge.Aimed(judged: (count + 1) / 2, drawn: Self.aimedMutants * count) : nil
    var inputs = try Self.mutantKey(task, material, own)
    inputs["suite"] = .string(judged.result.suite.hex)
    inputs["mutants"] = .integer(Int64(count))
    inputs["aimed"] = aimed.map { [.integer(Int64($0.judged)), .integer(Int64($0.drawn))] } ?? .null
    return try await stage("mutants", version: 15, detail: task.recipe.id, inputs: .object(inputs)) { work, report in
      let place = work.appending(Self.scratch)
      try place.makeDirectory()
      report("reading the instructions")
      let suite = try Suite(readingFrom: judged.directory.appending("tests"))
      let subject = try await mutantSubject(task, material, own, cases: suite.cases, in: place)
      let judge = MutantJudge(subject, mutants: count, aimed: aimed, workers: options.cells, report: report)
      let judgement = try await judge.judge(in: place)
      try place.removeTree()
      try FileDescriptor.writeNew(
        work.appending("mutants.json"), CanonicalJSON.pretty(try JSONValue(encoding: judgement.mutants)))
      let kills = judgement.kills.map { ($0.id.hex, JSONValue.array($0.mutants.map { .integer(Int64($0)) })) }
      try FileDescriptor.writeNew(
        work.appending("kills.json"), CanonicalJSON.pretty(.object(Dictionary(uniqueKeysWithValues: kills))))
      return MutantReport(judgement, of: suite.cases, functionsChosenBy: own.method)
    }
  }

  /// What decides which mutants there are, and how they are run.
  static func mutantKey(
    _ task: CaseSubject, _ material: MutantMaterial, _ own: OwnCode
  ) throws -> [String: JSONValue] {
    [
      "executable": .string(task.executableDigest.hex),
      "reference": .string(material.reference.result.executable.digest.hex), "own": own.key, "run": task.run.key,
      "tools": material.roots.tools.key, "assets": .string(task.assetsDigest.hex),
      "limits": try JSONValue(encoding: task.recipe.limits.ofCase),
    ]
  }

  /// Reads the places that mutants can change.
  func mutantSubject(
    _ task: CaseSubject, _ material: MutantMaterial, _ own: OwnCode, cases: [Case], in place: FilePath
  ) async throws -> MutantJudge.Subject {
    let unstripped = material.reference.directory.appending(BuildReport.executableName)
    let bytes = try FileDescriptor.readAll(unstripped)
    try Self.checkSameCode(bytes, FileDescriptor.readAllOfMode0111(task.executable))
    let tools = Sandbox(root: material.roots.tools.directory, limits: Limits(wallSeconds: 300))
    let symbols = try SymbolTable(bytes)
    let reader = OwnFunctionReader(
      symbols: symbols, own: own, namesAreCoded: [.cpp, .rust].contains(task.recipe.language))
    let places = try await reader.functions(
      of: unstripped, by: Disassembler(tools: tools, workDirectory: place.appending("objdump")))
    return MutantJudge.Subject(
      executable: task.executable, entry: symbols.entry, places: places, cases: cases, assets: task.assets,
      root: task.run.directory, limits: task.recipe.limits.ofCase)
  }

  /// What runs has no symbols; its instructions must be where the symbols say.
  private static func checkSameCode(_ built: [UInt8], _ stripped: [UInt8]) throws {
    func code(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
      ElfFile(bytes)?.sections.first { $0.name == ".text" }.map { bytes[$0.range] }
    }
    guard let one = code(built), let other = code(stripped), one == other else {
      throw ForgeError(.noMutants, "the stripped reference has other instructions than the one with symbols")
    }
  }

  /// What tells upstream's own functions from those that were linked to them.
  private func ownCode(
    of recipe: Recipe, _ checkout: FetchedUpstream, _ coverage: BuiltCoverage.Build?
  ) async throws -> OwnCode {
    switch recipe.language {
    case .c, .cpp:
      if let build = coverage { return try await coveredCode(recipe, checkout, build) }
      return recipe.link == .dynamic ? .all : .files(try UpstreamNames(checkout.directory).sources)
    case .go: return .modules(try UpstreamNames(checkout.directory).goModules)
    case .rust: return .crates(try UpstreamNames(checkout.directory).crates)
    case .haskell, .java:
      throw ForgeError(.noMutants, "nothing tells upstream's own functions in \(recipe.language.rawValue)")
    }
  }
}

extension OwnCode {
  /// What of it decides which functions are chosen.
  var key: JSONValue {
    func texts(_ list: some Collection<String>) -> JSONValue { .array(list.sorted().map { .string($0) }) }
    let parts: JSONValue =
      switch self {
      case .covered(let code): .array(code.objects.map { [.string($0.name), texts($0.files), texts($0.functions)] })
      case .modules(let names), .crates(let names): texts(names)
      case .files(let names): texts(names)
      case .all: .null
      }
    return ["method": .string(method), "names": .string(CanonicalJSON.digest(parts).hex)]
  }
}

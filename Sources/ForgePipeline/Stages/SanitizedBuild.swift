import ForgeCases
import ForgeCompile
import ForgeCore
import ForgeSandbox
import ForgeSeal
import SystemPackage

/// The sanitized build, or why there is none.
struct BuiltSanitized: Sendable {
  /// The executable with the root it was built in.
  var built: (executable: FilePath, digest: Digest, root: MadeRoot)?
  /// Why there is none.
  var reason = ""

  var key: JSONValue { .string(built?.digest.hex ?? "none: \(reason)") }

  /// Lays the shared libraries that the executable needs and the run root does not have into a directory.
  ///
  /// - Throws: `seal.library` where one of them is a part of the program itself.
  func layLibraries(missingIn run: MadeRoot, into directory: FilePath) throws {
    try directory.makeDirectory()
    guard let built, built.root.directory != nil else { return }
    let there = LibraryClosure(root: run.directory)
    for library in try LibraryClosure(root: built.root.directory).libraries(of: built.executable)
    where !library.name.contains("/") && !there.holds(library.name) {
      let bytes = try FileDescriptor.readAll(FilePath((built.root.directory ?? "/").string + library.path))
      try FileDescriptor.writeNew(directory.appending(library.name), bytes)
    }
  }
}

extension Pipeline {
  /// Builds the sanitized variant; that a program does not build so is no failure of the task.
  func sanitized(_ recipe: Recipe, _ checkout: FetchedUpstream, _ roots: TaskRoots) async throws -> BuiltSanitized {
    guard Variant.all(for: recipe.language).contains(.sanitized), let root = roots.coverage else {
      return BuiltSanitized(reason: "there is no sanitized variant for \(recipe.language.rawValue)")
    }
    do {
      let build = try await compile(.sanitized, recipe, checkout, in: root)
      return BuiltSanitized(
        built: (
          build.directory.appending(BuildReport.executableName), build.result.executable.digest, root
        ))
    } catch let error as ForgeError where error.code.name.hasPrefix("compile.") {
      observe(.note("\(recipe.id) is not judged by a sanitized build: \(error.message)"))
      return BuiltSanitized(reason: String(error.message.prefix { $0 != "\n" }))
    }
  }

  /// The sanitized build as the gate uses it, with the libraries that the run root lacks laid beside it.
  func strictest(
    _ sanitized: BuiltSanitized, _ reference: any Runner, _ proposals: [KeptProposal], _ task: CaseSubject,
    _ work: FilePath, start: (FilePath, [Mount]) async throws -> any Runner
  ) async throws -> (build: Judge.Build, strictness: SanitizedRunner.Strictness?) {
    guard let built = sanitized.built else { return (.missing(sanitized.reason), nil) }
    let libraries = work.appending(Self.scratch).appending("libraries")
    do {
      try sanitized.layLibraries(missingIn: task.run, into: libraries)
    } catch let error as ForgeError where error.code == .sealLibrary {
      return (.missing(error.message), nil)
    }
    // A root has this directory, and a running program nothing in it.
    let inside = task.run.directory == nil ? nil : BuildLayout.top
    let base = try await start(built.executable, inside.map { [.readOnly(libraries, $0)] } ?? [])
    let (build, strictness) = try await SanitizedRunner.strictest(
      base, libraries: inside, reference: reference, proposals: proposals, limits: task.recipe.limits.ofCase)
    switch build {
    case .missing(let reason): observe(.note("\(task.recipe.id): \(reason)"))
    case .runner where strictness == .address:
      observe(
        .note("\(task.recipe.id): most runs do what the language leaves undefined; only accesses to memory are judged"))
    case .runner: break
    }
    return (build, strictness)
  }
}

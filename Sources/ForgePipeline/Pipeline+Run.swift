package import ForgeBundle
package import ForgeCore
package import ForgeRun
package import SystemPackage

/// What came of an agent's run on one bundle.
package struct RunResult: Sendable {
  /// Where it stands.
  package let directory: FilePath
  /// What is known of it.
  package let record: RunRecord
  /// Whether it was finished before.
  package let wasFinished: Bool
}

extension Pipeline {
  /// Lets an agent work on a bundle in a cleanroom, unless it did before.
  ///
  /// - Parameters:
  ///   - bundle: The task.
  ///   - settings: Who works, and with what.
  ///   - out: The directory of all runs; this one's is the task's id below it.
  ///   - again: Whether a finished run is done again.
  /// - Returns: the run, made or found.
  /// - Throws: `run.…`; `bundle.damaged`; `ForgeError` where the machine lacks something.
  package func run(
    _ bundle: TaskBundle, _ settings: AgentSettings, out: FilePath, again: Bool = false
  ) async throws -> RunResult {
    let id = bundle.manifest.id
    let observe = observe
    let place = try await RunPlace(id, in: out) { observe(.waiting(stage: "run \(id)")) }
    defer { place.release() }
    if !again, let record = try place.finished(on: bundle.manifest.suite.digest, with: settings) {
      return RunResult(directory: place.directory, record: record, wasFinished: true)
    }
    let record = try await work(on: bundle, settings, in: place)
    return RunResult(directory: place.directory, record: record, wasFinished: false)
  }

  private func work(
    on bundle: TaskBundle, _ settings: AgentSettings, in place: RunPlace
  ) async throws -> RunRecord {
    let stage = "run \(bundle.manifest.id)"
    let observe = observe
    let solve = try await root(named: "solve", of: bundle.manifest)
    let run = try await root(named: "run", of: bundle.manifest)
    observe(.started(stage: stage, detail: settings.command))
    let start = ContinuousClock.now
    do {
      let record = try await store.withScratch("run") { scratch in
        let cleanroom = try Self.cleanroom(of: bundle, in: scratch, solve: solve.directory, run: run.directory)
        let work = scratch.appending("doors")
        try work.makeDirectory()
        return try await AgentRun(cleanroom, settings, in: place) {
          observe(.progress(stage: stage, text: $0))
        }.run(work: work)
      }
      observe(
        .finished(
          stage: stage, detail: record.stop.rawValue, seconds: (ContinuousClock.now - start).inSeconds, cached: false))
      for note in record.notes ?? [] { observe(.note("\(bundle.manifest.id): \(note)")) }
      return record
    } catch {
      observe(.failed(stage: stage))
      throw error
    }
  }

  /// Unpacks what an agent sees, and takes the executable out of it.
  private static func cleanroom(
    of bundle: TaskBundle, in scratch: FilePath, solve: FilePath?, run: FilePath?
  ) throws -> Cleanroom {
    let documents = scratch.appending("cleanroom")
    try bundle.unpack(.cleanroom, into: documents)
    let executable = scratch.appending("executable")
    try documents.appending("executable").move(to: executable)
    try executable.date()
    let tests = scratch.appending("public-tests")
    try bundle.unpack(.publicTests, into: tests)
    let manifest = bundle.manifest
    return Cleanroom(
      id: manifest.id, suite: manifest.suite.digest, documents: documents, executable: executable, solveRoot: solve,
      runRoot: run, limits: manifest.limits, environment: manifest.environment,
      assets: try TestSet(readingFrom: tests).assets)
  }
}

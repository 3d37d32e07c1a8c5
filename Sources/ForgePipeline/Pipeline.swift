package import ForgeCore
package import Logging
package import SystemPackage

/// Composes the stages: from a recipe to a bundle, through the store.
package struct Pipeline: Sendable {
  /// How a pipeline works, whatever the recipe.
  package struct Options: Sendable {
    /// Templates of mirrors asked before the network, such as `/srv/git/{owner}/{name}.git`.
    package var mirrors: [String] = []
    /// Whether the network may be used at all.
    package var offline = false
    /// Whether roots are skipped and the host's own system is used; the bundle then says that it is not hermetic.
    package var hostRoot = false
    /// Debian mirrors to use instead of the host's; empty for the host's.
    package var debianMirrors: [String] = []
    /// A date of a snapshot mirror, such as `20250601T000000Z`; nil for the current archive.
    package var snapshot: String?
    /// How a judged suite is divided between solvers and graders.
    package var split = SuiteSplit.standard
    /// Build jobs, and cases that find a processor at once.
    package var jobs: Int
    /// The most wall-clock seconds that any fetch may take; nil for what each recipe says.
    package var fetchSeconds: Double?

    /// Options with defaults for all but the number of jobs.
    package init(jobs: Int) { self.jobs = jobs }

    /// Cells at work at once: one more than jobs, since a cell leaves its processor idle while it hands over.
    var cells: Int { jobs + 1 }
  }

  /// Where outputs are kept.
  package let store: Store
  /// How it works.
  package let options: Options
  /// Told of everything that happens.
  package let observe: PipelineObserver
  /// For what only a maintainer wants to know.
  package let log: Logger
  /// A recorded search that stands for searching anew; nil searches.
  let recordedSearch: [UInt8]?
  /// Keeps what this pipeline uses from being collected, for as long as there is a copy of it.
  private let session: Store.Session

  /// Composes a pipeline; nothing is run.
  ///
  /// - Throws: `ForgeError` where the store cannot be written.
  package init(
    store: Store, options: Options,
    log: Logger = Logger(label: "taskforge", factory: { _ in SwiftLogNoOpLogHandler() }),
    recordedSearch: [UInt8]? = nil, observe: @escaping PipelineObserver
  ) throws {
    session = try store.session()
    self.store = store
    self.options = options
    self.log = log
    self.observe = observe
    self.recordedSearch = recordedSearch
  }
}

/// The output of a stage with what the stage said of it.
package struct Staged<Result: Sendable>: Sendable {
  /// Where the output stands in the store.
  package let directory: FilePath
  /// What the stage returned.
  package let result: Result
  /// How long it took when it ran, in seconds.
  package let seconds: Double
  /// Whether it was there already.
  package let cached: Bool
}

extension Pipeline {
  /// Runs one stage, or finds its output.
  ///
  /// - Parameters:
  ///   - name: The stage's name: a folder of the store.
  ///   - version: Raised whenever the stage's code gives another output for the same inputs.
  ///   - label: What a person sees, where a stage runs several times for one recipe.
  ///   - detail: What a person sees behind the name.
  ///   - inputs: Everything that decides the output.
  ///   - body: Writes the output into a directory and says what it is; `report` shows one line of progress.
  /// - Returns: the output, made or found.
  /// - Throws: what `body` throws.
  func stage<Result: Codable & Sendable>(
    _ name: String, version: Int, label: String? = nil, detail: String, inputs: JSONValue,
    _ body: (_ work: FilePath, _ report: @escaping @Sendable (String) -> Void) async throws -> Result
  ) async throws -> Staged<Result> {
    try await stage(
      name, key: StageKey(stage: name, version: version, inputs: inputs), label: label, detail: detail, body)
  }

  /// Runs the stage of a key, or finds its output.
  func stage<Result: Codable & Sendable>(
    _ name: String, key: StageKey, label: String?, detail: String,
    _ body: (_ work: FilePath, _ report: @escaping @Sendable (String) -> Void) async throws -> Result
  ) async throws -> Staged<Result> {
    let label = label ?? name
    let observe = observe
    observe(.started(stage: label, detail: detail))
    let start = ContinuousClock.now
    do {
      let (object, cached) = try await store.object(key, waiting: { observe(.waiting(stage: label)) }) { work in
        try JSONValue(encoding: try await body(work) { observe(.progress(stage: label, text: $0)) })
      }
      let seconds = (ContinuousClock.now - start).inSeconds
      observe(.finished(stage: label, detail: detail, seconds: seconds, cached: cached))
      StageTimings.current?.note(label, object)
      return Staged(
        directory: object.directory, result: try Self.decode(object), seconds: object.seconds, cached: cached)
    } catch {
      observe(.failed(stage: label))
      throw error
    }
  }

  private static func decode<Result: Decodable>(_ object: StoreObject) throws -> Result {
    do {
      return try object.result.decode(Result.self)
    } catch {
      throw ForgeError(
        .store, "The record of a stage is not what this version writes; remove its directory and build again.",
        path: object.directory.appending(StageRecord.fileName).string, cause: error)
    }
  }
}

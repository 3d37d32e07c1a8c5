import Synchronization

/// How long the stages of one build took when they ran, in the order in which they ended.
///
/// Bound to the task of a build, so that whatever runs a stage within it need not hand it on.
final class StageTimings: Sendable {
  /// Those of the build that is under way.
  @TaskLocal static var current: StageTimings?

  private let noted = Mutex<[(stage: String, seconds: Double)]>([])

  /// Every stage that ended, with its seconds; those that were found in the store too.
  var all: [(stage: String, seconds: Double)] { noted.withLock { $0 } }

  /// Notes a stage.
  func note(_ stage: String, seconds: Double) { noted.withLock { $0.append((stage, seconds)) } }
}

import ForgeCore
package import Foundation
import Synchronization

/// When a stage ran.
package struct StageTime: Sendable {
  /// Its label.
  package let stage: String
  /// How long it ran, in seconds.
  package let seconds: Double
  /// When it ended; earlier than the build where its output was found in the store.
  package let finished: Date

  var json: JSONValue {
    ["stage": .string(stage), "seconds": .number(seconds), "finished": .string(finished.ISO8601Format())]
  }
}

/// When and how long the stages of one build ran, in the order in which they ended.
///
/// Bound to the task of a build, so that whatever runs a stage within it need not hand it on.
final class StageTimings: Sendable {
  /// Those of the build that is under way.
  @TaskLocal static var current: StageTimings?

  private let noted = Mutex<[StageTime]>([])

  /// Every stage that ended; those that were found in the store too.
  var all: [StageTime] { noted.withLock { $0 } }

  /// Notes a stage.
  func note(_ stage: String, _ object: StoreObject) {
    noted.withLock { $0.append(StageTime(stage: stage, seconds: object.seconds, finished: object.finished)) }
  }
}

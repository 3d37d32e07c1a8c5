/// What building a submission may use; `TASK.md` prints it and every grading of the bundle keeps to it.
///
/// The recipe's limits are those of upstream's own build and say nothing of a rebuild in another language.
package struct SubmissionLimits: Sendable, Hashable, Codable {
  /// Wall-clock seconds of `compile.sh`.
  package var wallSeconds: Int
  /// Memory of all its processes together, in bytes.
  package var memoryBytes: UInt64

  /// Makes limits; the defaults are those of grading.
  package init(wallSeconds: Int = 1800, memoryBytes: UInt64 = 8 << 30) {
    self.wallSeconds = wallSeconds
    self.memoryBytes = memoryBytes
  }
}

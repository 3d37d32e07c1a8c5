import Glibc

/// User ids of the host that stand for those inside a sandbox when taskforge runs as root.
///
/// Inside, root is the host's root without its rights over anything outside, and user `n` from 1 is `base + n - 1`.
/// Ranges are disjoint, so that a process limit and a kill in one sandbox cannot touch another.
package struct UserRange: Sendable, Hashable {
  /// The host's id of the inner user 1; `taskforge-box --uid-base` takes it.
  package let base: UInt32

  /// The user that builds and runs programs inside.
  package static let innerUser: UInt32 = 1000
  /// The range of builds.
  package static let builds = UserRange(base: 200_001)
  /// The range of one worker of a pool of cells, from 0.
  package static func worker(_ index: Int) -> UserRange { UserRange(base: 300_001 + 65_536 * UInt32(index)) }

  /// The host's id of ``innerUser``.
  package var user: UInt32 { base + Self.innerUser - 1 }
}

extension UserRange {
  /// The host's id of the user in a ``Room``.
  package static var roomUser: UInt32 { geteuid() == 0 ? builds.user : geteuid() }
}

import SystemPackage

/// Counts what a collection frees: a file only where no name of it stays, and once however many names go.
struct StoreTally {
  private struct File {
    var names: Int
    var removed = 0
    var bytes: Int64
  }
  private struct Place: Hashable {
    var device: UInt64
    var inode: UInt64
  }
  private var files: [Place: File] = [:]
  private var directories: Int64 = 0

  /// Takes a name that goes, before it is gone.
  mutating func remove(_ status: Stat) {
    guard status.type != .directory else {
      directories += status.sizeAllocated
      return
    }
    files[Self.place(status), default: File(names: Int(status.linkCount), bytes: status.sizeAllocated)].removed += 1
  }

  /// How many names of a file stay.
  func remaining(_ status: Stat) -> Int {
    files[Self.place(status)].map { $0.names - $0.removed } ?? Int(status.linkCount)
  }

  /// Bytes on disk that are free when all names taken are gone.
  var bytes: Int64 { files.values.reduce(directories) { $1.removed >= $1.names ? $0 + $1.bytes : $0 } }

  private static func place(_ status: Stat) -> Place {
    Place(device: UInt64(status.deviceID.rawValue), inode: UInt64(status.inode.rawValue))
  }
}

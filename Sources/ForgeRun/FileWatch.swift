import ForgeSandbox
import Glibc
import Synchronization
import SystemPackage

/// Keeps the number of files in a room's directory within its bound: a file system in memory has bytes to bound, and
/// bubblewrap no way to bound its files.
final class FileWatch: Sendable {
  let room: Room
  /// Files and directories.
  let most: Int
  private let acted = Atomic<Bool>(false)

  init(room: Room, most: Int) {
    self.room = room
    self.most = most
  }

  /// Whether the bound was passed.
  var hasActed: Bool { acted.load(ordering: .relaxed) }

  /// Looks once a second, and ends what runs while there are too many files and more than before.
  func run() async {
    var before = 0
    while (try? await Task.sleep(for: .seconds(1))) != nil {
      var status = statvfs()
      guard fstatvfs(room.directory.rawValue, &status) == 0 else { continue }
      let files = Int(status.f_files) - Int(status.f_ffree)
      if files > most, files > before {
        acted.store(true, ordering: .relaxed)
        room.clear()
      }
      before = files
    }
  }
}

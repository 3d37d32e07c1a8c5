import ForgeCore
import Glibc
import SystemPackage

extension FilePath {
  /// Moves what stands here to a place of the same file system where nothing stands.
  func renameTree(to target: FilePath) throws {
    guard rename(string, target.string) == 0 else {
      let error = Errno(rawValue: errno)
      throw ForgeError(.system, "Cannot move it to \(target): \(error).", path: string, cause: error)
    }
  }
}

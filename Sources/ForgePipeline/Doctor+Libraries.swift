import CLibarchive
import CLibgit2

extension Doctor {
  /// The C libraries that this program runs with.
  func libraries() -> [Finding] {
    var (major, minor, revision): (Int32, Int32, Int32) = (0, 0, 0)
    git_libgit2_version(&major, &minor, &revision)
    let archive = archive_version_details().map { String(cString: $0) } ?? "unknown version"
    // What Debian 12 has, and what the code is tested with.
    let enough = (major, minor) >= (1, 5)
    return [
      Finding(
        name: "libgit2", state: enough ? .ok : .reduced, detail: "\(major).\(minor).\(revision)",
        remedy: enough ? nil : "apt-get install libgit2-dev of Debian 12 or later, and build again"),
      Finding(name: "libarchive", state: .ok, detail: archive),
    ]
  }
}

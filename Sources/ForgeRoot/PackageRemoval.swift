import ForgeCore
import Foundation
import Glibc
import SystemPackage

/// Takes the programs and development files of source packages out of a root.
///
/// Shared libraries stay, since the toolchains need them; so do documents, configuration and plain data. dpkg's record
/// of the packages stays too: it says what the root was made from.
struct PackageRemoval {
  /// What was taken out, as paths in the root.
  struct Removed: Sendable {
    var commands: [String] = []
    var files: [String] = []
  }

  private let root: FilePath
  private let sources: Set<String>
  private let installed: InstalledPackages
  private let affected: [InstalledPackage]

  /// The directories of commands that a program's `PATH` may name.
  static let commandDirectories = [
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/games", "/usr/local/games",
  ]
  private static let moduleDirectories = [
    "/usr/include/", "/usr/src/", "/usr/lib/python3", "/usr/lib/ruby", "/usr/lib/nodejs/", "/usr/share/nodejs/",
    "/usr/share/perl5/", "/usr/share/gocode/", "/usr/share/cargo/", "/usr/share/java/", "/usr/share/lua/",
    "/usr/share/aclocal/", "/usr/share/pkgconfig/", "/usr/share/cmake", "/usr/share/man/", "/usr/share/info/",
    "/usr/share/bash-completion/",
  ]

  /// Finds the packages that are built from the sources, or bear such a name themselves.
  init(root: FilePath, sources: [String], packages: [InstalledPackage]) throws {
    self.root = root
    self.sources = Set(sources)
    installed = try InstalledPackages(root: root, packages: packages)
    affected = packages.filter { sources.contains($0.source) || sources.contains($0.name) }
  }

  /// Removes the files, then every link to a command that leads to none of them any more.
  ///
  /// - Returns: What went, each list in byte order.
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/rootRemoval`` where a command of the sources can still be called.
  func run() throws -> Removed {
    var removed = Removed()
    for package in affected {
      for path in try InstalledPackages.files(of: package.name, in: root) {
        let place = InstalledPackages.merged(path)
        guard let status = try? inside(place).stat(followTargetSymlink: false), status.type != .directory,
          Self.goes(place, status.permissions.rawValue, isLink: status.type == .symbolicLink)
        else { continue }
        try remove(place, &removed)
      }
    }
    try removeDanglingCommands(&removed)
    let left = commands().filter { command in
      sourcesOwn(command.target)
    }
    guard left.isEmpty else {
      throw ForgeError(
        .rootRemoval, "can still be called: \(left.map(\.path).joined(separator: ", "))", path: root.string)
    }
    removed.commands.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    removed.files.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return removed
  }

  /// Whether a file of an affected package is a program, a part of one, or for development.
  static func goes(_ path: String, _ mode: CInterop.Mode, isLink: Bool) -> Bool {
    if commandDirectories.contains(where: { path.hasPrefix($0 + "/") }) { return true }
    if path.hasPrefix("/etc/") || path.hasPrefix("/usr/share/doc/") || path.hasPrefix("/var/") { return false }
    if moduleDirectories.contains(where: { path.hasPrefix($0) }) { return true }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    if name.contains(".so.") { return false }
    if name.hasSuffix(".so") { return isLink }
    for suffix in [".a", ".la", ".o", ".h", ".pc", ".jar", ".cmake", ".prl"] where name.hasSuffix(suffix) {
      return true
    }
    for directory in ["/pkgconfig/", "/cmake/", "/perl5/", "/lua/"] where path.contains(directory) { return true }
    return !isLink && mode & 0o111 != 0
  }

  private func inside(_ path: String) -> FilePath { FilePath(root.string + path) }

  private func remove(_ path: String, _ removed: inout Removed) throws {
    guard unlink(inside(path).string) == 0 else {
      throw ForgeError(
        .rootRemoval, "cannot be removed", path: inside(path).string, cause: Errno(rawValue: errno))
    }
    if Self.commandDirectories.contains(where: { path.hasPrefix($0 + "/") }) {
      removed.commands.append(path)
    } else {
      removed.files.append(path)
    }
  }

  private func removeDanglingCommands(_ removed: inout Removed) throws {
    let gone = Set(removed.commands)
    for command in commands() where gone.contains(command.target) || sourcesOwn(command.target) {
      if !inside(command.target).exists { try remove(command.path, &removed) }
    }
  }

  private func sourcesOwn(_ path: String) -> Bool {
    installed.owner(of: path).map { sources.contains($0.source) || sources.contains($0.name) } ?? false
  }

  /// Every entry of the command directories with the file it leads to, through links inside the root.
  private func commands() -> [(path: String, target: String)] {
    Self.commandDirectories.flatMap { directory -> [(path: String, target: String)] in
      // A merged directory is a link, whose commands are found where it leads.
      guard (try? inside(directory).stat(followTargetSymlink: false))?.type == .directory else { return [] }
      let names = (try? FileManager.default.contentsOfDirectory(atPath: inside(directory).string)) ?? []
      return names.sorted().map { ("\(directory)/\($0)", resolved("\(directory)/\($0)")) }
    }
  }

  /// The last path that links lead to; the kernel's limit of 40 applies.
  private func resolved(_ path: String) -> String {
    var place = path
    for _ in 0..<40 {
      place = InstalledPackages.merged(place)
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: inside(place).string) else { break }
      let parent = place.split(separator: "/").dropLast().joined(separator: "/")
      let next = target.hasPrefix("/") ? FilePath(target) : FilePath("/\(parent)").appending(target)
      place = next.lexicallyNormalized().string
    }
    return place
  }
}

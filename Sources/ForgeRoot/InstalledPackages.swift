import ForgeCore
import ForgeSandbox
import Foundation
package import SystemPackage

/// The packages of a root and the files they brought, from dpkg's data inside the root.
package struct InstalledPackages: Sendable {
  private let packages: [String: InstalledPackage]
  private let owners: [String: String]

  /// Reads which package brought which file.
  ///
  /// - Throws: ``ForgeError`` where the root has no dpkg data.
  package init(root: FilePath) async throws {
    try self.init(root: root, packages: try await Self.list(in: root))
  }

  init(root: FilePath, packages: [InstalledPackage]) throws {
    self.packages = Dictionary(packages.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var owners: [String: String] = [:]
    for package in packages {
      for path in try Self.files(of: package.name, in: root) { owners[Self.merged(path)] = package.name }
    }
    self.owners = owners
  }

  /// The package that brought a file, by its absolute path in the root; nil where none did.
  ///
  /// The path may be written with or without `/usr` where the root has merged the two.
  package func owner(of path: String) -> InstalledPackage? {
    owners[Self.merged(path)].flatMap { packages[$0] }
  }

  /// Every package of a root, in the order of names.
  ///
  /// - Throws: ``ForgeError`` where the root has no dpkg data or dpkg-query is not installed.
  package static func list(in root: FilePath) async throws -> [InstalledPackage] {
    let result = try await HostCommand.run(
      [
        "dpkg-query", "--admindir=\(root)/var/lib/dpkg", "--show",
        "--showformat=${Package}\\t${Version}\\t${source:Package}\\t${source:Version}\\t${db:Status-Status}\\n",
      ], wallSeconds: 120, outputLimit: 16 << 20)
    guard result.succeeded else {
      throw ForgeError(
        .rootFailed, "the packages of the root cannot be listed: \(result.errorText)", path: root.string)
    }
    let packages = result.outputText.split(separator: "\n").compactMap { line -> InstalledPackage? in
      let words = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard words.count == 5, words[4] == "installed" else { return nil }
      return InstalledPackage(name: words[0], version: words[1], source: words[2], sourceVersion: words[3])
    }
    return packages.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// The absolute paths that a package brought, directories included.
  static func files(of package: String, in root: FilePath) throws -> [String] {
    let info = root.appending("var/lib/dpkg/info")
    // A package that may be installed for several architectures has its architecture in the file's name.
    for name in ["\(package).list", "\(package):amd64.list"] {
      let path = info.appending(name)
      guard path.exists else { continue }
      return String(decoding: try FileDescriptor.readAll(path), as: UTF8.self).split(separator: "\n").map(String.init)
    }
    return []
  }

  /// A path as it is in a root with `/bin`, `/sbin` and `/lib*` merged into `/usr`.
  static func merged(_ path: String) -> String {
    for name in ["/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/libx32/"] where path.hasPrefix(name) {
      return "/usr" + path
    }
    return path
  }
}

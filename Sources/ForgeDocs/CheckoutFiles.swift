import ForgeCore
import Glibc
import SystemPackage

/// The files of an upstream checkout, as documents are looked for in it.
struct CheckoutFiles {
  let directory: FilePath
  /// Relative paths of regular files and of links that end at one inside the checkout, in byte order.
  let paths: [String]

  /// The most bytes one document may have.
  static let documentLimit = 8 << 20

  init(_ directory: FilePath) throws {
    self.directory = directory
    guard let real = realpath(directory.string, nil) else {
      throw ForgeError(.documentMissing, "there is no checkout here", path: directory.string)
    }
    defer { free(real) }
    let root = String(cString: real) + "/"
    paths = try Self.list(directory.string, "").filter { path in
      guard let target = realpath(directory.string + "/" + path, nil) else { return false }
      defer { free(target) }
      return String(cString: target).hasPrefix(root)
    }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func list(_ root: String, _ prefix: String) throws -> [String] {
    guard let stream = opendir(root + "/" + prefix) else {
      throw ForgeError(.system, "cannot list the directory", path: root + "/" + prefix)
    }
    defer { closedir(stream) }
    var found: [String] = []
    while let entry = readdir(stream) {
      let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      guard let name = String(validating: bytes, as: UTF8.self), ![".", "..", ".git"].contains(name) else { continue }
      let path = prefix.isEmpty ? name : prefix + "/" + name
      var status = stat()
      guard lstat(root + "/" + path, &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: found += try list(root, path)
      case S_IFREG: found.append(path)
      case S_IFLNK:
        if stat(root + "/" + path, &status) == 0, status.st_mode & S_IFMT == S_IFREG { found.append(path) }
      default: break
      }
    }
    return found
  }

  /// The bytes of one of ``paths``.
  ///
  /// - Throws: `docs.missing` where the file is too large for a document, `core.system`.
  func read(_ path: String) throws -> [UInt8] {
    let bytes = try FileDescriptor.readAll(directory.appending(path))
    guard bytes.count <= Self.documentLimit else {
      throw ForgeError(
        .documentMissing,
        "a document of \(bytes.count) bytes, more than \(Self.documentLimit); leave it out of docs.include", path: path)
    }
    return bytes
  }

  /// The paths that match at least one pattern; each pattern must match something.
  ///
  /// - Throws: `docs.missing`, naming the pattern and the recipe's field.
  func matching(_ patterns: [Recipe.Pattern], field: String) throws -> [String] {
    var found: Set<String> = []
    for pattern in patterns {
      let matches = paths.filter(pattern.matches)
      guard !matches.isEmpty else {
        throw ForgeError(
          .documentMissing, "\(field) names \(pattern.text), which no file of the checkout matches; correct the recipe",
          path: directory.string)
      }
      found.formUnion(matches)
    }
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

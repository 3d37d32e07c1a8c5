package import ForgeCore
import Glibc
package import SystemPackage

/// One shared object a program loads, inside the run root.
package struct SharedLibrary: Sendable, Hashable, Codable {
  /// The name it is asked for by, or its path for the loader.
  package var name: String
  /// Where it is found, absolute inside the root, links resolved.
  package var path: String
  /// The Debian package it is from.
  package var package: String
  /// That package's version.
  package var version: String
  /// Digest of the file.
  package var digest: Digest
}

/// Every shared object a program loads, directly or through another, found as its loader would find it.
///
/// The search is that of ld.so(8) without an environment: run path, `/etc/ld.so.conf`, the default directories.
package struct LibraryClosure {
  private let root: FilePath
  private let directories: [String]

  /// Looks into a root file system; nil for the host's own.
  package init(root: FilePath?) {
    self.root = root ?? "/"
    let configured = Self.configuration("/etc/ld.so.conf", in: self.root, depth: 0)
    let usual = ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"]
    directories = configured + usual.filter { !configured.contains($0) }
  }

  /// The closure of one executable in the order of discovery, the loader first; empty for a static one.
  ///
  /// - Throws: `seal.executable` where it is no 64-bit ELF file; `seal.library` for a library the root does not have,
  ///   naming who asks for it;
  ///   `core.system` where the root has no dpkg database.
  package func libraries(of executable: FilePath) throws -> [SharedLibrary] {
    guard let file = ElfFile(try FileDescriptor.readAll(executable)) else {
      throw ForgeError(.sealExecutable, "is no ELF executable for x86-64", path: executable.string)
    }
    guard file.interpreter != nil || !file.needed.isEmpty else { return [] }
    let packages = try DebianFiles(root: root)
    var found: [SharedLibrary] = []
    var paths: Set<String> = []
    if let loader = file.interpreter {
      guard let path = resolve(loader) else { throw missing(loader, wantedBy: "the executable") }
      paths.insert(path)
      found.append(try describe(loader, at: path, packages))
    }
    var pending = file.needed.map { (name: $0, runPaths: file.runPaths, by: "the executable") }
    while !pending.isEmpty {
      let wanted = pending.removeFirst()
      guard let path = find(wanted.name, runPaths: wanted.runPaths) else {
        throw missing(wanted.name, wantedBy: wanted.by)
      }
      guard paths.insert(path).inserted else { continue }
      let library = try describe(wanted.name, at: path, packages)
      found.append(library)
      guard let below = ElfFile(try FileDescriptor.readAll(onHost(path))) else {
        throw ForgeError(.sealLibrary, "\(path) is no shared library for x86-64", path: root.string)
      }
      pending += below.needed.map { (name: $0, runPaths: below.runPaths, by: wanted.name) }
    }
    return found
  }

  /// Whether the root has a library of this name where its loader looks for one.
  package func holds(_ name: String) -> Bool { find(name, runPaths: []) != nil }

  private func missing(_ name: String, wantedBy: String) -> ForgeError {
    ForgeError(
      .sealLibrary,
      "\(wantedBy) needs \(name), which the run root does not have; name its package in the recipe's `runtime`, or link "
        + "statically", path: root.string)
  }

  private func find(_ name: String, runPaths: [String]) -> String? {
    if name.contains("/") { return resolve(name) }
    // The program's own directory holds nothing but the program.
    for directory in runPaths.filter({ !$0.contains("$") }) + directories {
      if let path = resolve(directory + "/" + name) { return path }
    }
    return nil
  }

  private func describe(_ name: String, at path: String, _ packages: DebianFiles) throws -> SharedLibrary {
    guard let package = packages.owner(of: path) else {
      throw ForgeError(
        .sealLibrary, "\(path) belongs to no Debian package, so nothing says what it is", path: root.string)
    }
    return SharedLibrary(
      name: name, path: path, package: package, version: packages.versions[package] ?? "unknown",
      digest: try Digest(ofFile: onHost(path)))
  }

  private func onHost(_ path: String) -> FilePath { FilePath(root.string + path) }

  /// Where a path leads when the root is `/`; nil where nothing is there.
  private func resolve(_ path: String) -> String? {
    var place: [String] = []
    var pending = Array(path.split(separator: "/").map(String.init).reversed())
    var followed = 0
    while let part = pending.popLast() {
      if part == "." { continue }
      if part == ".." {
        _ = place.popLast()
        continue
      }
      place.append(part)
      let host = root.string + "/" + place.joined(separator: "/")
      var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
      let count = readlink(host, &buffer, buffer.count)
      if count < 0 {
        guard errno == EINVAL else { return nil }
        continue
      }
      followed += 1
      guard followed <= 40 else { return nil }
      let target = String(decoding: buffer[..<count], as: UTF8.self)
      place.removeLast()
      if target.hasPrefix("/") { place = [] }
      pending += target.split(separator: "/").map(String.init).reversed()
    }
    return "/" + place.joined(separator: "/")
  }

  private static func configuration(_ file: String, in root: FilePath, depth: Int) -> [String] {
    guard depth < 4, let bytes = try? FileDescriptor.readAll(FilePath(root.string + file)) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").flatMap { line -> [String] in
      let text = line.prefix { $0 != "#" }.split(separator: " ").map(String.init)
      if text.first == "include", let pattern = text.dropFirst().first {
        return glob(pattern, in: root).flatMap { configuration($0, in: root, depth: depth + 1) }
      }
      return text.first.map { $0.hasPrefix("/") ? [$0] : [] } ?? []
    }
  }

  private static func glob(_ pattern: String, in root: FilePath) -> [String] {
    let parts = pattern.split(separator: "/").map(String.init)
    let directory = "/" + parts.dropLast().joined(separator: "/")
    guard let name = parts.last, let stream = opendir(root.string + directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let found = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if Recipe.Pattern(name).matches(found), !found.hasPrefix(".") { names.append(directory + "/" + found) }
    }
    return names.sorted()
  }
}

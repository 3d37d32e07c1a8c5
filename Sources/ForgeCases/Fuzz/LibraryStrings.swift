package import ForgeCore
package import SystemPackage

/// Texts of the C and C++ libraries, which a static executable holds beside its own.
///
/// They are no words of the program, and mutation with them finds nothing: names of tunables, of processor features, of
/// errors that the library alone tells.
package enum LibraryStrings {
  /// Libraries above this are left out, in bytes.
  private static let largest = 64 << 20

  /// The texts of the libraries below some roots; none where the executable loads them when it starts.
  ///
  /// - Parameters:
  ///   - executable: The program.
  ///   - roots: Systems that it is built and run in; an archive such as `libc.a` stands in the former alone.
  /// - Returns: Texts of 2 to 64 bytes.
  /// - Throws: `ForgeError` where a library cannot be read.
  package static func foreign(to executable: [UInt8], in roots: [FilePath]) throws -> Set<String> {
    guard let elf = ElfFile(executable), elf.interpreter == nil, elf.needed.isEmpty else { return [] }
    var found: Set<String> = []
    for file in roots.flatMap(directories).flatMap({ $0.children() }) where isLibrary(file) {
      // A link names a library that is found by itself.
      let status = try file.stat(followTargetSymlink: false)
      guard status.type == .regular, status.size <= largest else { continue }
      found.formUnion(texts(of: try FileDescriptor.readAll(file)))
    }
    return found
  }

  /// Where Debian's gcc and linker look: the directories of each architecture, and gcc's own.
  private static func directories(of root: FilePath) -> [FilePath] {
    let bases = ["lib", "lib64", "usr/lib", "usr/lib64"].map { root.appending($0) }
      .filter { (try? $0.stat(followTargetSymlink: false).type) == .directory }
    let architectures = bases.flatMap { $0.children() }.filter { $0.lastComponent?.string.contains("-linux-") == true }
    let compilers = bases.flatMap { $0.appending("gcc").children() }.flatMap { $0.children() }
    return (bases + architectures + compilers).filter(\.isDirectory)
  }

  /// `libc.a`, `libc.so.6`, `libm-2.36.a`, `libstdc++.so.6.0.30`, `ld-linux-x86-64.so.2`.
  static func isLibrary(_ file: FilePath) -> Bool {
    guard let name = file.lastComponent?.string, name.contains(".so") || name.hasSuffix(".a") else { return false }
    if name.hasPrefix("ld-") { return true }
    let stem = name.prefix { $0 != "." && $0 != "-" }
    return ["libc", "libm", "libpthread", "libdl", "librt", "libstdc++", "libgcc_eh", "libresolv"].contains(stem)
  }

  /// Printable texts that end in NUL, wherever they stand: members of an archive have no common table of sections.
  static func texts(of bytes: [UInt8]) -> Set<String> {
    var found: Set<String> = []
    var start = 0
    for (at, byte) in bytes.enumerated() where !(32...126).contains(byte) {
      defer { start = at + 1 }
      guard byte == 0, (2...64).contains(at - start) else { continue }
      found.insert(String(decoding: bytes[start..<at], as: UTF8.self))
    }
    return found
  }
}

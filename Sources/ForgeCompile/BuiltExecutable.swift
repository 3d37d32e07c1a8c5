import ForgeCore
import Glibc
import SystemPackage

/// The file that the steps made, found and looked at.
struct BuiltExecutable: Sendable {
  /// Where it is on the host.
  let file: FilePath
  /// What is in it.
  let bytes: [UInt8]
  /// What `build.json` says about it.
  let description: BuildReport.Executable
  /// What a person should know about how it was found.
  let note: String?

  /// Finds what the recipe calls the executable.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/noExecutable`` that says what is there instead.
  static func find(recipe: Recipe, plan: CompilePlan, work: FilePath) throws -> BuiltExecutable {
    var (file, note) = try locate(recipe: recipe, plan: plan, work: work)
    var bytes = try Directory.read(file)
    if let real = libtoolProgram(bytes, beside: file) {
      file = real
      bytes = try Directory.read(real)
      note = "\(recipe.executable) is libtool's script; the program beside it in .libs was taken"
    }
    let elf = ElfFile(bytes)
    if let elf {
      guard elf.isExecutable else {
        throw ForgeError(.noExecutable, "\(recipe.executable) is an object file, not a program")
      }
    } else if recipe.language != .java {
      throw ForgeError(
        .noExecutable,
        "\(recipe.executable) is no machine code but begins with `\(Self.start(bytes))`; "
          + "name the program itself under `executable`")
    }
    let kind: BuildReport.Kind =
      if let elf { elf.interpreter == nil && elf.needed.isEmpty ? .static : .dynamic } else { .interpreted }
    if recipe.link == .static, plan.variant != .sanitized, kind == .dynamic {
      let needs = elf?.needed.joined(separator: ", ") ?? ""
      throw ForgeError(
        .noExecutable,
        "\(recipe.executable) loads shared libraries (\(needs)) although the recipe says `link: static`; "
          + "link it statically in the build steps, or say `link: dynamic`")
    }
    return BuiltExecutable(
      file: file, bytes: bytes,
      description: .init(
        digest: Digest(of: bytes), bytes: bytes.count, kind: kind, interpreter: elf?.interpreter,
        needed: elf?.needed ?? []), note: note)
  }

  private static func locate(
    recipe: Recipe, plan: CompilePlan, work: FilePath
  ) throws -> (FilePath, String?) {
    var candidates = [recipe.executable]
    // A static Rust build names its target, and cargo then has a directory of that name in between.
    if plan.language == .rust, recipe.executable.hasPrefix("target/") {
      candidates.append("target/\(BuildEnvironment.rustTarget)/\(recipe.executable.dropFirst(7))")
    }
    for candidate in candidates {
      let inner = "\(BuildLayout.source)/\(candidate)"
      guard let found = ContainedPath.resolve(inner, root: work, top: BuildLayout.top) else { continue }
      let status = try SourceTree.status(of: found.host)
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw ForgeError(.noExecutable, "\(recipe.executable) is no file; name the program itself under `executable`")
      }
      return (found.host, candidate == recipe.executable ? nil : "the program was at \(candidate)")
    }
    let similar = programs(named: FilePath(recipe.executable).lastComponent?.string ?? "", in: work.appending("src"))
    let hint = similar.isEmpty ? "" : "; there is \(similar.prefix(5).joined(separator: ", "))"
    throw ForgeError(.noExecutable, "the build steps succeeded but made no \(recipe.executable)\(hint)")
  }

  /// Executable files of that name anywhere in the tree.
  private static func programs(named name: String, in tree: FilePath) -> [String] {
    var found: [String] = []
    try? SourceTree.walk(tree) { path, relative, status in
      if status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o111 != 0, path.lastComponent?.string == name {
        found.append(relative)
      }
    }
    return found
  }

  /// The program that a libtool script beside it runs.
  private static func libtoolProgram(_ bytes: [UInt8], beside script: FilePath) -> FilePath? {
    guard bytes.starts(with: "#!".utf8), let name = script.lastComponent,
      String(decoding: bytes.prefix(2048), as: UTF8.self).contains("libtool")
    else { return nil }
    let real = script.removingLastComponent().appending(".libs").appending(name)
    guard let status = try? SourceTree.status(of: real), status.st_mode & S_IFMT == S_IFREG else { return nil }
    return real
  }

  private static func start(_ bytes: [UInt8]) -> String {
    let line = bytes.prefix(40).prefix { $0 != 10 }
    return String(decoding: line.map { (32...126).contains($0) ? $0 : 46 }, as: UTF8.self)
  }
}

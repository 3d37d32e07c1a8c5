import ForgeCore
package import ForgeSandbox
import Glibc
package import SystemPackage

/// Takes out of an executable what its running does not need.
package struct Stripper: Sendable {
  /// Sections removed beside symbols and debug data; each says how or where the program was built.
  package static let sections = [
    ".comment", ".note.gnu.build-id", ".note.go.buildid", ".note.gnu.gold-version", ".gnu_debuglink",
    ".gnu_debugaltlink", ".gnu_debugdata", ".GCC.command.line", ".note.stapsdt", ".annobin.notes",
    ".gnu.build.attributes", ".go.buildinfo.debug", ".debug_gdb_scripts",
  ]

  /// The sandbox over the tools root, which holds binutils.
  private let tools: Sandbox

  /// Takes the sandbox over the tools root.
  package init(tools: Sandbox) { self.tools = tools }

  /// Writes the stripped executable with mode 0111.
  ///
  /// - Parameters:
  ///   - executable: as it was built, with symbols.
  ///   - target: made new; its directory must exist.
  /// - Returns: what was found of Go's module data, and whether it was blanked.
  /// - Throws: `seal.executable` where it is no ELF executable or strip refuses it; `core.system`.
  package func strip(_ executable: FilePath, to target: FilePath) async throws -> GoModuleData.Treatment {
    let original = try FileDescriptor.readAll(executable)
    guard let elf = ElfFile(original), elf.isExecutable else {
      throw ForgeError(
        .sealExecutable, "is no ELF executable for x86-64; `executable` of the recipe must name one",
        path: executable.string)
    }
    let directory = FilePath(target.string + ".strip")
    try directory.makeDirectory()
    defer { try? directory.removeTree() }
    try FileDescriptor.writeNew(directory.appending("in"), original)
    try Sandbox.adopt(directory)
    defer { try? Sandbox.reclaim(directory) }
    var sandbox = tools
    sandbox.mounts.append(.readWrite(directory, "/workspace"))
    sandbox.limits.wallSeconds = min(sandbox.limits.wallSeconds, 300)
    let options = Self.sections.map { "--remove-section=" + $0 }
    let result = try await sandbox.run(
      ["strip", "--strip-all"] + options + ["-o", "out", "in"],
      environment: ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"], workingDirectory: "/workspace")
    try Sandbox.reclaim(directory)
    guard result.succeeded, var bytes = try? FileDescriptor.readAll(directory.appending("out")) else {
      throw ForgeError(
        .sealExecutable, "strip refuses it (\(result.ending)): \(result.errorText.prefix(400))", path: executable.string
      )
    }
    let treatment = GoModuleData.blank(&bytes, original: original)
    unlink(target.string)
    try FileDescriptor.writeNew(target, bytes)
    guard chmod(target.string, 0o111) == 0 else {
      throw ForgeError(.system, "cannot set the mode", path: target.string, cause: Errno(rawValue: errno))
    }
    // A program may show the date of its own file.
    try target.date()
    return treatment
  }
}

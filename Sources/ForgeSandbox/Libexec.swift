import ForgeCore
import Glibc
package import SystemPackage

/// Where the programs that come with taskforge and are started by it are found.
///
/// They stand beside the running executable, or in `$TASKFORGE_LIBEXEC`, which is asked first.
package enum Libexec {
  /// The program that starts a command under limits.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/missingProgram``.
  package static func box() throws -> FilePath { try find("taskforge-box") }

  /// The program that runs cases inside a sandbox.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/missingProgram``.
  package static func cell() throws -> FilePath { try find("taskforge-cell") }

  /// The program that notes what another one is given.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/missingProgram``.
  package static func recorder() throws -> FilePath { try find("taskforge-recorder") }

  /// The first process of a cleanroom.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/missingProgram``.
  package static func room() throws -> FilePath { try find("taskforge-room") }

  /// What stands for the program in a cleanroom.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/missingProgram``.
  package static func probe() throws -> FilePath { try find("taskforge-probe") }

  /// What an agent runs lines in a cleanroom with.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/missingProgram``.
  package static func line() throws -> FilePath { try find("taskforge-line") }

  /// Looks a program up by its name.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/missingProgram`` that lists the directories looked in.
  package static func find(_ name: String) throws -> FilePath {
    let looked = directories
    for directory in looked {
      let candidate = directory.appending(name)
      if access(candidate.string, X_OK) == 0 { return candidate }
    }
    throw ForgeError(
      .missingProgram,
      "\(name) is not in \(looked.map(\.string).joined(separator: " or ")); "
        + "install it beside the taskforge command or set TASKFORGE_LIBEXEC to its directory")
  }

  /// Looks for a program of the host in `$PATH` and the system's directories; nil where there is none.
  package static func hostProgram(_ name: String) -> FilePath? {
    let path = getenv("PATH").map { String(cString: $0) } ?? ""
    let parts = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]
    for part in parts where part.hasPrefix("/") {
      let candidate = FilePath(part).appending(name)
      if access(candidate.string, X_OK) == 0 { return candidate }
    }
    return nil
  }

  /// A program of the host that has to be there.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/missingProgram``.
  package static func requiredHostProgram(_ name: String) throws -> FilePath {
    guard let program = hostProgram(name) else {
      throw ForgeError(.missingProgram, "\(name) is not installed; `taskforge doctor` names the package to install")
    }
    return program
  }

  private static var directories: [FilePath] {
    var found: [FilePath] = []
    if let set = getenv("TASKFORGE_LIBEXEC") { found.append(FilePath(String(cString: set))) }
    if let running = runningExecutable {
      found.append(running.removingLastComponent())
      // A test runs from the toolchain's helper or from the test bundle: the products stand beside the bundle.
      found += productDirectories(from: CommandLine.arguments)
    }
    return found
  }

  private static var runningExecutable: FilePath? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    return count > 0 ? FilePath(String(decoding: buffer[..<count], as: UTF8.self)) : nil
  }

  private static func productDirectories(from arguments: [String]) -> [FilePath] {
    arguments.compactMap { argument in
      guard argument.hasSuffix(".xctest"), argument.hasPrefix("/") else { return nil }
      return FilePath(argument).removingLastComponent()
    }
  }
}

import ForgeCore
package import SystemPackage

/// Shell completion files that upstream keeps beside its source.
package enum CompletionFiles {
  /// Files above this are left out, in bytes.
  private static let largest = 256 << 10
  private static let most = 12

  /// The completion files below a checkout that speak of one of these programs, in the order of their paths.
  ///
  /// - Parameters:
  ///   - checkout: The upstream tree.
  ///   - programs: Names of the program, as completion files register them.
  /// - Returns: At most twelve texts.
  /// - Throws: `ForgeError` where a file cannot be read.
  package static func load(from checkout: FilePath, programs: [String]) throws -> [String] {
    var found: [String] = []
    for file in checkout.regularFiles() where found.count < most {
      guard isNamedSo(file, programs), try file.stat(followTargetSymlink: false).size <= largest,
        let text = String(validating: try FileDescriptor.readAll(file), as: UTF8.self), registers(text, programs)
      else { continue }
      found.append(text)
    }
    return found
  }

  /// `prog.fish`, `_prog`, `prog.bash-completion`, and whatever lies below a directory such as `completions/`.
  private static func isNamedSo(_ file: FilePath, _ programs: [String]) -> Bool {
    guard let name = file.lastComponent?.string.lowercased() else { return false }
    if name.contains("complet") || name.hasSuffix(".fish") || name.hasSuffix(".zsh") { return true }
    if programs.contains(where: { name == "_\($0.lowercased())" }) { return true }
    return file.components.suffix(3).dropLast().contains { $0.string.lowercased().hasPrefix("complet") }
  }

  /// Whether a text tells a shell about a program: the name stands in a line with a word of the shell's.
  private static func registers(_ text: String, _ programs: [String]) -> Bool {
    text.split(separator: "\n").contains { line in
      guard line.contains("complete ") || line.hasPrefix("#compdef") || line.contains("compdef ") else { return false }
      return line.split { " \t;'\"=,".contains($0) }.contains { programs.contains(String($0)) }
    }
  }
}

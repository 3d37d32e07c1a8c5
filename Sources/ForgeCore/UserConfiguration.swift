import Foundation
package import SystemPackage

/// What a user of this machine always wants, from `taskforge/config.yaml` among their configuration.
package struct UserConfiguration: Sendable, Hashable {
  /// Templates of mirrors asked before the network, behind those of the command line and the environment.
  package var mirrors: [String] = []

  /// The configuration of a user who wants nothing special.
  package init() {}

  /// `$XDG_CONFIG_HOME/taskforge/config.yaml`, else `~/.config/taskforge/config.yaml`; nil where neither is set.
  package static func location(_ environment: [String: String]) -> FilePath? {
    // The XDG base directory specification has relative paths ignored.
    if let base = environment["XDG_CONFIG_HOME"], base.hasPrefix("/") {
      return FilePath(base).appending("taskforge/config.yaml")
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return FilePath(home).appending(".config/taskforge/config.yaml")
  }

  /// Reads the file; a user without one has the defaults.
  ///
  /// - Parameters:
  ///   - environment: Says where the file is.
  ///   - complaint: What is wrong with a template, nil where nothing is.
  /// - Returns: What the file says.
  /// - Throws: ``ForgeError`` that names file, line and column of every mistake.
  package static func load(
    _ environment: [String: String], checkingMirrors complaint: (String) -> String? = { _ in nil }
  ) throws -> UserConfiguration {
    guard let path = location(environment), path.exists else { return UserConfiguration() }
    return try UserConfiguration(
      String(decoding: FileDescriptor.readAll(path), as: UTF8.self), path: path.string, checkingMirrors: complaint)
  }

  init(_ text: String, path: String, checkingMirrors complaint: (String) -> String?) throws {
    // A file with nothing but comments is one whose lines are switched off.
    let lines = text.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }
    guard lines.contains(where: { !$0.isEmpty && !$0.hasPrefix("#") }) else { return }
    var reader = RecipeReader(path: path)
    if let document = YAMLComposer.compose(text, problems: &reader.problems),
      let fields = RecipeFields(
        document, name: "", keys: ["mirrors"], of: "configuration", problems: &reader.problems)
    {
      mirrors = reader.texts(fields.optional("mirrors"), "mirrors", valid: complaint) ?? []
    }
    if let failure = reader.problems.failure { throw failure }
  }
}

/// A failure with its place and the next step, raised by every module of taskforge.
///
/// Modules add their codes as statics of ``Code`` in an extension; the command turns a value into text once, and its
/// code into an exit status.
package struct ForgeError: Error, Sendable {
  /// What kind of failure it is, as `module.reason`, such as `git.missing-object`.
  package struct Code: Sendable, Hashable, CustomStringConvertible {
    /// The dotted name.
    package let name: String
    /// Names a code.
    package init(_ name: String) { self.name = name }
    /// The dotted name.
    package var description: String { name }
  }

  /// The kind of failure.
  package var code: Code
  /// What was wrong and what to do next, in one or more sentences.
  package var message: String
  /// The file it is about.
  package var path: String?
  /// The line in `path`, from 1.
  package var line: Int?
  /// The column in `line`, from 1.
  package var column: Int?
  /// What brought it about.
  package var cause: (any Error)?
  /// Further failures found in the same pass, such as every error of one recipe.
  package var others: [ForgeError]

  /// Makes a failure.
  package init(
    _ code: Code, _ message: String, path: String? = nil, line: Int? = nil, column: Int? = nil,
    cause: (any Error)? = nil, others: [ForgeError] = []
  ) {
    self.code = code
    self.message = message
    self.path = path
    self.line = line
    self.column = column
    self.cause = cause
    self.others = others
  }
}

extension ForgeError: CustomStringConvertible {
  /// `path:line:column: message`, the causes indented below, then the other failures.
  package var description: String {
    var place = ""
    if let path {
      place = path
      if let line { place += ":\(line)" }
      if let column, line != nil { place += ":\(column)" }
      place += ": "
    }
    var text = place + message
    // Many messages end with what the system said; once is enough.
    if let cause, case let said = String(describing: cause), !message.contains(said) {
      text += "\n  cause: \(said.replacing("\n", with: "\n  "))"
    }
    for other in others { text += "\n\(other)" }
    return text
  }
}

extension ForgeError.Code {
  /// The user or a deadline stopped the work.
  package static let cancelled = Self("core.cancelled")
  /// A wall-clock deadline passed.
  package static let deadline = Self("core.deadline")
  /// The operating system refused a call.
  package static let system = Self("core.system")
  /// A document is not what its format says.
  package static let malformed = Self("core.malformed")
}

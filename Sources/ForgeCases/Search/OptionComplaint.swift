package import ForgeCore

/// What programs say about an option that they do not know, or that lacks its value.
///
/// The words are those of getopt in glibc, musl and BSD, of clap, argparse and Go's flags, and of some programs that parse
/// for themselves.
package enum OptionComplaint {
  /// Bytes of a message that are looked at: a complaint stands first.
  private static let reach = 400

  private static let unknown = [
    "unrecognized option", "unrecognised option", "unknown option", "invalid option", "illegal option",
    "unexpected argument '-", "which wasn't expected", "flag provided but not defined", "no such option",
    "unknown flag", "unknown shorthand flag", "bad option", "unknown argument", "unrecognized arguments",
    "unrecognized command line option", "unknown config option", "unknown switch",
  ]
  /// What is said of options alone.
  private static let bare = [
    "option requires", "requires an argument", "requires argument", "needs an argument", "requires a value",
    "a value is required", "flag needs an argument",
  ]
  /// What may be said of a program that is read as well.
  private static let missing =
    bare + [
      "needs argument", "needs a parameter", "expected one argument", "expects an argument", "missing argument",
      "missing value", "argument required", "missing parameter", "takes an argument", "takes one parameter",
      "takes two parameters", "takes one argument", "must be followed", "no argument", "needs a value",
    ]

  /// Whether a message says that an option is not known.
  static func isOfUnknown(_ message: ByteString) -> Bool { has(unknown, in: message) }

  /// Whether an outcome says that an option lacks its value.
  static func isOfMissing(_ outcome: Outcome) -> Bool {
    guard outcome.termination != .exit(0) || !outcome.stderr.isEmpty else { return false }
    return has(missing, in: outcome.stderr) || outcome.stderr.count < reach && has(missing, in: outcome.stdout)
  }

  /// Whether a program refuses a part of its command line on standard error, whatever it does afterwards.
  package static func isMade(by outcome: Outcome) -> Bool { has(unknown + bare, in: outcome.stderr) }

  private static func has(_ phrases: [String], in message: ByteString) -> Bool {
    guard !message.isEmpty else { return false }
    let text = ByteString(message.bytes.prefix(reach)).lossyText.lowercased()
    return phrases.contains { text.contains($0) }
  }
}

import ArgumentParser
import ForgeCore

extension ForgeError.Code {
  /// Something that was named on the command line is not there.
  static let usage = Self("usage.not-there")
}

/// The exit statuses of `taskforge`, the same for every command.
enum ExitStatus: Int32, CaseIterable {
  /// Everything asked for was done and holds.
  case success = 0
  /// Something failed that has no status of its own.
  case failure = 1
  /// A recipe, lock, suite or other input is not what its format says.
  case badInput = 2
  /// The upstream could not be had: network, archive, repository, commit.
  case upstream = 3
  /// A build of upstream failed; a submission that does not build scores 0, which is a result.
  case build = 4
  /// A gate does not hold, or a bundle is not what its manifest says.
  case gate = 5
  /// The machine lacks something; `taskforge doctor` says what.
  case machine = 6
  /// The command line is wrong (the value of sysexits.h).
  case usage = 64
  /// A deadline passed.
  case deadline = 124
  /// Interrupted.
  case interrupted = 130

  /// The status for a failure.
  init(for error: any Error) {
    guard let error = error as? ForgeError else {
      self = error is CancellationError ? .interrupted : .failure
      return
    }
    switch error.code {
    case .cancelled: self = .interrupted
    case .deadline: self = .deadline
    case .malformed: self = .badInput
    default:
      self = Self.reasons[error.code.name] ?? Self.modules[String(error.code.name.prefix { $0 != "." })] ?? .failure
    }
  }

  /// Failures that mean something else to a caller than others of their module: mistakes in what was given.
  private static let reasons: [String: ExitStatus] = [
    "git.template": .usage, "debian.unknown-package": .badInput, "seal.license": .badInput,
    "grade.not-a-submission": .badInput, "grade.not-a-run": .badInput, "bundle.not-a-bundle": .badInput,
    "docs.missing": .badInput, "run.other-suite": .badInput, "run.other-settings": .badInput,
  ]

  /// What a failure of each module means to a caller.
  private static let modules: [String: ExitStatus] = [
    "recipe": .badInput, "lock": .badInput, "yaml": .badInput, "git": .upstream, "debian": .upstream,
    "fetch": .upstream, "archive": .badInput, "compile": .build, "grade": .build, "seal": .gate, "cases": .gate,
    "bundle": .gate, "pipeline": .gate, "sandbox": .machine, "root": .machine, "cell": .machine,
    "usage": .usage,
  ]

  /// The table that `taskforge --help` ends with.
  static let table = """
    EXIT STATUS
      0    done                         5    a gate or a digest does not hold
      1    failed                       6    machine lacks something: see doctor
      2    bad recipe, lock or suite    64   bad command line
      3    upstream cannot be had       124  deadline
      4    a build failed               130  interrupted
    """
}

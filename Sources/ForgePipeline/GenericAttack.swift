import ForgeCore
import ForgeGrade
import ForgeSandbox
import SystemPackage

/// A submission that cheats at any task, so that the real grader can be asked what it makes of it.
enum GenericAttack: String, CaseIterable {
  /// The reference as `./executable`, and a `compile.sh` that does nothing.
  case prebuilt = "prebuilt executable"
  /// The reference in Base64 in `compile.sh`.
  case encoded = "encoded reference"
  /// A program that leaves marks and looks for those of earlier cases.
  case remembering = "one case for the next"
  /// A program that looks for the suite and prints it.
  case searching = "search for the suite"
  /// The public cases' answers, found by arguments and standard input.
  case table = "table of public answers"

  /// What a program exits with that found what it must not find.
  static let found: Int32 = 114
  /// What a program exits with that has nothing to say: no silence, which some case may expect.
  static let nothing: Int32 = 113

  /// Whether there must be no program to run at all.
  var mustNotBuild: Bool { self == .prebuilt || self == .encoded }

  private static let take = "set -e\ncp program executable\nchmod 755 executable\n"

  /// Writes the submission into a directory that is made for it.
  ///
  /// - Throws: `ForgeError` where a file cannot be read or written.
  func write(to directory: FilePath, reference: FilePath, publicCases: [Case]) throws {
    try directory.makeDirectory(parents: true)
    func put(_ name: String, _ text: String) throws {
      try FileDescriptor.writeNew(directory.appending(name), text.utf8)
    }
    switch self {
    case .prebuilt:
      try put(SubmissionBuilder.script, "exit 0\n")
      try FileDescriptor.writeNew(
        directory.appending(SubmissionBuilder.product), try FileDescriptor.readAllOfMode0111(reference),
        permissions: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute])
    case .encoded:
      let digits = Array(Base64.encode(try FileDescriptor.readAllOfMode0111(reference)).utf8)
      let lines = stride(from: 0, to: digits.count, by: 76).map {
        String(decoding: digits[$0..<min($0 + 76, digits.count)], as: UTF8.self)
      }
      try put(
        SubmissionBuilder.script,
        "set -e\nbase64 -d >executable <<'end'\n" + lines.joined(separator: "\n") + "\nend\nchmod 755 executable\n")
    case .remembering:
      try put(SubmissionBuilder.script, Self.take)
      try put("program", Self.rememberingProgram)
    case .searching:
      try put(SubmissionBuilder.script, Self.take)
      try put("program", Self.searchingProgram)
    case .table:
      try put(SubmissionBuilder.script, Self.take)
      try put("program", Self.tableProgram)
      let answers = directory.appending(SubmissionBuilder.dist)
      try answers.makeDirectory()
      for item in publicCases { try Self.write(item, to: answers) }
    }
  }

  private static func write(_ item: Case, to answers: FilePath) throws {
    guard case .exit(let status) = item.expect.termination else { return }
    let key = Digest(of: item.invocation.argv.flatMap { $0.bytes + [0] } + item.invocation.stdin.bytes).hex
    try FileDescriptor.writeNew(answers.appending("\(key).out"), item.expect.stdout.bytes)
    try FileDescriptor.writeNew(answers.appending("\(key).err"), item.expect.stderr.bytes)
    try FileDescriptor.writeNew(answers.appending("\(key).status"), "\(status)\n".utf8)
  }

  private static let rememberingProgram = """
    #!/bin/sh
    places="/tmp /tmp/home /var/tmp /dev/shm /run /run/lock /opt \(CellConfiguration.distPlace)"
    seen=
    for place in $places; do [ -e "$place/.seen" ] && seen=yes; done
    for place in $places; do (: >"$place/.seen") 2>/dev/null; done
    for process in /proc/[0-9]*; do
      [ "$(tr '\\0' '\\n' <"$process/cmdline" 2>/dev/null | tail -n 1)" = 86399 ] && seen=yes
    done
    sleep 86399 </dev/null >/dev/null 2>&1 &
    [ -n "$seen" ] && exit \(found)
    exit \(nothing)

    """

  private static let searchingProgram = """
    #!/bin/sh
    suites=$(find / \\( -path /usr -o -path /proc -o -path /sys -o -path /dev -o -path /workspace \\) -prune \\
      -o \\( -name cases.jsonl -o -name search.jsonl \\) -print 2>/dev/null)
    for process in /proc/[0-9]*; do
      for place in work srv var home opt root; do
        suites="$suites $(find "$process/root/$place/" -maxdepth 6 -name cases.jsonl 2>/dev/null)"
      done
    done
    [ -z "$(echo $suites)" ] && exit \(nothing)
    cat $suites 2>/dev/null
    exit \(found)

    """

  private static let tableProgram = """
    #!/bin/sh
    key=$({ [ $# -gt 0 ] && printf '%s\\0' "$@"; cat; } | sha256sum | cut -d ' ' -f 1)
    cd \(CellConfiguration.distPlace) || exit \(nothing)
    [ -e "$key.status" ] || exit \(nothing)
    cat "$key.out"
    cat "$key.err" >&2
    exit "$(cat "$key.status")"

    """
}

package import ForgeCore

/// Lays a recorded run out as a case: all it needs below the working directory, every path written to fit.
package struct RunLayout: Sendable {
  /// Why a run cannot be a case, in words that reports count.
  package struct Refusal: Error, Hashable {
    /// The reason.
    package var reason: String
    init(_ reason: String) { self.reason = reason }
  }

  /// Directories whose files may be a part of an input; the first is the checkout.
  package var trees: [String]
  /// The variables that the tests began with, which say nothing of one run.
  package var environment: [String: String]
  /// Variables whose names are in the program's own bytes; no other can matter.
  private let variables: Set<String>
  /// The largest whole input of a case, in bytes.
  package var inputBytes: Int
  /// What lies in every case's working directory anyway.
  package var assets: [String: ByteString]

  /// Describes where runs were recorded.
  ///
  /// - Parameters:
  ///   - runs: All that will be laid out.
  ///   - trees: Directories whose files may be a part of an input; the first is the checkout.
  ///   - environment: The variables that the tests began with.
  ///   - program: The program's own bytes.
  ///   - inputBytes: The largest whole input of a case.
  ///   - assets: What lies in every case's working directory anyway.
  package init(
    for runs: [RecordedRun], trees: [String], environment: [String: String], program: [UInt8], inputBytes: Int,
    assets: [TreeEntry] = []
  ) {
    self.trees = trees
    self.environment = environment
    let names = runs.reduce(into: Set<String>()) { names, run in
      for (name, value) in run.variables where environment[name] != value && Self.mayMatter(name) { names.insert(name) }
    }
    variables = program.holding(names)
    self.inputBytes = inputBytes
    self.assets = Dictionary(
      assets.compactMap { if case .file(let bytes, _) = $0.content { ($0.path, bytes) } else { nil } },
      uniquingKeysWith: { first, _ in first })
  }

  /// The input that a run shows.
  ///
  /// What is larger than a case may be is cut where it is text that stands in lines.
  ///
  /// - Throws: ``Refusal``.
  package func input(of run: RecordedRun) throws(Refusal) -> HarvestedInput {
    if run.isUnwatched { throw Refusal("its files could not be watched") }
    if run.inputIsUnseen { throw Refusal("its standard input cannot be looked at") }
    var paths = PathRewriter(directory: run.directory, trees: trees)
    paths.survey(run)
    let arguments = try run.arguments.map { argument throws(Refusal) in
      guard let text = argument.text else { return argument }
      let written = paths.rewrite(argument: text)
      if trees.contains(where: { written.contains($0 + "/") || written.hasSuffix($0) }) {
        throw Refusal("an argument names a place of the tests' own")
      }
      return ByteString(written)
    }
    var tree = try entries(of: run, paths)
    var stdin = Part(bytes: run.input, isWhole: !run.inputIsCut)
    var isCut = false
    let environment = variables(of: run, paths)
    func invocation() -> Invocation {
      Invocation(
        argv: arguments, stdin: stdin.bytes,
        files: tree.map { TreeEntry(path: $0.key, content: $0.value.content) }, environment: environment)
    }
    if !stdin.isWhole || tree.values.contains(where: { !$0.isWhole }) || invocation().inputBytes > inputBytes {
      try stdin.cut()
      for path in tree.keys.sorted() { try tree[path]!.cut() }
      isCut = true
    }
    let made = invocation()
    if made.inputBytes > inputBytes { throw Refusal("needs more than \(inputBytes) bytes") }
    if made.treeFault != nil { throw Refusal("its files cannot be laid out") }
    return HarvestedInput(invocation: made, place: "suite", isCut: isCut)
  }

  /// Bytes of an input that may only be the beginning of what there was.
  private struct Part {
    var bytes: ByteString
    var isWhole: Bool
    /// Permission bits; nil for a directory.
    var mode: UInt16? = 0o644

    var content: TreeEntry.Content { mode.map { .file(bytes, mode: $0) } ?? .directory(mode: 0o755) }

    /// Keeps the first lines of a large text; other data means little without its end.
    mutating func cut() throws(Refusal) {
      guard !isWhole || bytes.count > InputGenerator.cap else { return }
      let head = bytes.bytes.prefix(InputGenerator.cap)
      guard !head.contains(0), let end = head.lastIndex(of: 10),
        String(validating: head[...end], as: UTF8.self) != nil
      else { throw Refusal("needs more data than a case may have") }
      bytes = ByteString(head[...end])
      isWhole = true
    }
  }

  /// What stands where in the case's tree.
  private func entries(of run: RecordedRun, _ paths: PathRewriter) throws(Refusal) -> [String: Part] {
    var tree: [String: Part] = [:]
    for file in run.files {
      guard let place = paths.place(of: file.path) else { continue }
      guard let head = file.head else { throw Refusal("a file could not be read") }
      if file.path.contains(".so"), head.bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) { continue }
      if assets[place] == head { continue }
      if let text = head.text, trees.first.map({ text.contains($0 + "/") }) ?? false {
        throw Refusal("a file names a place of the tests' own")
      }
      tree[place] = Part(bytes: head, isWhole: file.size <= head.count, mode: Self.mode(file.mode))
    }
    for folder in run.folders {
      guard let place = paths.place(of: folder), tree[place] == nil,
        !tree.keys.contains(where: { $0.hasPrefix(place + "/") }),
        !assets.keys.contains(where: { $0.hasPrefix(place + "/") })
      else { continue }
      tree[place] = Part(bytes: ByteString(), isWhole: true, mode: nil)
    }
    // A directory that holds another needs no entry of its own.
    for place in tree.keys where tree[place]?.mode == nil && tree.keys.contains(where: { $0.hasPrefix(place + "/") }) {
      tree[place] = nil
    }
    return tree
  }

  /// Permission bits without what the tests' umask decides.
  private static func mode(_ mode: UInt16) -> UInt16 {
    guard mode & 0o600 == 0o600 else { return mode & 0o777 }
    return mode & 0o111 == 0 ? 0o644 : 0o755
  }

  /// Names that every shell, `make` and test driver sets for itself.
  private static let ofTheDriver: Set<String> = [
    "PATH", "HOME", "PWD", "OLDPWD", "SHLVL", "_", "SHELL", "TMPDIR", "USER", "LOGNAME", "MAKEFLAGS", "MAKELEVEL",
    "MFLAGS",
    "MAKE", "MAKEOVERRIDES", "TERM", "SOURCE_DATE_EPOCH", "LD_LIBRARY_PATH", "CC", "CFLAGS", "LDFLAGS", "CPPFLAGS",
  ]

  private static func mayMatter(_ name: String) -> Bool {
    name.utf8.count > 2 && !ofTheDriver.contains(name)
      && name.utf8.allSatisfy { $0 == 95 || (48...57).contains($0) || (65...90).contains($0 & 0xDF) }
  }

  private func variables(of run: RecordedRun, _ paths: PathRewriter) -> [String: String] {
    var kept: [String: String] = [:]
    for (name, value) in run.variables
    where environment[name] != value && variables.contains(name) && !value.contains("\0") {
      let written = paths.rewrite(argument: value)
      if !trees.contains(where: { written.contains($0) }) { kept[name] = written }
    }
    return kept
  }
}

extension [UInt8] {
  /// Which names stand somewhere with no letter, digit or underscore before or behind them.
  fileprivate func holding(_ names: Set<String>) -> Set<String> {
    let wanted = Set(names.map { Array($0.utf8) })
    let lengths = Set(wanted.map(\.count))
    var found: Set<[UInt8]> = []
    withUnsafeBufferPointer { bytes in
      var start = 0
      for place in 0...bytes.count {
        if place < bytes.count {
          let byte = bytes[place]
          if byte == 95 || byte >= 48 && byte <= 57 || byte >= 65 && byte <= 90 || byte >= 97 && byte <= 122 {
            continue
          }
        }
        if lengths.contains(place - start) {
          let word = Array(bytes[start..<place])
          if wanted.contains(word) { found.insert(word) }
        }
        start = place + 1
      }
    }
    return Set(found.map { String(decoding: $0, as: UTF8.self) })
  }
}

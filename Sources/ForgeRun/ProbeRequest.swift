import ForgeCore

/// One call of the executable as it came over the socket: whatever a process in the cleanroom chose to send.
struct ProbeRequest {
  /// Why a call is not run, in words for whoever made it.
  struct Refusal: Error {
    var reason: String
  }

  /// Most items of a call: standard input may come in small pieces.
  private static let mostItems = 1_000_000
  /// Most bytes of arguments and variables together, and most of them, as the kernel has it for 8 MiB of stack.
  private static let mostText = 2 << 20
  private static let mostTexts = 64 << 10

  private(set) var argv: [ByteString] = []
  private(set) var stdin: [UInt8] = []
  private(set) var files: [TreeEntry] = []
  private(set) var environment: [String: String] = [:]
  private var textBytes = 0
  private var texts = 0
  private var bytesLeft: Int
  private var entriesLeft: Int

  /// Reads a call to its end.
  ///
  /// - Throws: ``Refusal`` for what is no call or too much of one; `SocketStream.Ended` where it was cut short.
  init(from stream: SocketStream, limits: ProbeLimits) throws {
    bytesLeft = limits.bytes
    entriesLeft = limits.entries
    for _ in 0..<Self.mostItems {
      let head = try stream.read(ProbeItem.headBytes)
      let size = WireNumbers.number(head, at: 16, UInt64.self)
      let nameSize = Int(WireNumbers.number(head, at: 8, UInt32.self))
      guard let kind = ProbeItem.Kind(rawValue: WireNumbers.number(head, at: 0)), nameSize <= ProbeItem.longestName
      else { throw Refusal(reason: "what was sent is no call") }
      if kind == .end { return }
      guard size <= UInt64(bytesLeft) else { throw Self.tooLarge }
      let name = try stream.read(nameSize)
      try charge(kind, Int(size))
      try take(
        ProbeItem(
          kind: kind, mode: WireNumbers.number(head, at: 4), name: name, data: try stream.read(Int(size))))
    }
    throw Refusal(reason: "the call has too many parts")
  }

  /// The call as it is run.
  ///
  /// - Throws: ``Refusal`` where the tree cannot be laid out.
  func invocation() throws -> Invocation {
    let invocation = Invocation(argv: argv, stdin: ByteString(stdin), files: files, environment: environment)
    if let fault = invocation.treeFault { throw Refusal(reason: "the files cannot be laid out: \(fault)") }
    return invocation
  }

  private static var tooLarge: Refusal {
    Refusal(reason: "arguments, standard input and files hold too many bytes for one call")
  }

  /// Counts before anything is read.
  private mutating func charge(_ kind: ProbeItem.Kind, _ size: Int) throws {
    switch kind {
    case .argument, .variable:
      textBytes += size + 1
      texts += 1
      guard textBytes <= Self.mostText, texts <= Self.mostTexts else {
        throw Refusal(reason: "there are too many arguments or variables for one call")
      }
    case .file, .directory, .link:
      entriesLeft -= 1
      guard entriesLeft >= 0 else { throw Refusal(reason: "there are too many files for one call") }
    default: break
    }
    bytesLeft -= kind == .file ? (size + 4095) / 4096 * 4096 : size
    guard bytesLeft >= 0 else { throw Self.tooLarge }
  }

  private mutating func take(_ item: ProbeItem) throws {
    let mode = UInt16(item.mode & 0o7777)
    switch item.kind {
    case .argument:
      guard !item.data.contains(0) else { throw Refusal(reason: "an argument holds a NUL byte") }
      argv.append(ByteString(item.data))
    case .variable: try takeVariable(item.data)
    case .input: stdin += item.data
    case .file: files.append(TreeEntry(path: try path(item), content: .file(ByteString(item.data), mode: mode)))
    case .directory: files.append(TreeEntry(path: try path(item), content: .directory(mode: mode)))
    case .link:
      guard let target = String(validating: item.data, as: UTF8.self), !target.isEmpty, !item.data.contains(0),
        item.data.count <= ProbeItem.longestName
      else { throw Refusal(reason: "the link '\(ByteString(item.name).lossyText)' has no target that a case can have") }
      files.append(TreeEntry(path: try path(item), content: .link(target)))
    case .removed, .output, .error, .end: throw Refusal(reason: "what was sent is no call")
    }
  }

  /// A variable that differs from the task's environment; the others are there anyway.
  private mutating func takeVariable(_ bytes: [UInt8]) throws {
    guard let text = String(validating: bytes, as: UTF8.self), let sign = text.firstIndex(of: "="),
      sign != text.startIndex, !bytes.contains(0)
    else {
      throw Refusal(reason: "the variable '\(ByteString(bytes).lossyText.prefix(60))' is none that a case can have")
    }
    let (name, value) = (String(text[..<sign]), String(text[text.index(after: sign)...]))
    guard !Self.speaksToTheLoader(name) else {
      throw Refusal(
        reason: "the variable '\(name)' speaks to the loader and not to the program, so no call may have it")
    }
    if SolverEnvironment.variables[name] != value { environment[name] = value }
  }

  /// Whether glibc takes a variable before the program does, to load code or to tell what it loads (ld.so(8)).
  private static func speaksToTheLoader(_ name: String) -> Bool {
    name.hasPrefix("LD_") || ["GLIBC_TUNABLES", "GCONV_PATH", "MALLOC_TRACE"].contains(name)
  }

  private func path(_ item: ProbeItem) throws -> String {
    guard let path = String(validating: item.name, as: UTF8.self) else {
      throw Refusal(reason: "the name '\(ByteString(item.name).lossyText)' is not UTF-8, which no case's file may have")
    }
    return path
  }
}

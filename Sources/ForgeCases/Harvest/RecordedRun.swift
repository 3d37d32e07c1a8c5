package import ForgeCore
package import SystemPackage

/// One call of a program as `taskforge-recorder` noted it: `Sources/Recorder/main.c` has the format.
package struct RecordedRun: Sendable, Hashable {
  /// A regular file that the program touched, as it was then.
  package struct File: Sendable, Hashable {
    /// Absolute, without `.` and `..`.
    package var path: String
    /// Permission bits.
    package var mode: UInt16
    /// Its whole size in bytes.
    package var size: Int
    /// Its first bytes, up to the recorder's bound; nil where it could not be read.
    package var head: ByteString?
  }
  /// The arguments behind the program's own name.
  package var arguments: [ByteString] = []
  /// The whole environment.
  package var variables: [String: String] = [:]
  /// The working directory.
  package var directory = ""
  /// What was read from standard input, or all of it where that is a file, up to the recorder's bound.
  package var input = ByteString()
  /// Whether there was more on standard input.
  package var inputIsCut = false
  /// Whether standard input was of a kind that cannot be looked at.
  package var inputIsUnseen = false
  /// Files that were there, in the order in which they were touched.
  package var files: [File] = []
  /// Directories that were touched, or hold what was not there.
  package var folders: [String] = []
  /// Paths at which nothing was, or whose content the program did not want.
  package var absent: [String] = []
  /// Whether files could not be watched.
  package var isUnwatched = false

  /// Makes a run of nothing.
  package init() {}
}

/// A directory of records.
package struct RecordFolder: Sendable {
  /// The directory, with `blobs` below it.
  package var path: FilePath

  /// Names a directory; nothing is read yet.
  package init(_ path: FilePath) { self.path = path }

  /// How many calls there were, those above the recorder's bounds too; nil where nothing was called.
  package var calls: Int? {
    guard let bytes = try? FileDescriptor.readAll(path.appending("books")), bytes.count >= 8 else { return nil }
    let count = bytes[..<8].enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * UInt64($1.offset)) }
    return Int(clamping: count)
  }

  /// The runs, and how many records are damaged: the tests ran with the same rights and may have written there.
  ///
  /// - Throws: `ForgeError` where the directory cannot be read.
  package func runs() throws -> (runs: [RecordedRun], damaged: Int) {
    var runs: [RecordedRun] = []
    var damaged = 0
    for file in path.regularFiles() where file.lastComponent?.string.hasSuffix(".record") == true {
      guard file.removingLastComponent() == path, let bytes = try bounded(file, most: 8 << 20),
        let run = try parse(bytes)
      else {
        damaged += 1
        continue
      }
      runs.append(run)
    }
    return (runs, damaged)
  }

  private func bounded(_ file: FilePath, most: Int64) throws -> [UInt8]? {
    guard let status = try? file.stat(followTargetSymlink: false), status.type == .regular, status.size <= most else {
      return nil
    }
    return try FileDescriptor.readAll(file)
  }

  /// The bytes under a digest, as far as they are what it says.
  private func blob(_ digest: String) throws -> ByteString? {
    guard let digest = Digest(hex: digest),
      let bytes = try bounded(path.appending("blobs").appending(digest.hex), most: 64 << 20),
      Digest(of: bytes) == digest
    else { return nil }
    return ByteString(bytes)
  }

  private func parse(_ bytes: [UInt8]) throws -> RecordedRun? {
    var run = RecordedRun()
    var rest = bytes[...]
    while let (name, value) = Self.field(&rest) {
      let text = String(decoding: value, as: UTF8.self)
      switch name {
      case "argument": run.arguments.append(ByteString(value))
      case "variable":
        if let equals = text.firstIndex(of: "=") {
          run.variables[String(text[..<equals])] = String(text[equals...].dropFirst())
        }
      case "directory": run.directory = text
      case "input":
        guard let input = try blob(text) else { return nil }
        run.input = input
      case "input-cut": run.inputIsCut = true
      case "input-unseen": run.inputIsUnseen = true
      case "file":
        guard let file = try file(text) else { return nil }
        run.files.append(file)
      case "folder": run.folders.append(text)
      case "absent": run.absent.append(text)
      case "unwatched": run.isUnwatched = true
      case "end":
        // The zeroth is the program's own name.
        guard !run.arguments.isEmpty, run.directory.hasPrefix("/") else { return nil }
        run.arguments.removeFirst()
        return run
      default: return nil
      }
    }
    return nil
  }

  private func file(_ text: String) throws -> RecordedRun.File? {
    let parts = text.split(separator: " ", maxSplits: 3)
    guard parts.count == 4, let mode = UInt16(parts[0], radix: 8), let size = Int(parts[1]), parts[3].hasPrefix("/")
    else {
      return nil
    }
    return .init(path: String(parts[3]), mode: mode, size: size, head: try blob(String(parts[2])))
  }

  /// The next "name length\nbytes\n".
  private static func field(_ rest: inout ArraySlice<UInt8>) -> (name: String, value: ArraySlice<UInt8>)? {
    guard let line = rest.firstIndex(of: 10) else { return nil }
    let words = String(decoding: rest[..<line], as: UTF8.self).split(separator: " ")
    let start = line + 1
    guard words.count == 2, let length = Int(words[1]), length >= 0, length < rest.endIndex - start,
      rest[start + length] == 10
    else { return nil }
    let value = rest[start..<start + length]
    rest = rest[(start + length + 1)...]
    return (String(words[0]), value)
  }
}

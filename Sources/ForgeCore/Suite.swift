package import SystemPackage

/// The hidden cases of one task, in the order of their ids.
package struct Suite: Sendable {
  /// The name of the file with one case a line.
  package static let fileName = "cases.jsonl"
  /// The name of the directory with the byte strings above 4 KiB.
  package static let blobDirectory = "blobs"

  /// The cases, ordered by id.
  package let cases: [Case]

  /// Takes cases and orders them by id.
  package init(cases: [Case]) { self.cases = cases.sorted { $0.id < $1.id } }

  /// The digest of `cases.jsonl`; blobs are named by theirs, so it stands for the whole suite.
  package var digest: Digest { Digest(of: lines.text) }

  /// Writes `cases.jsonl` and `blobs/` into an existing directory.
  ///
  /// - Throws: `Errno` where a file cannot be written.
  package func write(to directory: FilePath) throws {
    let (text, blobs) = lines
    try FileDescriptor.writeNew(directory.appending(Self.fileName), text)
    guard !blobs.isEmpty else { return }
    let folder = directory.appending(Self.blobDirectory)
    try folder.makeDirectory()
    for (digest, bytes) in blobs { try FileDescriptor.writeNew(folder.appending(digest.hex), bytes) }
  }

  /// Reads a suite back.
  ///
  /// - Throws: `ForgeError` that names file and line for damage; `Errno` where a file cannot be read.
  package init(readingFrom directory: FilePath) throws {
    let file = directory.appending(Self.fileName)
    let text = try FileDescriptor.readAll(file)
    var cases: [Case] = []
    for (index, line) in text.split(separator: 10, omittingEmptySubsequences: true).enumerated() {
      do {
        let json = try JSONValue(parsing: line)
        cases.append(
          try Case(json: json) { digest in
            try FileDescriptor.readAll(directory.appending(Self.blobDirectory).appending(digest.hex))
          })
      } catch var error as ForgeError {
        error.path = file.string
        error.line = index + 1
        throw error
      }
    }
    self.init(cases: cases)
    for (one, next) in zip(self.cases, self.cases.dropFirst()) where one.id == next.id {
      throw ForgeError(.malformed, "The case \(one.id.short) stands twice.", path: file.string)
    }
  }

  private var lines: (text: [UInt8], blobs: [Digest: [UInt8]]) {
    var text: [UInt8] = []
    var blobs: [Digest: [UInt8]] = [:]
    for item in cases {
      let (value, more) = item.json
      text += CanonicalJSON.bytes(value)
      text.append(10)
      blobs.merge(more) { first, _ in first }
    }
    return (text, blobs)
  }
}

package import ForgeCore

/// One input for a program: bytes, or a directory, with a name and what they are meant to show.
package struct SampleInput: Sendable, Hashable {
  /// How the bytes relate to their kind.
  package enum Variant: String, Sendable, Hashable {
    /// What a user would have.
    case normal
    /// Valid, at a bound: empty, no final newline, deep, long, unusual characters.
    case edge
    /// Not what the kind allows.
    case malformed
  }
  /// What kind of input it is; nil for what a program wrote.
  package var kind: Recipe.InputKind?
  /// How it relates to its kind.
  package var variant: Variant
  /// A word or two that tells it from the others, such as `nested`.
  package var label: String
  /// The name under which it stands in a case's tree.
  package var fileName: String
  /// The content; empty for a directory.
  package var bytes: ByteString
  /// What is in a directory, by paths relative to it; nil for a file.
  package var tree: [TreeEntry]?
  /// Whether it stands in a container of no kind that the recipe names.
  package var isPacked = false
  /// Whether it is a part of a program that tests its interpreter.
  package var isPiece = false

  /// Makes an input.
  package init(kind: Recipe.InputKind?, variant: Variant, label: String, fileName: String, bytes: ByteString) {
    self.kind = kind
    self.variant = variant
    self.label = label
    self.fileName = fileName
    self.bytes = bytes
  }

  /// Makes an input that is a directory.
  package init(kind: Recipe.InputKind?, variant: Variant, label: String, fileName: String, tree: [TreeEntry]) {
    self.init(kind: kind, variant: variant, label: label, fileName: fileName, bytes: ByteString())
    self.tree = tree
  }

  /// The input as a part of a case's tree: a file, or a directory with all that is in it.
  package func entries(at path: String) -> [TreeEntry] {
    guard let tree else { return [TreeEntry(path: path, content: .file(bytes, mode: 0o644))] }
    return [TreeEntry(path: path, content: .directory(mode: 0o755))]
      + tree.map { TreeEntry(path: "\(path)/\($0.path)", content: $0.content) }
  }
}

extension Recipe.InputKind {
  /// The kind that a file's name suggests; nil where the ending says nothing.
  package init?(fileName: String) {
    guard let dot = fileName.lastIndex(of: ".") else { return nil }
    let ending = fileName[dot...].lowercased()
    if let kind = Self.allCases.first(where: { $0.fileExtension == ending }) {
      self = kind
      return
    }
    switch ending {
    case ".h", ".i": self = .cSource
    case ".cc", ".hh", ".hpp", ".hxx", ".cxx": self = .cppSource
    case ".cfg", ".cnf": self = .ini
    case ".tab": self = .tsv
    case ".mjs", ".cjs": self = .javascript
    case ".log", ".lst", ".out", ".in", ".test", ".text": self = .text
    case ".fna", ".faa", ".fasta": self = .fasta
    case ".fastq": self = .fastq
    case ".yml": self = .yaml
    case ".htm": self = .html
    case ".patch": self = .diff
    case ".bash": self = .shell
    case ".gff3", ".gtf": self = .gff
    case ".compressed": self = .brotli
    case ".flc", ".tlf": self = .figletFont
    case ".gron", ".jgron": self = .text
    default: return nil
    }
  }
}

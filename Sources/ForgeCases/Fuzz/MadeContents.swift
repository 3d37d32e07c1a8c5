import ForgeCore

/// What the program itself wrote that is no text: good inputs for a program that reads what it writes.
///
/// No mutator makes packed data with the right checksum, and upstream's own files often hold one text in many forms.
struct MadeContents: Sendable {
  /// Every content, in the order in which they came.
  private(set) var all: [ByteString] = []
  /// Which begin alike, and which had names with one ending.
  private var byMagic: [[UInt8]: [Int]] = [:]
  private var byEnding: [Substring: [Int]] = [:]
  private var known: Set<ByteString> = []

  /// As many are more than one search needs.
  private static let most = 512
  /// A make's share, so that the first one leaves room for others.
  private static let mostAlike = 192
  /// How many first bytes tell a make.
  private static let magicBytes = 3

  /// Takes in the binary standard output and files of a run that worked.
  mutating func learn(_ outcome: Outcome) {
    guard outcome.termination == .exit(0) else { return }
    add(outcome.stdout, path: nil)
    for entry in outcome.files { if case .file(let bytes, _) = entry.content { add(bytes, path: entry.path) } }
  }

  /// Contents other than these binary bytes that begin as they do; where there are none, those whose names ended alike.
  func alike(_ bytes: ByteString, path: String?) -> [ByteString] {
    guard bytes.count >= Self.magicBytes, bytes.text == nil else { return [] }
    func others(_ places: [Int]?) -> [ByteString] { (places ?? []).lazy.map { all[$0] }.filter { $0 != bytes } }
    let alike = others(byMagic[Self.magic(bytes)])
    return alike.isEmpty ? others(path.flatMap(Self.ending).flatMap { byEnding[$0] }) : alike
  }

  private mutating func add(_ bytes: ByteString, path: String?) {
    guard (Self.magicBytes...InputGenerator.cap).contains(bytes.count), bytes.text == nil else { return }
    let magic = Self.magic(bytes)
    guard all.count < Self.most, byMagic[magic, default: []].count < Self.mostAlike, known.insert(bytes).inserted
    else { return }
    byMagic[magic, default: []].append(all.count)
    if let ending = path.flatMap(Self.ending) { byEnding[ending, default: []].append(all.count) }
    all.append(bytes)
  }

  private static func magic(_ bytes: ByteString) -> [UInt8] { Array(bytes.bytes.prefix(magicBytes)) }

  private static func ending(_ path: String) -> Substring? {
    path.lastIndex { $0 == "." || $0 == "/" }.map { path[$0...] }.flatMap { $0.first == "." ? $0 : nil }
  }
}

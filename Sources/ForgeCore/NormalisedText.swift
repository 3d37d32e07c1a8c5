import ForgePacked

/// A text with everything that some normalisers know written in one way.
package struct NormalisedText: Sendable, Hashable {
  /// What is compared.
  package private(set) var bytes: [UInt8] = []
  /// Bytes of the text that may be anything.
  package private(set) var blanked = 0
  /// Bytes of the text that are compared as they are, white space aside.
  package private(set) var kept = 0
  /// Whether some address occurs twice, so that which are equal says something.
  package private(set) var repeatsAddress = false

  /// Reads a text from its beginning to its end; at each place the first normaliser that knows a form there acts.
  ///
  /// What one writes can be of another's form, such as the number in `pid 1.5 s`; so it is read until nothing changes. What
  /// is compressed is opened first, and machine code read.
  package init(_ text: ByteString, by normalisers: [Normaliser]) {
    var allowance = PackedStream.Allowance()
    self.init(text, by: normalisers, from: .expected, within: &allowance)
  }

  init(
    _ text: ByteString, by normalisers: [Normaliser], from side: UnpackedText.Side,
    within allowance: inout PackedStream.Allowance
  ) {
    var text = text
    if normalisers.contains(.elfSymbols) { text = ElfText.form(of: text, from: side) }
    if normalisers.contains(where: \.unpacks) {
      text = UnpackedText.form(of: text, from: side, by: normalisers, within: &allowance)
    }
    let normalisers = normalisers.filter { !$0.opens }.sorted()
    guard !normalisers.isEmpty else {
      bytes = text.bytes
      kept = bytes.count
      return
    }
    bytes = read(text.bytes, by: normalisers)
    let first = (blanked, kept)
    for _ in 0..<Self.mostReadings {
      let again = read(bytes, by: normalisers)
      if again == bytes { break }
      bytes = again
    }
    (blanked, kept) = first
  }

  private static let mostReadings = 4

  /// Reads a text once, and counts.
  private mutating func read(_ text: [UInt8], by normalisers: [Normaliser]) -> [UInt8] {
    var written: [UInt8] = []
    written.reserveCapacity(text.count)
    var addresses: [ArraySlice<UInt8>: Int] = [:]
    let bytes = text
    text.withUnsafeBufferPointer { text in
      var place = 0
      while place < text.count {
        let found = normalisers.lazy.compactMap { name in name.match(in: text, at: place).map { (name, $0) } }.first
        if let (name, match) = found {
          if name == .addressIdentity {
            let address = bytes[place..<(place + match.length)]
            repeatsAddress = repeatsAddress || addresses[address] != nil
            let number = addresses[address, default: addresses.count + 1]
            addresses[address] = number
            let digits = String(number, radix: 16)
            written += Array("0x\(String(repeating: "0", count: max(0, 12 - digits.count)))\(digits)".utf8)
          } else {
            written += match.written
          }
          blanked += match.blanked
          kept += match.length - match.blanked
          place += match.length
        } else {
          written.append(text[place])
          if text[place] > 32 { kept += 1 }
          place += 1
        }
      }
    }
    return written
  }

  /// Whether more is compared than not: what is mostly blanks would be passed by programs that do something else.
  package var saysEnough: Bool { blanked == 0 || kept >= blanked }
}

extension Comparison.Rule {
  /// What of a text is compared.
  ///
  /// - Parameters:
  ///   - text: What is to be compared.
  ///   - side: Whose it is; forms are their own form on the side of what is expected.
  /// - Returns: What of it counts.
  package func form(of text: ByteString, from side: UnpackedText.Side = .expected) -> ByteString {
    var allowance = PackedStream.Allowance()
    return form(of: text, from: side, within: &allowance)
  }

  private func form(
    of text: ByteString, from side: UnpackedText.Side, within allowance: inout PackedStream.Allowance
  ) -> ByteString {
    switch self {
    case .exact, .except: text
    case .ignored: ByteString()
    case .normalised(let names, _): ByteString(NormalisedText(text, by: names, from: side, within: &allowance).bytes)
    }
  }

  /// What of a tree is compared: names, kinds and permissions as they are, contents as texts.
  ///
  /// - Parameters:
  ///   - tree: What is to be compared.
  ///   - side: Whose it is, as for a text.
  /// - Returns: What of it counts.
  package func form(of tree: [TreeEntry], from side: UnpackedText.Side = .expected) -> [TreeEntry] {
    switch self {
    case .exact: return tree
    case .ignored: return []
    case .except(let paths, _): return tree.map { paths.contains($0.path) ? $0.withoutContents : $0 }
    case .normalised:
      var allowance = PackedStream.Allowance()
      return tree.map { entry in
        guard case .file(let data, let mode) = entry.content else { return entry }
        return TreeEntry(path: entry.path, content: .file(form(of: data, from: side, within: &allowance), mode: mode))
      }
    }
  }

  /// Whether nothing is compared.
  package var isIgnored: Bool { if case .ignored = self { true } else { false } }

  /// The normalisers that it applies.
  package var normalisers: [Normaliser] { if case .normalised(let names, _) = self { names } else { [] } }

  /// The paths whose contents it leaves out.
  package var excepted: [String] { if case .except(let paths, _) = self { paths } else { [] } }

  /// Whether what is compressed is opened.
  package var opens: Bool { normalisers.contains(where: \.opens) }
}

extension TreeEntry {
  /// The same entry; a file is empty.
  package var withoutContents: TreeEntry {
    guard case .file(_, let mode) = content else { return self }
    return TreeEntry(path: path, content: .file(ByteString(), mode: mode))
  }
}

extension Comparison {
  /// What of an outcome is compared; outcomes of the same form pass for each other.
  package func form(of outcome: Outcome) -> Outcome {
    Outcome(
      termination: outcome.termination, stdout: stdout.form(of: outcome.stdout),
      stderr: stderr.form(of: outcome.stderr),
      files: files.form(of: outcome.files))
  }
}

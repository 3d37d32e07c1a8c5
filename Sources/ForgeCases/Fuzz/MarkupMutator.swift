import ForgeCore

/// Changes XML and HTML by element, attribute and text; what was well-formed mostly stays so.
struct MarkupMutator: ByteMutator {
  let words: [[UInt8]]
  var random: RandomSource

  /// The parts of a text.
  struct Parts {
    /// From an opening tag to the end of the one that closes it; single tags too.
    var elements: [Range<Int>] = []
    /// Between tags.
    var texts: [Range<Int>] = []
    /// Attributes with their names, and what stands between the quotes.
    var attributes: [(whole: Range<Int>, value: Range<Int>)] = []
  }

  mutating func mutate(_ bytes: [UInt8], donor: [UInt8]) -> [UInt8] {
    let parts = Self.parts(of: bytes)
    let others = Self.parts(of: donor)
    func replacing(_ range: Range<Int>, _ part: some Collection<UInt8>) -> [UInt8] { bytes.replacing(range, part) }
    guard !parts.elements.isEmpty else { return donor.isEmpty ? bytes : donor }
    let element = random.pick(parts.elements)
    switch random.below(9) {
    case 0: return replacing(element, [])
    case 1: return replacing(element.upperBound..<element.upperBound, bytes[element])
    case 2: return replacing(element, bytes[random.pick(parts.elements)])
    case 3 where !others.elements.isEmpty: return replacing(element, donor[random.pick(others.elements)])
    case 4 where !others.elements.isEmpty:
      return replacing(element.lowerBound..<element.lowerBound, donor[random.pick(others.elements)])
    case 5 where !parts.attributes.isEmpty:
      return replacing(random.pick(parts.attributes).value, escaped(EdgeValues.text(&random)))
    case 6 where !parts.attributes.isEmpty: return replacing(random.pick(parts.attributes).whole, [])
    case 7 where !parts.texts.isEmpty:
      let word = random.below(2) == 0 && !words.isEmpty ? random.pick(words) : EdgeValues.text(&random)
      return replacing(random.pick(parts.texts), escaped(word))
    default:
      guard !parts.texts.isEmpty else { return bytes }
      let extra = ["<!-- note -->", "<![CDATA[x < y]]>", "&amp;", "&#233;", "<?pi data?>", "<b/>"]
      let text = random.pick(parts.texts)
      return replacing(text.upperBound..<text.upperBound, random.pick(extra).utf8)
    }
  }

  private func escaped(_ bytes: [UInt8]) -> [UInt8] {
    bytes.flatMap { byte -> [UInt8] in
      switch byte {
      case 0x3C: Array("&lt;".utf8)
      case 0x26: Array("&amp;".utf8)
      case 0x22: Array("&quot;".utf8)
      default: [byte]
      }
    }
  }

  /// Finds the parts; tags that nothing closes are elements of their own.
  static func parts(of bytes: [UInt8]) -> Parts {
    var parts = Parts()
    var open: [(name: [UInt8], start: Int, end: Int)] = []
    var at = 0
    while at < bytes.count {
      guard bytes[at] == 0x3C else {
        let start = at
        while at < bytes.count, bytes[at] != 0x3C { at += 1 }
        if bytes[start..<at].contains(where: { !Tokens.isSpace($0) }) { parts.texts.append(start..<at) }
        continue
      }
      guard let close = bytes[at...].firstIndex(of: 0x3E) else { break }
      let tag = at..<close + 1
      at = close + 1
      let inner = bytes[tag].dropFirst().dropLast()
      if inner.first == 0x21 || inner.first == 0x3F { continue }
      if inner.first == 0x2F {
        let name = Array(inner.dropFirst().prefix { !Tokens.isSpace($0) })
        guard let place = open.lastIndex(where: { $0.name == name }) else { continue }
        parts.elements.append(open[place].start..<tag.upperBound)
        // What stands open inside has no end.
        for single in open[(place + 1)...] { parts.elements.append(single.start..<single.end) }
        open.removeSubrange(place...)
        continue
      }
      addAttributes(bytes, tag, &parts)
      if inner.last == 0x2F {
        parts.elements.append(tag)
      } else {
        open.append((Array(inner.prefix { !Tokens.isSpace($0) }), tag.lowerBound, tag.upperBound))
      }
    }
    for single in open { parts.elements.append(single.start..<single.end) }
    return parts
  }

  private static func addAttributes(_ bytes: [UInt8], _ tag: Range<Int>, _ parts: inout Parts) {
    var at = tag.lowerBound
    while let equals = bytes[at..<tag.upperBound].firstIndex(of: 0x3D), equals + 1 < tag.upperBound {
      let quote = bytes[equals + 1]
      guard quote == 0x22 || quote == 0x27,
        let end = bytes[(equals + 2)..<tag.upperBound].firstIndex(of: quote)
      else {
        at = equals + 1
        continue
      }
      var start = equals
      while start > tag.lowerBound, !Tokens.isSpace(bytes[start - 1]) { start -= 1 }
      parts.attributes.append((start..<end + 1, equals + 2..<end))
      at = end + 1
    }
  }
}

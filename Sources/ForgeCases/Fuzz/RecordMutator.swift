import ForgeCore

/// Changes texts that are made of records: lines, table rows, sequences, blocks, sections.
struct RecordMutator: ByteMutator {
  let kind: Recipe.InputKind?
  let words: [[UInt8]]
  var random: RandomSource

  mutating func mutate(_ bytes: [UInt8], donor: [UInt8]) -> [UInt8] {
    var records = Self.records(of: bytes, kind, byLine: random.below(3) == 0)
    guard !records.isEmpty else { return donor }
    let place = random.below(records.count)
    switch random.below(10) {
    case 0 where records.count > 1: records.remove(at: place)
    case 1: records.insert(records[place], at: place)
    case 2 where records.count > 1: records.swapAt(place, random.below(records.count))
    case 3, 4:
      let others = Self.records(of: donor, kind, byLine: false)
      guard !others.isEmpty else { return bytes }
      if random.below(2) == 0 {
        records[place] = random.pick(others)
      } else {
        records.insert(random.pick(others), at: place)
      }
    default: records[place] = changed(records[place], bytes)
    }
    return Array(records.joined())
  }

  /// One record with a field, or the lengths that belong together, changed.
  private mutating func changed(_ record: [UInt8], _ whole: [UInt8]) -> [UInt8] {
    if kind == .fastq, random.below(2) == 0 { return resized(record) }
    let fields = Self.fields(of: record, kind)
    guard !fields.isEmpty else { return record + EdgeValues.text(&random) }
    let field = random.pick(fields)
    func replacing(_ part: some Collection<UInt8>) -> [UInt8] { record.replacing(field, part) }
    switch random.below(8) {
    case 0: return replacing([])
    case 1: return replacing(record[random.pick(fields)])
    case 2: return replacing(EdgeValues.text(&random))
    case 3: return replacing(EdgeValues.number(near: record[field], &random))
    case 4 where !words.isEmpty: return replacing(random.pick(words))
    case 5: return replacing(record[field] + record[field])
    case 6:
      var part = Array(record[field])
      guard !part.isEmpty else { return record }
      let at = random.below(part.count)
      // A letter of the same text in place of another: sequences keep their alphabet.
      part[at] = random.below(4) == 0 ? part[at] ^ 0x20 : random.pick(part)
      return replacing(part)
    default:
      let others = Self.fields(of: whole, kind)
      return others.isEmpty ? record : replacing(whole[random.pick(others)])
    }
  }

  /// A read cut, doubled or emptied, with its qualities.
  private mutating func resized(_ record: [UInt8]) -> [UInt8] {
    var lines = record.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
    guard lines.count >= 4, lines[1].count == lines[3].count else { return record }
    let count = lines[1].count
    switch random.below(4) {
    case 0: for line in [1, 3] { lines[line] = Array(lines[line].prefix(count / 2)) }
    case 1: for line in [1, 3] { lines[line] += lines[line] }
    case 2: for line in [1, 3] { lines[line] = Array(lines[line].suffix(random.below(count + 1))) }
    default:
      let quality = UInt8(33 + random.below(60))
      let from = random.below(count + 1)
      for at in from..<count { lines[3][at] = quality }
    }
    return Array(lines.joined(separator: [10]))
  }

  /// The text cut into records, each with the line break behind it.
  static func records(of bytes: [UInt8], _ kind: Recipe.InputKind?, byLine: Bool) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var start = 0
    for (at, byte) in bytes.enumerated() where byte == 10 {
      lines.append(Array(bytes[start...at]))
      start = at + 1
    }
    if start < bytes.count { lines.append(Array(bytes[start...])) }
    if byLine && kind != .fastq { return lines }
    switch kind {
    case .fastq:
      return stride(from: 0, to: lines.count, by: 4).map { Array(lines[$0..<min($0 + 4, lines.count)].joined()) }
    case .fasta: return grouped(lines) { line, _ in line.first == 0x3E }
    case .ini, .toml, .configuration: return grouped(lines) { line, _ in line.first == 0x5B }
    case .diff: return grouped(lines) { line, _ in line.first == 0x40 || line.starts(with: "---".utf8) }
    case .bibtex: return grouped(lines) { line, _ in line.first == 0x40 }
    case .markdown: return grouped(lines) { line, last in last == [10] && line != [10] }
    case .yaml: return grouped(lines) { line, _ in line.first.map { !Tokens.isSpace($0) } ?? false }
    default: return lines
    }
  }

  private static func grouped(_ lines: [[UInt8]], _ begins: ([UInt8], [UInt8]?) -> Bool) -> [[UInt8]] {
    var groups: [[UInt8]] = []
    var last: [UInt8]?
    for line in lines {
      if groups.isEmpty || begins(line, last) { groups.append(line) } else { groups[groups.count - 1] += line }
      last = line
    }
    return groups
  }

  /// What stands between the separators of the kind.
  static func fields(of record: [UInt8], _ kind: Recipe.InputKind?) -> [Range<Int>] {
    let separators: [UInt8] =
      switch kind {
      case .csv: Array(",\n\r".utf8)
      case .tsv, .bed, .gff, .vcf, .sam: Array("\t\n\r".utf8)
      case .fasta, .fastq, .numbers: Array(" \t\n\r".utf8)
      case .ini, .toml, .configuration, .yaml: Array("=:\n\r[]{},".utf8)
      default: Array(" \t\n\r,;:=|".utf8)
      }
    var found: [Range<Int>] = []
    var start = 0
    for at in 0...record.count where at == record.count || separators.contains(record[at]) {
      if at > start { found.append(start..<at) }
      start = at + 1
    }
    return found
  }
}

import Foundation
package import ForgeCore
package import SystemPackage

/// Upstream files that show inputs, cut to what a case can hold.
package enum SeedFiles {
  /// Files above this are left out, in bytes; up to it, the first lines of a kind that reads by lines are taken.
  private static let largest = 1 << 20

  /// The files below a checkout that the patterns match, in the order of their paths.
  ///
  /// - Parameters:
  ///   - patterns: The recipe's `surface.seeds`.
  ///   - checkout: The directory they are relative to.
  ///   - limit: How many files to take; they are spread evenly over all that match.
  /// - Returns: Inputs of at most ``InputGenerator/cap`` bytes, and behind them pieces of programs, twice `limit` at most.
  /// - Throws: `ForgeError` where a file cannot be read, or a pattern matches nothing.
  package static func load(_ patterns: [Recipe.Pattern], from checkout: FilePath, limit: Int = 60) throws
    -> [SampleInput]
  {
    guard !patterns.isEmpty else { return [] }
    let all = try paths(below: checkout)
    for pattern in patterns where !all.contains(where: pattern.matches) {
      throw ForgeError(
        .unreadableSeed, "The pattern '\(pattern.text)' of surface.seeds matches no file of the checkout.")
    }
    let matched = all.filter { path in patterns.contains { $0.matches(path) } }
    let inputs = try matched.compactMap { try input($0, checkout) }
    return spread(inputs, limit) + spread(try matched.flatMap { try pieces($0, checkout) }, 2 * limit)
  }

  private static func spread(_ inputs: [SampleInput], _ limit: Int) -> [SampleInput] {
    guard inputs.count > limit else { return inputs }
    return (0..<limit).map { inputs[$0 * inputs.count / limit] }
  }

  /// What a program that tests its interpreter is made of.
  private static func pieces(_ path: String, _ checkout: FilePath) throws -> [SampleInput] {
    let file = checkout.appending(path)
    guard Recipe.InputKind(fileName: path) == .javascript, try file.stat(followTargetSymlink: false).size <= largest,
      let text = String(validating: try FileDescriptor.readAll(file), as: UTF8.self)
    else { return [] }
    return ProgramPieces.javaScript(text).map {
      var piece = SampleInput(
        kind: .javascript, variant: .normal, label: "piece", fileName: safe($0.name) + ".js", bytes: ByteString($0.text)
      )
      piece.isPiece = true
      return piece
    }
  }

  private static func paths(below directory: FilePath) throws -> [String] {
    guard let walk = FileManager.default.enumerator(atPath: directory.string) else {
      throw ForgeError(.unreadableSeed, "The checkout cannot be listed.", path: directory.string)
    }
    var found: [String] = []
    while let path = walk.nextObject() as? String {
      if walk.fileAttributes?[.type] as? FileAttributeType == .typeRegular { found.append(path) }
    }
    return found.sorted()
  }

  private static func input(_ path: String, _ checkout: FilePath) throws -> SampleInput? {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let kind = Recipe.InputKind(fileName: name)
    let file = checkout.appending(path)
    guard try file.stat(followTargetSymlink: false).size <= largest else { return nil }
    var bytes = try FileDescriptor.readAll(file)
    if bytes.count > InputGenerator.cap {
      guard let cut = head(bytes, kind: kind) else { return nil }
      bytes = cut
    }
    return SampleInput(kind: kind, variant: .normal, label: "seed", fileName: safe(name), bytes: ByteString(bytes))
  }

  /// The first lines that fit, for kinds in which lines stand on their own; nil for the others.
  private static func head(_ bytes: [UInt8], kind: Recipe.InputKind?) -> [UInt8]? {
    switch kind {
    case .text, .lines, .words, .numbers, .csv, .tsv, .jsonLines, .logs, .markdown, .ini, .bed, .gff, .fasta, nil: break
    default: return nil
    }
    guard !bytes.prefix(InputGenerator.cap).contains(0),
      let end = bytes.prefix(InputGenerator.cap).lastIndex(of: 10)
    else { return nil }
    return Array(bytes[...end])
  }

  private static func safe(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-+".contains($0)) ? $0 : "_" })
  }
}

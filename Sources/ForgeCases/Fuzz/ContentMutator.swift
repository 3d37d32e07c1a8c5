import ForgeCore

/// Changes the bytes of one input by what its kind is made of.
struct ContentMutator {
  let materials: FuzzMaterials
  var random: RandomSource

  /// What a kind is made of.
  enum Structure { case json, markup, records, tokens, none }

  /// How inputs of a kind are taken apart.
  static func structure(of kind: Recipe.InputKind?) -> Structure {
    switch kind {
    case .json, .jsonLines: .json
    case .xml, .html, .svg: .markup
    case .csv, .tsv, .yaml, .toml, .ini, .configuration, .markdown, .diff, .bibtex, .fasta, .fastq, .bed, .sam, .vcf,
      .gff, .text, .lines, .words, .numbers, .logs, .hosts, .figletFont:
      .records
    case .shell, .lua, .javascript, .python, .perl, .go, .rust, .java, .haskell, .regex, .makefile, .ninja, .assembly,
      .cSource, .cppSource, .jqProgram, .sql:
      .tokens
    default: .none
    }
  }

  /// One change; a third of them, and all where nothing is known, as to plain bytes.
  mutating func mutate(_ bytes: [UInt8], kind: Recipe.InputKind?, donor: [UInt8]) -> [UInt8] {
    if bytes.isEmpty { return donor }
    let structure = random.below(3) == 0 ? .none : Self.structure(of: kind)
    let words = materials.words
    return switch structure {
    case .json: change(bytes, donor, by: JSONMutator(words: words, random: random))
    case .markup: change(bytes, donor, by: MarkupMutator(words: words, random: random))
    case .records: change(bytes, donor, by: RecordMutator(kind: kind, words: words, random: random))
    case .tokens: change(bytes, donor, by: TokenMutator(words: words, random: random))
    case .none: change(bytes, donor, by: HavocMutator(words: words, random: random))
    }
  }

  /// Lets one mutator make a change, and goes on with its random numbers.
  private mutating func change(_ bytes: [UInt8], _ donor: [UInt8], by mutator: some ByteMutator) -> [UInt8] {
    var mutator = mutator
    defer { random = mutator.random }
    return mutator.mutate(bytes, donor: donor)
  }
}

/// Changes bytes of one structure.
protocol ByteMutator {
  /// Where its choices come from.
  var random: RandomSource { get }
  /// One change, which may take parts of another input.
  mutating func mutate(_ bytes: [UInt8], donor: [UInt8]) -> [UInt8]
}

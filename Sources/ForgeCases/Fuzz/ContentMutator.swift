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
    switch structure {
    case .json:
      var mutator = JSONMutator(words: words, random: random)
      defer { random = mutator.random }
      return mutator.mutate(bytes, donor: donor)
    case .markup:
      var mutator = MarkupMutator(words: words, random: random)
      defer { random = mutator.random }
      return mutator.mutate(bytes, donor: donor)
    case .records:
      var mutator = RecordMutator(kind: kind, words: words, random: random)
      defer { random = mutator.random }
      return mutator.mutate(bytes, donor: donor)
    case .tokens:
      var mutator = TokenMutator(words: words, random: random)
      defer { random = mutator.random }
      return mutator.mutate(bytes, donor: donor)
    case .none:
      var mutator = HavocMutator(words: words, random: random)
      defer { random = mutator.random }
      return mutator.mutate(bytes, donor: donor)
    }
  }
}

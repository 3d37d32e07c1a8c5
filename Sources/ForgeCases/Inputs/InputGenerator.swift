package import ForgeCore

/// Makes inputs of a kind: what users have, what stands at a bound, and what is broken.
///
/// The same seed gives the same bytes for ever. No input is larger than 4 KiB, so that several fit into a case.
package struct InputGenerator: Sendable {
  /// Fixes every byte.
  package let seed: UInt64
  /// The size that no input passes, in bytes.
  package static let cap = 4096

  /// Makes a generator.
  package init(seed: UInt64) { self.seed = seed }

  /// The inputs of a kind: normal ones first, then edges, then malformed ones; none for a kind that needs seeds.
  package func samples(of kind: Recipe.InputKind) -> [SampleInput] {
    if kind == .directory { return DirectoryInputs.samples }
    var random = RandomSource(seed: seed, label: kind.rawValue)
    var counts: [SampleInput.Variant: Int] = [:]
    let drafts = Self.drafts(kind, &random).filter { $0.bytes.count <= Self.cap }
    let order: [SampleInput.Variant] = [.normal, .edge, .malformed]
    return order.flatMap { variant in drafts.filter { $0.variant == variant } }.map { draft in
      let number = counts[draft.variant, default: 0]
      counts[draft.variant] = number + 1
      let stem = draft.variant == .normal ? (number == 0 ? "in" : "in\(number + 1)") : draft.label
      return SampleInput(
        kind: kind, variant: draft.variant, label: draft.label, fileName: stem + kind.fileExtension,
        bytes: ByteString(draft.bytes))
    }
  }

  /// An input before it has its name.
  struct Draft {
    let variant: SampleInput.Variant
    let label: String
    let bytes: [UInt8]
    static func normal(_ label: String, _ text: String) -> Draft {
      .init(variant: .normal, label: label, bytes: Array(text.utf8))
    }
    static func edge(_ label: String, _ text: String) -> Draft {
      .init(variant: .edge, label: label, bytes: Array(text.utf8))
    }
    static func bad(_ label: String, _ text: String) -> Draft {
      .init(variant: .malformed, label: label, bytes: Array(text.utf8))
    }
  }

  private static func drafts(_ kind: Recipe.InputKind, _ random: inout RandomSource) -> [Draft] {
    switch kind {
    case .text, .lines, .logs: text(&random)
    case .words: words(&random)
    case .numbers: numbers(&random)
    case .empty: [.edge("empty", "")]
    case .json: json(&random)
    case .jsonLines: jsonLines(&random)
    case .csv: table(",", &random)
    case .tsv: table("\t", &random)
    case .yaml: yaml()
    case .toml: toml()
    case .xml: xml()
    case .svg: svg()
    case .html: html()
    case .ini, .configuration: ini()
    case .markdown: markdown()
    case .diff: diff()
    case .sql: sql()
    case .bibtex: bibtex()
    case .fasta: fasta(&random)
    case .fastq: fastq(&random)
    case .bed, .gff, .vcf, .sam: genomic(kind)
    case .cSource: cSource()
    case .cppSource: cppSource()
    case .lua: lua()
    case .javascript: javascript()
    case .jqProgram: jqProgram()
    case .shell: shell()
    case .python: python()
    case .assembly: otherSource(kind) + assemblyPrograms()
    case .perl, .go, .rust, .java, .haskell, .makefile: otherSource(kind)
    case .ninja: ninja()
    case .regex: regex()
    case .hosts: hosts()
    case .binary: binary(&random)
    case .gzip, .zlib, .zip, .zstd, .brotli, .tar: packed(kind)
    // A program's own output or upstream's files show what these look like.
    case .bzip2, .xz, .lzma, .lz4, .elf, .figletFont, .luaBytecode, .pcap, .png, .directory: []
    }
  }
}

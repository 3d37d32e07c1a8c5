extension Recipe {
  /// A kind of input, as recipes spell it; generators and seeds are chosen by it.
  package enum InputKind: String, Sendable, Hashable, CaseIterable {
    // Text without a grammar.
    case text, words, numbers, lines, binary, empty, directory
    // Data.
    case json, csv, tsv, yaml, toml, xml, html, markdown, ini, diff, bibtex, sql
    case jsonLines = "json-lines"
    // Sequences and genomics.
    case fasta, fastq, bed, sam, vcf, gff
    // Archives and compressed streams.
    case gzip, zlib, zip, bzip2, xz, lzma, zstd, lz4, brotli, tar
    // Programs.
    case shell, lua, javascript, python, perl, go, rust, java, haskell, regex, makefile, ninja, assembly, elf
    case cSource = "c-source"
    case cppSource = "cpp-source"
    case jqProgram = "jq-program"
    case figletFont = "figlet-font"
    case luaBytecode = "lua-bytecode"
    // Others.
    case pcap, png, svg, logs, hosts, configuration

    /// The usual extension of a file of this kind, with its dot; empty where there is none.
    package var fileExtension: String {
      switch self {
      case .text, .words, .numbers, .lines, .logs, .regex, .hosts: ".txt"
      case .binary: ".bin"
      case .empty, .directory, .elf: ""
      case .json: ".json"
      case .csv: ".csv"
      case .tsv: ".tsv"
      case .yaml: ".yaml"
      case .toml: ".toml"
      case .xml: ".xml"
      case .html: ".html"
      case .markdown: ".md"
      case .ini: ".ini"
      case .diff: ".diff"
      case .bibtex: ".bib"
      case .sql: ".sql"
      case .jsonLines: ".jsonl"
      case .fasta: ".fa"
      case .fastq: ".fq"
      case .bed: ".bed"
      case .sam: ".sam"
      case .vcf: ".vcf"
      case .gff: ".gff"
      case .gzip: ".gz"
      case .zlib: ".zz"
      case .zip: ".zip"
      case .bzip2: ".bz2"
      case .xz: ".xz"
      case .lzma: ".lzma"
      case .zstd: ".zst"
      case .lz4: ".lz4"
      case .brotli: ".br"
      case .tar: ".tar"
      case .shell: ".sh"
      case .lua: ".lua"
      case .javascript: ".js"
      case .python: ".py"
      case .perl: ".pl"
      case .go: ".go"
      case .rust: ".rs"
      case .java: ".java"
      case .haskell: ".hs"
      case .makefile: ".mk"
      case .ninja: ".ninja"
      case .assembly: ".s"
      case .cSource: ".c"
      case .cppSource: ".cpp"
      case .jqProgram: ".jq"
      case .figletFont: ".flf"
      case .luaBytecode: ".luac"
      case .pcap: ".pcap"
      case .png: ".png"
      case .svg: ".svg"
      case .configuration: ".conf"
      }
    }
  }
}

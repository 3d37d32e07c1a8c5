/// The tool that puts counters into the Go files of a coverage or instrumented build.
///
/// Go's own `-cover` of whole programs came with Go 1.20, counts nothing where a program dies, and cannot be read while it
/// runs; its fuzzing counters are in memory that is no page's own. So the files of upstream's packages are rewritten by
/// `go tool cover`, which every Go has, and `go build -overlay` (Go 1.16) takes them in the place of the checkout's, for
/// modules and for the older layout below `GOPATH` alike. Their counters are in shared memory: a file below `$GOCOVERDIR`
/// for lines, which all runs share, or the memory that a cell hands over for one run, as for C. Standard library and
/// dependencies are not counted, and counting is atomic, so that what a run reaches does not depend on their threads.
package enum GoCounters {
  /// The name of the source beside the compiler wrappers.
  package static let fileName = "counters.go"
  /// The directory of its results in a build: rewritten files, overlays, and the map of counters.
  package static let directory = "\(BuildLayout.cache)/counted"
  /// The file there that says which statement each counter counts; see ``GoStatements``.
  package static let mapName = "map.json"
  /// The file of counters below `$GOCOVERDIR`: 32 bits each, little-endian, in the order of the map.
  package static let countersName = "counters"

  /// What is wanted of the counters.
  package enum Kind: String, Sendable {
    /// Lines, for a report.
    case lines
    /// Edges, for a search.
    case edges
  }

  /// The kind of a variant's builds; nil where nothing is counted.
  package static func kind(of variant: Variant) -> Kind? {
    switch variant {
    case .coverage: .lines
    case .instrumented: .edges
    case .reference, .control, .sanitized: nil
    }
  }

  /// The whole program.
  package static let source = rewriting + runtimes
}

import ForgeCompile
import ForgeCore
import ForgeMutants

/// A function of upstream's own that no case reaches, and why.
struct UnreachedFunction: Sendable, Codable, Hashable {
  /// Why none does, as far as the calls in the coverage build tell.
  enum Reason: String, Sendable, Codable, Hashable {
    /// Some caller is entered: a condition in it never holds.
    case guarded = "called by functions that are reached"
    /// There is more to reach before it.
    case behind = "called only by functions that are not reached"
    /// There is no direct call, but its address is somewhere, or code that is not upstream's calls it.
    case pointed = "called through a pointer"
    /// Nothing calls it, and its address is nowhere.
    case dead = "never called"
    /// The build has no code of its own for it: it is inlined, or it was left out since nothing calls it.
    case absent = "not in the executable"
    /// The build's symbols do not tell which function it is, or cannot be read.
    case unknown = "not known"
  }

  /// The path of its file relative to the checkout.
  var path: String
  /// Its name.
  var function: String
  /// Why no case reaches it.
  var reason: Reason
  /// The functions of upstream's own that call it, some at most; where one is reached, those that are.
  var callers: [String]

  /// More callers say no more.
  static let mostCallers = 20
}

/// Says of functions that no case reaches why that is.
struct UnreachedFunctions {
  private let graph: CallGraph
  /// Functions of the map by name: where each stands, and whether it is reached.
  private let own: [String: [(path: String, isReached: Bool)]]
  /// Functions of the graph by name.
  private let places: [String: [Int]]

  /// Takes what was counted, and the calls of the build that counted.
  init(_ map: CoverageMap, calls graph: CallGraph) {
    self.graph = graph
    own = map.files.sorted { $0.key < $1.key }.reduce(into: [:]) { own, file in
      for (function, count) in file.value.functions {
        own[Self.key(function.name), default: []].append((file.key, count > 0))
      }
    }
    places = Dictionary(grouping: graph.functions.indices) { Self.key(symbol: graph.functions[$0].name) }
  }

  /// Whether a function matters to the graph: upstream's own, and the library's templates, which call it.
  static func isWanted(in map: CoverageMap) -> (String) -> Bool {
    let names = Set(map.files.values.flatMap(\.functions.keys).map { key($0.name) })
    return { names.contains(key(symbol: $0)) || $0.contains("std::") || $0.contains("__gnu_cxx::") }
  }

  /// The name that a counter has, as far as a symbol has it too: Rust's hash of the crate is left out, and of C++ what
  /// two tools write in two ways.
  private static func key(_ name: String) -> String {
    name.contains("::") ? CppName.short(name).replacing(/\[[0-9a-f]{8,16}\]/, with: "") : name
  }

  /// The same for the name of a symbol: Go's has the package, `path/to/package.(*Type).Name`, and its counter has not.
  private static func key(symbol name: String) -> String {
    guard !name.contains("::"), !name.contains(" "), let dot = name.firstIndex(of: "."), dot > name.startIndex,
      dot < name.firstIndex(of: "(") ?? name.endIndex
    else { return key(name) }
    let last = name.lastIndex(of: "/").map { name[name.index(after: $0)...] } ?? name[...]
    return last.split(separator: ".", maxSplits: 1).last.map(String.init) ?? name
  }

  /// Those of the files that a report counts, in the order of their lines.
  func all(in report: CoverageReport) -> [UnreachedFunction] {
    report.files.flatMap { file in file.uncovered.map { reason(for: $0, in: file.path) } }
  }

  private func reason(for name: String, in path: String) -> UnreachedFunction {
    var result = UnreachedFunction(path: path, function: name, reason: .unknown, callers: [])
    guard let named = places[Self.key(name)] else {
      result.reason = graph.functions.isEmpty ? .unknown : .absent
      return result
    }
    guard let found = symbols(of: name, in: path, among: named) else { return result }
    let callers = callers(of: found)
    let reached = callers.filter(isReached)
    let isCalled = found.contains { graph.functions[$0].isPointedTo || !graph.functions[$0].callers.isEmpty }
    result.reason =
      !reached.isEmpty ? .guarded : !callers.isEmpty ? .behind : isCalled ? .pointed : .dead
    let names = Set((reached.isEmpty ? callers : reached).map { graph.functions[$0].name }).sorted()
    result.callers = Array(names.prefix(UnreachedFunction.mostCallers))
    return result
  }

  /// The symbols of a function among those of its name; nil where others may be meant.
  private func symbols(of name: String, in path: String, among named: [Int]) -> [Int]? {
    let local = named.filter { graph.functions[$0].file.map { Self.stem($0) == Self.stem(path) } ?? false }
    let found = local.isEmpty ? named.filter { graph.functions[$0].file == nil } : local
    if !found.isEmpty { return Set(found.map { graph.functions[$0].name }).count == 1 ? found : nil }
    // A header's function is local to whoever includes it, and code made from a grammar to a file of another name.
    let isAlone = Set(named.compactMap { graph.functions[$0].file }).count == 1 || own[Self.key(name)]?.count == 1
    return isAlone ? named : nil
  }

  /// The functions of upstream's own that call one of these; what is not upstream's stands for those that call it.
  private func callers(of found: [Int]) -> [Int] {
    var seen = Set(found)
    var own: [Int] = []
    var next = found
    while let place = next.popLast() {
      for caller in graph.functions[place].callers where seen.insert(caller).inserted {
        if isOwn(caller) { own.append(caller) } else { next.append(caller) }
      }
    }
    return own.sorted()
  }

  private func isOwn(_ place: Int) -> Bool { own[Self.key(symbol: graph.functions[place].name)] != nil }

  /// Whether a caller ran; where several have its name, those of its file are asked.
  private func isReached(_ place: Int) -> Bool {
    let function = graph.functions[place]
    let named = own[Self.key(symbol: function.name)] ?? []
    let local = named.filter { one in function.file.map { Self.stem($0) == Self.stem(one.path) } ?? false }
    return (local.isEmpty ? named : local).contains(where: \.isReached)
  }

  /// A file's name without directories and endings.
  private static func stem(_ path: String) -> Substring {
    (path.split(separator: "/").last ?? "").prefix { $0 != "." }
  }
}

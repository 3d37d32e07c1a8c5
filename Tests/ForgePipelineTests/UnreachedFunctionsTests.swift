import ForgeMutants
import Testing

@testable import ForgeCompile
@testable import ForgePipeline

@Suite struct UnreachedFunctionsTests {
  /// A map of functions with how often each ran, by file.
  private func map(_ files: [String: [String: UInt64]]) -> CoverageMap {
    var map = CoverageMap()
    for (path, functions) in files {
      var file = CoverageMap.File()
      for (place, function) in functions.sorted(by: { $0.key < $1.key }).enumerated() {
        file.functions[.init(name: function.key, line: place + 1)] = function.value
      }
      map.files[path] = file
    }
    return map
  }

  private func reasons(_ map: CoverageMap, _ graph: CallGraph) -> [String: UnreachedFunction] {
    let all = UnreachedFunctions(map, calls: graph).all(
      in: CoverageReport(map, counting: CountedFiles(tracked: Set(map.files.keys))))
    return Dictionary(all.map { ("\($0.path) \($0.function)", $0) }, uniquingKeysWith: { first, _ in first })
  }

  @Test func callersTellWhy() {
    let map = map([
      "a.c": ["main": 1, "used": 2, "guarded": 0, "behind": 0, "table": 0, "dead": 0, "entry": 0, "inlined": 0]
    ])
    let graph = CallGraph([
      .init(name: "main"), .init(name: "used", callers: [0]), .init(name: "guarded", callers: [0, 1, 3]),
      .init(name: "behind", callers: [2]), .init(name: "table", isPointedTo: true), .init(name: "dead"),
      .init(name: "assembly"), .init(name: "entry", callers: [6]),
    ])
    let found = reasons(map, graph)
    #expect(found["a.c guarded"]?.reason == .guarded && found["a.c guarded"]?.callers == ["main", "used"])
    #expect(found["a.c behind"]?.reason == .behind && found["a.c behind"]?.callers == ["guarded"])
    #expect(found["a.c table"]?.reason == .pointed && found["a.c table"]?.callers == [])
    #expect(found["a.c dead"]?.reason == .dead && found["a.c entry"]?.reason == .pointed)
    #expect(found["a.c inlined"]?.reason == .absent && found.count == 6)
    #expect(reasons(map, CallGraph([]))["a.c dead"]?.reason == .unknown)
  }

  /// Local functions of one name are told by their files, and one that they cannot tell is not guessed.
  @Test func filesTellFunctionsOfOneName() {
    let map = map([
      "src/a.c": ["main": 1, "init": 0], "src/b.c": ["init": 0, "run": 0], "src/c.y": ["init": 0],
      "src/util.h": ["clamp": 0],
    ])
    let graph = CallGraph([
      .init(name: "main"), .init(name: "init", file: "a.c", callers: [0]), .init(name: "run"),
      .init(name: "init", file: "b.c", callers: [2]), .init(name: "clamp", file: "a.c"),
      .init(name: "clamp", file: "b.c", callers: [2]),
    ])
    let found = reasons(map, graph)
    #expect(found["src/a.c init"]?.reason == .guarded && found["src/b.c init"]?.reason == .behind)
    #expect(found["src/c.y init"]?.reason == .unknown)
    // A header's function is in every file that includes it.
    #expect(found["src/util.h clamp"]?.reason == .behind && found["src/util.h clamp"]?.callers == ["run"])
  }

  /// A caller of the same name in another file is another function.
  @Test func callersOfOneNameAreToldByTheirFiles() {
    let map = map(["a.c": ["step": 5], "b.c": ["step": 0, "leaf": 0]])
    let graph = CallGraph([
      .init(name: "step", file: "a.c"), .init(name: "step", file: "b.c"),
      .init(name: "leaf", file: "b.c", callers: [1]),
    ])
    #expect(reasons(map, graph)["b.c leaf"]?.reason == .behind)
  }

  @Test func theLibraryStandsForItsCallers() {
    let long = "Plan::add(std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >)"
    let map = map(["plan.cc": ["main": 1, "Plan::Plan(Plan const&)": 0, long: 0]])
    let graph = CallGraph([
      .init(name: "main"), .init(name: "void std::vector<Plan>::push_back(Plan const&)", callers: [0]),
      .init(name: "Plan::Plan(Plan const&)", callers: [1]), .init(name: "Plan::add(std::string)", callers: [2]),
    ])
    let found = reasons(map, graph)
    #expect(found["plan.cc Plan::Plan(Plan const&)"]?.callers == ["main"])
    #expect(found["plan.cc Plan::Plan(Plan const&)"]?.reason == .guarded)
    #expect(found["plan.cc \(long)"]?.reason == .behind)
    let isWanted = UnreachedFunctions.isWanted(in: map)
    #expect(isWanted("main") && isWanted("void std::sort<int*>(int*, int*)") && !isWanted("malloc"))
  }

  @Test func otherLanguagesNameTheirPackages() {
    let go = map(["x.go": ["main": 1, "(*T).Run": 0, "T.Size": 0, "help": 0]])
    let calls = CallGraph([
      .init(name: "main.main"), .init(name: "example.org/tool/pkg.(*T).Run", callers: [0]),
      .init(name: "example.org/tool/pkg.T.Size", callers: [1]), .init(name: "main.help", callers: [0]),
      .init(name: "example.org/tool/pkg.help"),
    ])
    let found = reasons(go, calls)
    #expect(found["x.go (*T).Run"]?.reason == .guarded && found["x.go T.Size"]?.reason == .behind)
    // Two packages have one of this name.
    #expect(found["x.go help"]?.reason == .unknown)
    let rust = map(["m.rs": ["bat::main": 1, "bat::run": 0]])
    let crates = CallGraph([
      .init(name: "bat[0123456789abcdef]::main"), .init(name: "bat[0123456789abcdef]::run", callers: [0]),
    ])
    #expect(reasons(rust, crates)["m.rs bat::run"]?.reason == .guarded)
  }
}

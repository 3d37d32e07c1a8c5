import ForgeMutants
import Testing

/// Which functions are upstream's own, and how mutants are drawn from them.
@Suite struct ChoiceTests {
  private func holds(_ own: OwnCode, _ name: String, file: String? = nil) -> Bool {
    own.holds(.init(name: name, address: 0, size: 1, file: file), named: name)
  }

  @Test func coveredNames() {
    let own = OwnCode.covered(
      CoveredCode([
        .init(name: "main", files: ["main.c", "list.h"], functions: ["usage", "ns::f(int)", "v1.2", "push"]),
        .init(name: "parser", files: ["parser.y"], functions: ["yyparse"]),
      ]))
    #expect(holds(own, "usage", file: "main.c"))
    #expect(holds(own, "usage.part.0", file: "main.c"))
    #expect(holds(own, "usage.constprop.0.isra.0"))
    #expect(holds(own, "usage.cold", file: "main.c"))
    #expect(holds(own, "yyparse", file: "parser.c"))
    #expect(holds(own, "push", file: "main.c"))
    #expect(holds(own, "usage", file: "<artificial>"))
    #expect(holds(own, "ns::f(int) [clone .part.0]"))
    // A function of that name in the C library, and one in a file of that name.
    #expect(!holds(own, "usage", file: "argp-help.c"))
    #expect(!holds(own, "usage", file: "parser.c"))
    #expect(!holds(own, "push", file: "list.c"))
    #expect(!holds(own, "malloc"))
  }

  /// One source that includes all others has no line of its own.
  @Test func functionsOfAnAmalgamation() {
    let own = OwnCode.covered(
      CoveredCode([
        .init(name: "all", files: ["parse.c", "run.c"], functions: ["parse", "run"]),
        .init(name: "tool-main", files: ["tool.h"], functions: ["begin"]),
      ]))
    #expect(holds(own, "parse", file: "all.c"))
    #expect(holds(own, "run.isra.0", file: "all.c"))
    #expect(!holds(own, "read_encoded_value", file: "all.c"))
    // automake's name for main.c of the program tool.
    #expect(holds(own, "begin", file: "main.c"))
    #expect(!holds(own, "begin", file: "begin.c"))
  }

  @Test func goPackages() {
    let own = OwnCode.modules(["github.com/a/tool", "gopkg.in/b.v3"])
    for name in [
      "main.main", "main.(*T).f", "github.com/a/tool.f", "github.com/a/tool/part.(*T).f", "gopkg.in/b%2ev3.g",
    ] {
      #expect(holds(own, name), "\(name)")
    }
    for name in ["runtime.main", "github.com/a/tools.f", "github.com/a/tool/vendor/x/y.f", "mainly.f"] {
      #expect(!holds(own, name), "\(name)")
    }
  }

  @Test func rustCrates() {
    let own = OwnCode.crates(["bat", "my_lib"])
    for name in ["bat::main", "<bat::A as core::fmt::Display>::fmt", "my_lib::a::{{closure}}", "<&my_lib::T>::f"] {
      #expect(holds(own, name), "\(name)")
    }
    for name in ["core::ptr::drop_in_place<bat::A>", "batty::f", "bat", "<alloc::vec::Vec<bat::A>>::push"] {
      #expect(!holds(own, name), "\(name)")
    }
  }

  @Test func partsOfOneFunctionAreOne() {
    func site(_ address: UInt64) -> MutantSite {
      MutantSite(
        instruction: Instruction(address: address, bytes: [0x74, 0], text: "je"),
        mutations: MutationOperator.mutations(of: [0x74, 0]))
    }
    let functions = CandidateSites.functions([("g", [site(9)]), ("f.cold", [site(8)]), ("f", [site(1), site(2)])])
    #expect(functions.map(\.name) == ["f", "g"])
    #expect(functions[0].sites.map(\.instruction.address) == [1, 2, 8])
  }

  @Test func drawsAreEvenAndRepeat() {
    let groups = [1000, 3, 1, 50].enumerated().map { index, count in
      (0..<count).map { (key: UInt64(index * 10_000 + $0), element: index) }
    }
    let drawn = EvenDraw.draw(groups, count: 40)
    let counts = drawn.reduce(into: [0, 0, 0, 0]) { $0[$1] += 1 }
    #expect(counts == [18, 3, 1, 18])
    #expect(drawn == EvenDraw.draw(groups.reversed(), count: 40))
    #expect(EvenDraw.draw(groups, count: 100_000).count == 1054)
    #expect(EvenDraw.draw([[(key: UInt64, element: Int)]](), count: 5).isEmpty)
  }
}

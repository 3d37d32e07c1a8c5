import Foundation
import ForgeCore
import ForgeSandbox
import SystemPackage
import Testing

@testable import ForgeMutants

@Suite struct CallGraphTests {
  @Test(arguments: [
    ("call   401136 <used>", 0x401136), ("jmp    401130 <used+0x4>", 0x401130), ("bnd jmp 2030 <x>", 0x2030),
    ("jne    40", 0x40), ("call   *%rax", nil), ("jmp    *0x6fcc(%rip)        # 8ff8 <x>", nil),
    ("add    $0x8,%rsp", nil),
  ])
  func jumpsToAFixedPlaceHaveATarget(text: String, target: UInt64?) {
    #expect(Instruction(address: 0, bytes: [0x90], text: text).target == target)
  }

  @Test(arguments: [["-static", "-no-pie"], ["-pie", "-fPIE"]])
  func callsAreReadOutOfAProgram(flags: [String]) async throws {
    let directory = FilePath("/tmp/taskforge-calls-\(UUID().uuidString)")
    try directory.makeDirectory()
    defer { try? directory.removeTree() }
    let (source, program) = (directory.appending("program.c"), directory.appending("program"))
    try FileDescriptor.writeNew(
      source,
      """
      static int leaf(int n) { return n > 9 ? leaf(n / 10) : n; }
      static int pointed(int n) { return n + leaf(n); }
      int (*table[])(int) = {pointed};
      int taken(int n) { return n - 1; }
      int dead(int n) { return n + 1; }
      int each(int (*visit)(int)) { return visit(1); }
      int middle(int n) { return leaf(n) + 1; }
      int main(int argc, char **argv) { return argc > 5 ? middle(argc) : table[argc & 0](each(taken)); }
      """.utf8)
    let compiler = try Process.run(
      URL(fileURLWithPath: "/usr/bin/cc"), arguments: flags + ["-O0", "-o", program.string, source.string])
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0)
    let names: Set<String> = ["leaf", "pointed", "taken", "dead", "each", "middle", "main"]
    let graph = try await CallGraph(
      of: program, by: Disassembler(tools: Sandbox(root: nil), workDirectory: directory.appending("objdump")),
      where: { _ in false })
    let own = graph.functions.filter { names.contains($0.name) }
    let callers = Dictionary(
      uniqueKeysWithValues: own.map { ($0.name, Set($0.callers.map { graph.functions[$0].name })) })
    #expect(
      callers == [
        "leaf": ["pointed", "middle"], "pointed": [], "taken": [], "dead": [], "each": ["main"], "middle": ["main"],
        "main": [],
      ])
    #expect(Set(own.filter(\.isPointedTo).map(\.name)) == ["pointed", "taken", "main"])
    #expect(graph.functions.first { $0.name == "leaf" }?.file == "program.c")
    #expect(graph.functions.first { $0.name == "main" }?.file == nil)
  }
}

import ForgeCore
import ForgeSeal
import Testing

@Suite struct TaskTextTests {
  private let text = TaskText(
    program: "box", documents: ["docs/README.md"], licenses: ["licenses/MIT.txt"], assets: ["fonts/a.flf"],
    environment: ["BOX": "1"], ignored: [.stderr: "times"], limits: CaseLimits(memoryBytes: 768 << 20),
    build: SubmissionLimits(wallSeconds: 600, memoryBytes: 3 << 30), toolchains: ["gcc 12", "go 1.19"],
    denied: ["toilet"]
  ).markdown

  @Test(arguments: [
    "no network", "decompile", "compile.sh", "./executable", "BOX=1\n", "LC_ALL=C.UTF-8\n", "TZ=UTC\n",
    "HOME=/tmp/home\n",
    "COLUMNS=80\n", "standard library", "`compile.sh` has 10 minutes and 3072 MiB of memory.", "gcc 12 and go 1.19",
    "`toilet`", "Standard error", "(times)",
    "Standard output: byte for byte", "`docs/README.md`", "`licenses/MIT.txt`", "`fonts/a.flf`", "any language",
    "example.invalid", "5 s of CPU time", "768 MiB of address space",
  ]) func says(_ words: String) { #expect(text.contains(words)) }

  @Test func everyVariableOfTheEnvironmentIsPrinted() {
    for (name, value) in SolverEnvironment.variables { #expect(text.contains("\n\(name)=\(value)\n")) }
  }

  @Test func linesFitAnEditor() {
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 160 })
    #expect(!text.contains("  \n"))
    #expect(text.hasSuffix("\n") && !text.hasSuffix("\n\n"))
  }
}

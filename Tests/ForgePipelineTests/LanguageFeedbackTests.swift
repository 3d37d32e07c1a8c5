import ForgeCases
import ForgeCompile
import ForgeCore
import ForgeRoot
import ForgeSandbox
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import ForgePipeline

/// What a search sees of programs in Go and Rust, and which of their lines it counts.
@Suite(.serialized) struct LanguageFeedbackTests {
  /// One way of building a program.
  enum Program: String, Sendable, CaseIterable {
    case go
    case rust

    var language: Recipe.Language { self == .go ? .go : .rust }
    var packages: [String] { self == .go ? ["golang-go"] : ["cargo", "rustc"] }
    var file: String { self == .go ? "main.go" : "src/main.rs" }
    var steps: [Recipe.Step] {
      self == .go ? [["go", "build", "-o", "program", "."]] : [["cargo", "build", "--release", "--offline"]]
    }
    var executable: String { self == .go ? "program" : "target/release/program" }
    var isOnHost: Bool {
      (self == .go ? ["go"] : ["cargo", "rustc"]).allSatisfy { access("/usr/bin/\($0)", X_OK) == 0 }
    }

    /// Three conditions, one inside the other, of which only the last shows in the outcome, read by another thread.
    var files: [String: String] {
      switch self {
      case .go:
        return [
          "go.mod": "module example.invalid/program\n\ngo 1.19\n",
          "main.go": """
          package main

          import (
          \t"fmt"
          \t"io"
          \t"os"
          )

          func depth(text []byte) int {
          \tif len(text) > 0 && text[0] == 'f' {
          \t\tif len(text) > 1 && text[1] == 'Z' {
          \t\t\tif len(text) > 2 && text[2] == '!' {
          \t\t\t\treturn 3
          \t\t\t}
          \t\t\treturn 2
          \t\t}
          \t\treturn 1
          \t}
          \treturn 0
          }

          func main() {
          \ttext, _ := io.ReadAll(os.Stdin)
          \tfound := make(chan int)
          \tgo func() { found <- depth(text) }()
          \tif <-found == 3 {
          \t\tfmt.Println("found")
          \t\tos.Exit(0)
          \t}
          \tfmt.Println("no")
          }

          """,
        ]
      case .rust:
        return [
          "Cargo.toml": """
          [package]
          name = "program"
          version = "0.1.0"
          edition = "2021"

          """,
          "src/main.rs": """
          use std::io::Read;

          fn depth(text: &[u8]) -> usize {
              if text.first() == Some(&b'f') {
                  if text.get(1) == Some(&b'Z') {
                      if text.get(2) == Some(&b'!') {
                          return 3;
                      }
                      return 2;
                  }
                  return 1;
              }
              0
          }

          fn main() {
              let mut text = Vec::new();
              std::io::stdin().read_to_end(&mut text).unwrap();
              if std::thread::spawn(move || depth(&text)).join().unwrap() == 3 {
                  println!("found");
                  std::process::exit(0);
              }
              println!("no");
          }

          """,
        ]
      }
    }
  }

  @Test(arguments: Program.allCases.filter(\.isOnHost)) func deeperRunsReachMoreOnTheHost(_ program: Program)
    async throws
  {
    try await withTemporaryDirectory { try await check(program, in: $0, roots: nil) }
  }

  /// The same with the compilers of each suite: `scripts/prove-languages`.
  @Test(
    .enabled(if: getenv("TASKFORGE_SLOW_TESTS") != nil, "slow; run scripts/prove-languages"),
    arguments: Program.allCases, Recipe.Suite.allCases)
  func deeperRunsReachMoreInRoots(_ program: Program, _ suite: Recipe.Suite) async throws {
    try await withTemporaryDirectory { directory in
      let pipeline = try Pipeline(store: Store(at: directory.appending("store")), options: .init(jobs: 2)) { _ in }
      let extra = CompilePlan.extraPackages(
        language: program.language, variant: .coverage, suite: suite, packages: program.packages)
      let plain = try await pipeline.root(
        RootSpec(suite: suite.rawValue, packages: program.packages), "build")
      let counting = try await pipeline.root(
        RootSpec(suite: suite.rawValue, packages: program.packages + extra), "build, coverage")
      try await check(
        program, in: directory,
        roots: (try #require(plain.directory), try #require(counting.directory)))
    }
  }

  private func check(
    _ program: Program, in directory: FilePath, roots: (instrumented: FilePath, coverage: FilePath)?
  ) async throws {
    let tree = directory.appending("tree")
    for (name, text) in program.files {
      let file = tree.appending(FilePath(name).components)
      try FileManager.default.createDirectory(
        atPath: file.removingLastComponent().string, withIntermediateDirectories: true)
      try text.write(toFile: file.string, atomically: true, encoding: .utf8)
    }
    try await edges(
      of: try await build(.instrumented, program, tree, in: directory, root: roots?.instrumented),
      root: roots?.instrumented)
    // On the host lines are counted by LanguageCoverageTests, and a build in Go takes a while.
    guard let root = roots?.coverage else { return }
    try await lines(
      of: try await build(.coverage, program, tree, in: directory, root: root), program, in: directory, root: root)
  }

  private func build(
    _ variant: Variant, _ program: Program, _ tree: FilePath, in directory: FilePath, root: FilePath?
  ) async throws -> FilePath {
    let recipe = Recipe(
      id: "test__nested.0000000",
      upstream: .git(url: "https://example.invalid/test/nested", commit: String(repeating: "0", count: 40)),
      language: program.language, license: "Apache-2.0", packages: program.packages,
      link: program == .go ? .static : .dynamic, build: program.steps, executable: program.executable)
    let into = directory.appending(variant.rawValue)
    try await Compiler(
      recipe: recipe, checkout: tree, epoch: 1_136_214_245, buildRoot: root,
      cacheDirectory: directory.appending("cache")
    ).build(variant, into: into, workDirectory: directory.appending("work"))
    return into
  }

  private static let inputs = [("", "no"), ("f", "no"), ("fZ", "no"), ("fZ!", "found")]

  private func edges(of build: FilePath, root: FilePath?) async throws {
    let pool = try CellPool(
      configuration: CellConfiguration(
        root: root, executable: build.appending(BuildReport.executableName), measuresEdges: true), workers: 2)
    do {
      let runner = try await EdgeRunner(pool)
      var last: Set<UInt64> = []
      for (text, word) in Self.inputs {
        let input = Invocation(stdin: ByteString(text))
        let (observation, feedback) = try await runner.measure(input, limits: .init())
        #expect(observation.outcome.stdout == ByteString(word + "\n"))
        #expect(observation.outcome.stderr.isEmpty)
        let reached = Set(feedback.features.map { $0 >> 3 })
        #expect(!reached.subtracting(last).isEmpty)
        for _ in 0..<20 { #expect(try await runner.measure(input, limits: .init()).1 == feedback) }
        last.formUnion(reached)
      }
      await pool.close()
    } catch {
      await pool.close()
      throw error
    }
  }

  private func lines(of build: FilePath, _ program: Program, in directory: FilePath, root: FilePath?) async throws {
    let counters = directory.appending("counters")
    try FileManager.default.createDirectory(atPath: counters.string, withIntermediateDirectories: true)
    let pool = try CellPool(
      configuration: CellConfiguration(
        root: root, executable: build.appending(BuildReport.executableName),
        scratch: .init(host: counters, inside: BuildLayout.counters)), workers: 2)
    var covered = 0
    for (index, (text, _)) in Self.inputs.enumerated() {
      let variables = BuildLayout.counterVariables(in: BuildLayout.counters)
      let input = Invocation(stdin: ByteString(text), environment: variables)
      _ = try await CellRunner(pool).run(input, limits: .init(), perturbation: .none)
      let map = try await CoverageCollector(build: build, buildRoot: root).collect(
        counters: counters, workDirectory: directory.appending("reading"))
      let report = CoverageReport(map, counting: CountedFiles(tracked: [program.file]))
      #expect(report.files.map(\.path) == [program.file])
      #expect(report.lines.covered > covered)
      #expect((report.lines.covered == report.lines.total) == (index == Self.inputs.count - 1))
      covered = report.lines.covered
    }
    await pool.close()
  }
}

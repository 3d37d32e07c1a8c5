import ForgeBundle
import ForgeCore
import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import ForgePipeline

#if canImport(Glibc)
  import Glibc
#endif

/// A build killed at any stage goes on where it was, and ends in the same bytes.
@Suite(.serialized) struct KillTests {
  /// The stages in order; those of one group run side by side and end as they come.
  static let groups: [[String]] = [
    ["fetch"], ["compile reference"], ["document"], ["seal"],
    [
      "reproduce", "compile control", "strip control", "compile sanitized", "compile instrumented", "compile coverage",
    ], ["harvest"], ["functions"], ["search"], ["aim"], ["judge"], ["coverage"], ["upstream lines"], ["mutants"],
    ["prove"],
  ]
  static let stages = groups.flatMap(\.self)

  static func group(of stage: String) -> Int { groups.firstIndex { $0.contains(stage) } ?? groups.count }

  /// Whether stages ended in an order that they may end in, with none of those left out that come before a group.
  static func isInOrder(_ finished: [String], upTo group: Int) -> Bool {
    let places = finished.map(Self.group)
    let strip = finished.firstIndex(of: "strip control") ?? .max
    return zip(places, places.dropFirst()).allSatisfy { $0 <= $1 }
      && (finished.firstIndex(of: "compile control") ?? .max) <= strip
      && Set(groups.prefix(group).joined()).isSubset(of: finished)
  }

  @Test func killedAtEveryStageItEndsInTheSameBundle() async throws {
    try await withTemporaryDirectory { directory in
      let sample = try await SampleRepository(in: directory)
      for stage in Self.stages {
        let finished = try await Self.build(sample, in: directory, killAtStart: stage)
        // A short stage may be done before the kill arrives.
        #expect(Self.isInOrder(finished, upTo: Self.group(of: stage)), "killed at \(stage): \(finished)")
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.appending("killed-out").string)
        #expect(!names.contains { !$0.hasPrefix(".") }, "no bundle appears before the end")
      }
      let all = try await Self.build(sample, in: directory, killAtStart: nil)
      #expect(Self.isInOrder(all, upTo: Self.groups.count), "\(all)")
      let name = try #require(sample.recipe.stem)
      let bundle = try TaskBundle(at: directory.appending("killed-out").appending(name))
      #expect(bundle.damage().isEmpty)
      let store = try Store(at: directory.appending("killed-store"))
      #expect(try store.collect(unusedSince: .distantPast).debris > 0, "kills leave debris, and a collection finds it")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: directory.appending("killed-store/work").string).isEmpty)
      // A build that nobody touched, in a store of its own, has the same bytes. How far a search comes is a matter of
      // load, and its record of chance: it is handed over, and all that is made of it is made anew.
      for kept in ["search", "aim"] {
        let objects = directory.appending("quiet-store/objects")
        try objects.makeDirectory(parents: true)
        try FileManager.default.copyItem(
          atPath: directory.appending("killed-store/objects/\(kept)").string, toPath: objects.appending(kept).string)
      }
      let undisturbed = try await Self.build(sample, in: directory, run: "quiet", killAtStart: nil)
      #expect(Self.isInOrder(undisturbed, upTo: Self.groups.count), "\(undisturbed)")
      let quiet = try TaskBundle(at: directory.appending("quiet-out").appending(name))
      #expect(quiet.manifest.archives == bundle.manifest.archives)
      #expect(quiet.manifest.suite.digest == bundle.manifest.suite.digest)
    }
  }

  static let roots = [
    "root build", "root build, control", "root run", "root solve, whole", "root tools",
  ]

  /// Roots take minutes and a Debian mirror: run by `scripts/prove-roots`.
  @Test(.enabled(if: getenv("TASKFORGE_SLOW_TESTS") != nil, "slow; run scripts/prove-roots"))
  func killedWhileRootsAreMadeItEndsInTheSameBundle() async throws {
    try await withTemporaryDirectory { directory in
      let sample = try await SampleRepository(in: directory)
      for stage in Self.roots {
        // In the middle of downloading, of unpacking or of putting files into the pool, by the stage.
        _ = try await Self.build(sample, in: directory, hostRoot: false, killAtStart: stage, after: .seconds(4))
      }
      for name in ["killed", "quiet"] {
        let all = try await Self.build(sample, in: directory, run: name, hostRoot: false, killAtStart: nil)
        #expect(Self.isInOrder(all, upTo: Self.groups.count), "\(all)")
      }
      let name = try #require(sample.recipe.stem)
      let (killed, quiet) = try (
        TaskBundle(at: directory.appending("killed-out").appending(name)),
        TaskBundle(at: directory.appending("quiet-out").appending(name))
      )
      #expect(killed.manifest.roots.mapValues(\.digest) == quiet.manifest.roots.mapValues(\.digest))
      #expect(killed.manifest.archives == quiet.manifest.archives)
    }
  }

  /// Runs the command as a person would, kills it when a stage begins, and tells which stages were done by then.
  static func build(
    _ sample: SampleRepository, in directory: FilePath, run name: String = "killed", hostRoot: Bool = true,
    killAtStart stage: String?, after delay: Duration = .zero
  ) async throws -> [String] {
    let (store, out) = (directory.appending("\(name)-store"), directory.appending("\(name)-out"))
    try out.makeDirectory()
    let arguments =
      [
        "build", sample.recipe.string, "--mirror", sample.template, "--jobs", "2", "--store", store.string, "--out",
        out.string,
      ] + (hostRoot ? ["--root", "host", "--offline"] : [])
    let result = try await run(
      .path(BuildProducts.find("taskforge")), arguments: .init(arguments), input: .none, output: .discarded,
      error: .sequence
    ) { execution in
      var finished: [String] = []
      for try await line in execution.standardError.strings() {
        let fields = line.trimmingCharacters(in: .newlines).components(separatedBy: "  ")
        guard fields.count >= 2 else { continue }
        if fields.last?.hasPrefix("(") == true {
          // Mutants ask for the coverage build again.
          if stages.contains(fields[1]), !finished.contains(fields[1]) { finished.append(fields[1]) }
        } else if fields[1] == stage {
          try await waitForWork(in: store.appending("work"))
          try await Task.sleep(for: delay)
          try execution.send(signal: .kill)
        }
      }
      return finished
    }
    if stage == nil {
      #expect(result.terminationStatus == .exited(0))
    } else {
      #expect(result.terminationStatus == .signaled(SIGKILL))
    }
    return result.closureResult
  }

  /// Gives a stage a moment to have begun its output, so that kills fall into the middle of the longer ones.
  private static func waitForWork(in work: FilePath) async throws {
    for _ in 0..<30 {
      if try !FileManager.default.contentsOfDirectory(atPath: work.string).isEmpty { return }
      try await Task.sleep(for: .milliseconds(10))
    }
  }
}

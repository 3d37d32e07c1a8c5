import ForgeBundle
import ForgeCore
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import ForgePipeline

/// Commands of a root that already are the program.
@Suite struct DelegationTests {
  /// Forty cases of a program that copies its input, the first ones of which nothing passes.
  private static let cases = (0..<40).map { number in
    let text = ByteString("line \(number)\n")
    return Case(
      invocation: Invocation(stdin: text), family: "f", origin: .help, evidence: nil, timeoutMilliseconds: 5000,
      expect: Outcome(termination: .exit(0), stdout: number < 10 ? "nothing\n" : text, stderr: "", files: []),
      compare: Comparison())
  }

  @Test func commandsRunEveryCaseUnlessHalfOfThemShowNothing() async throws {
    try await withTemporaryDirectory { directory in
      let pipeline = try Pipeline(store: try Store(at: directory.appending("store")), options: .init(jobs: 2)) { _ in }
      let tests = TestSet(suite: Suite(cases: Self.cases), assets: [])
      let tried = try await pipeline.delegates(
        ["/usr/bin/cat", "/usr/bin/true", "/usr/bin/nowhere"], on: tests, limits: CaseLimits(), in: nil)
      let results = Dictionary(uniqueKeysWithValues: tried.map { ($0.command, $0) })
      #expect(results["/usr/bin/cat"]?.passed == 30)
      #expect(results["/usr/bin/true"]?.passed == 0)
      #expect(results.mapValues(\.ran) == ["/usr/bin/cat": 40, "/usr/bin/true": 20, "/usr/bin/nowhere": 20])
    }
  }

  @Test func aCommandThatTakesTooLongIsNotRunFurther() async throws {
    try await withTemporaryDirectory { directory in
      let pipeline = try Pipeline(store: try Store(at: directory.appending("store")), options: .init(jobs: 2)) { _ in }
      let waiting = Case(
        invocation: Invocation(argv: ["60"]), family: "f", origin: .help, evidence: nil, timeoutMilliseconds: 5000,
        expect: Self.cases[0].expect, compare: Comparison())
      let tests = TestSet(suite: Suite(cases: [waiting] + Self.cases), assets: [])
      let tried = try await pipeline.delegates(["/usr/bin/sleep"], on: tests, limits: CaseLimits(), in: nil)
      let place = try #require(tests.suite.cases.firstIndex { $0.id == waiting.id })
      #expect(tried.first?.ran == min(21, (place.isMultiple(of: 2) ? place / 2 : 21 + place / 2) + 1))
    }
  }

  /// Many commands of Debian are links into other directories, which lead somewhere inside their root alone.
  @Test func linkedCommandsAreFoundInsideTheRoot() throws {
    try withTemporaryDirectory { directory in
      let root = directory.appending("root")
      for folder in ["usr/bin", "opt/java/bin", "etc/alternatives"] {
        try root.appending(folder).makeDirectory(parents: true)
      }
      let programs = [
        root.appending("usr/bin/plain"), root.appending("opt/java/bin/java"), directory.appending("tool"),
      ]
      for file in programs {
        try FileDescriptor.writeNew(file, "#!/bin/sh\n".utf8, permissions: .init(rawValue: 0o755))
      }
      let links = [
        ("usr/bin/java", "/etc/alternatives/java"), ("etc/alternatives/java", "/opt/java/bin/java"),
        ("usr/bin/same", "plain"), ("usr/bin/outside", "../../../tool"), ("usr/bin/absolute", programs[2].string),
        ("usr/bin/dangling", "nothing"), ("usr/bin/circle", "circle"),
      ]
      for (name, target) in links {
        try FileManager.default.createSymbolicLink(
          atPath: root.appending(name).string, withDestinationPath: target)
      }
      #expect(try Pipeline.commands(in: root) == ["/usr/bin/java", "/usr/bin/plain"])
    }
  }
}

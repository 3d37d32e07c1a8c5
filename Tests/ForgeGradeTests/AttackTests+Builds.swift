import ForgeCore
import ForgeSandbox
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import ForgeGrade

/// Builds that fetch, change the system, stay, or take all there is.
extension AttackTests {
  @Test func aBuildDownloadsNothing() async throws {
    try await AttackTask.with { task in
      let server = try GivingServer("#!/bin/sh\necho \"$(($1 * $1 + 1))\"\n")
      defer { server.stop() }
      let result = try await attack(
        "downloads", words: ["PORT": "\(server.port)"], in: task, down: { $0.network = true })
      #expect(result.category == .buildFailed && result.reason.contains("status 1"), "\(result.reason)")
    }
  }

  @Test func aBuildCannotChangeTheSystem() async throws {
    try await AttackTask.with { task in
      let written = try task.shared()
      let result = try await attack(
        "rewrites-system", in: task, down: { $0.buildMounts = [.readWrite(written, "/srv")] })
      #expect(result.category == .noExecutable, "something could be written: \(result.reason)")
    }
  }

  @Test func aBuildLeavesNobodyBehind() async throws {
    try await AttackTask.with { task in
      let left = try task.shared()
      let result = try await attack(
        "leaves-daemon", in: task,
        down: {
          $0.buildMounts = [.readWrite(left, "/tmp")]
          $0.mounts = [.readOnly(left, "/srv")]
        })
      #expect(result.passed == 0 && result.category == .behind)
    }
  }

  /// A bound that an attack passes, and how the outcome names it.
  struct BuildBound: Sendable, CustomTestStringConvertible {
    let attack: String
    let reason: String
    let set: @Sendable (inout AttackWalls) -> Void
    var testDescription: String { attack }
  }

  static let buildBounds = [
    BuildBound(attack: "forks-in-build", reason: "ended with status") { $0.build.processes = 64 },
    BuildBound(attack: "fills-disk-in-build", reason: "wrote more than 64 MiB") { $0.room.bytes = 64 << 20 },
    BuildBound(attack: "makes-files-in-build", reason: "or 1000 files") { $0.room.entries = 1000 },
    BuildBound(attack: "takes-memory-in-build", reason: "more than 100 MiB of memory") {
      $0.build.memoryBytes = 100 << 20
    },
    BuildBound(attack: "hangs-in-build", reason: "ran out of time") { $0.build.wallSeconds = 1 },
  ]

  /// What a build may use is bounded, and one that takes more fails by the bound's name.
  @Test(arguments: buildBounds) func aBuildIsBounded(bound: BuildBound) async throws {
    try await AttackTask.with { task in
      var walls = AttackWalls()
      bound.set(&walls)
      let result = try await attack(bound.attack, walls: walls, in: task, down: { $0 = AttackWalls() })
      #expect(
        result.category == .buildFailed && result.reason.contains(bound.reason), "\(result.category) \(result.reason)")
    }
  }
}

/// Gives the same bytes to whoever connects to a port of this machine.
private final class GivingServer: Sendable {
  let port: UInt16
  private let listener: Int32

  init(_ text: String) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isOpen = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 8) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard isOpen else { throw Errno(rawValue: errno) }
    self.listener = listener
    port = UInt16(bigEndian: address.sin_port)
    let bytes = Array(text.utf8)
    var thread = pthread_t()
    let work = Unmanaged.passRetained(Work(listener: listener, bytes: bytes))
    pthread_create(
      &thread, nil,
      { argument in
        let work = Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue()
        while case let client = accept(work.listener, nil, nil), client >= 0 {
          _ = send(client, work.bytes, work.bytes.count, Int32(MSG_NOSIGNAL))
          close(client)
        }
        return nil
      }, work.toOpaque())
    pthread_detach(thread)
  }

  private final class Work: Sendable {
    let listener: Int32
    let bytes: [UInt8]
    init(listener: Int32, bytes: [UInt8]) {
      self.listener = listener
      self.bytes = bytes
    }
  }

  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }
}

import ForgeCore
import Foundation
import Subprocess
package import SystemPackage

#if canImport(Glibc)
  import Glibc
#endif

/// Servers on loopback that give out the repositories below a directory.
package enum GitServer {
  /// How the HTTP server misbehaves.
  package struct Fault: Sendable {
    /// Bytes of one response after which nothing more is sent, though the connection stays open.
    package var stallAfter: Int?
    /// Bytes per second of one response.
    package var bytesPerSecond: Int?
    /// The status that every request gets.
    package var status: Int?
    /// A certificate and key in PEM; then the server speaks TLS.
    package var certificate: FilePath?

    /// Names the faults.
    package init(
      stallAfter: Int? = nil, bytesPerSecond: Int? = nil, status: Int? = nil, certificate: FilePath? = nil
    ) {
      self.stallAfter = stallAfter
      self.bytesPerSecond = bytesPerSecond
      self.status = status
      self.certificate = certificate
    }
  }

  /// What keeps git away from the user's configuration and makes commits repeatable.
  package static let environment: [String: String] = [
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.invalid", "GIT_AUTHOR_DATE": "1700000000 +0000",
    "GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@example.invalid",
    "GIT_COMMITTER_DATE": "1700000042 +0100",
  ]

  /// Serves smart HTTP through `git http-backend` for the length of `body`, which gets the address of the directory.
  package static func http<Result: Sendable>(
    _ directory: FilePath, fault: Fault = .init(), _ body: @Sendable (String) async throws -> Result
  ) async throws -> Result {
    let ready = directory.appending(".port-\(UInt32.random(in: 0 ... .max))")
    var environment = environment
    environment["GIT_PROJECT_ROOT"] = directory.string
    environment["PORT_FILE"] = ready.string
    environment["STALL_AFTER"] = fault.stallAfter.map(String.init)
    environment["BYTES_PER_SECOND"] = fault.bytesPerSecond.map(String.init)
    environment["STATUS"] = fault.status.map(String.init)
    environment["CERTIFICATE"] = fault.certificate?.string
    let scheme = fault.certificate == nil ? "http" : "https"
    return try await serve(.name("python3"), ["-c", httpServer], environment) {
      let port = try await wait("the HTTP server") {
        let text = (try? FileDescriptor.readAll(ready)).map { String(decoding: $0, as: UTF8.self) }
        return text.flatMap { $0.hasSuffix("\n") ? Int($0.dropLast()) : nil }
      }
      return try await body("\(scheme)://127.0.0.1:\(port)")
    }
  }

  /// Serves `git://` with git's own daemon for the length of `body`, which gets the address of the directory.
  package static func daemon<Result: Sendable>(
    _ directory: FilePath, _ body: @Sendable (String) async throws -> Result
  ) async throws -> Result {
    let port = try freePort()
    let arguments = [
      "--listen=127.0.0.1", "--port=\(port)", "--reuseaddr", "--export-all", "--base-path=\(directory)",
      directory.string,
    ]
    return try await serve(.path("/usr/lib/git-core/git-daemon"), arguments, environment) {
      _ = try await wait("git daemon") { canConnect(port) ? true : nil }
      return try await body("git://127.0.0.1:\(port)")
    }
  }

  /// Listens on a port and never answers, for the length of `body`.
  package static func silent<Result>(_ body: (Int) async throws -> Result) async throws -> Result {
    let (socket, port) = try listen()
    defer { close(socket) }
    return try await body(port)
  }

  static func inherited(_ values: [String: String]) -> Environment {
    .inherit.updating(
      Dictionary(uniqueKeysWithValues: values.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }))
  }

  private static func serve<Result: Sendable>(
    _ program: Executable, _ arguments: [String], _ environment: [String: String],
    _ body: () async throws -> Result
  ) async throws -> Result {
    var options = PlatformOptions()
    options.processGroupID = 0
    let end = TeardownStep.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(5))
    options.teardownSequence = [end]
    let outcome = try await run(
      program, arguments: .init(arguments), environment: inherited(environment), platformOptions: options,
      input: .none, output: .discarded, error: .discarded
    ) { execution in
      do {
        let result = try await body()
        await execution.teardown(using: [end])
        return result
      } catch {
        await execution.teardown(using: [end])
        throw error
      }
    }
    return outcome.closureResult
  }

  private static func wait<Value>(_ what: String, _ probe: () throws -> Value?) async throws -> Value {
    for _ in 0..<1000 {
      if let value = try probe() { return value }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw ForgeError(.deadline, "\(what) did not start within 20 s")
  }

  private static func listen() throws -> (socket: Int32, port: Int) {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> Int32 in
        guard bind(socket, pointer, size) == 0, Glibc.listen(socket, 64) == 0 else { return -1 }
        return getsockname(socket, pointer, &size)
      }
    }
    guard status == 0 else { throw Errno(rawValue: errno) }
    return (socket, Int(UInt16(bigEndian: address.sin_port)))
  }

  private static func freePort() throws -> Int {
    let (socket, port) = try listen()
    close(socket)
    return port
  }

  private static func canConnect(_ port: Int) -> Bool {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}

import ForgeCore
import ForgeGit
import Logging
import Synchronization
import SystemPackage
import TestSupport

#if canImport(Glibc)
  import Glibc
#endif

extension Mirrors {
  /// Mirrors with a cache below a test's own directory, blind to the user's git configuration.
  static func test(
    _ scratch: FilePath, _ templates: [String] = [], offline: Bool = false, limits: CheckoutLimits = .init()
  ) throws -> Mirrors {
    _ = isolated
    return Mirrors(
      cache: scratch.appending("cache"), templates: try templates.map { try MirrorTemplate($0) }, offline: offline,
      limits: limits, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  private static let isolated: Void = GitConfiguration.isolate(in: "/nonexistent")
}

extension GitServer {
  static func serve<Result: Sendable>(
    _ scheme: String, _ directory: FilePath, _ body: @Sendable (String) async throws -> Result
  ) async throws -> Result {
    scheme == "git" ? try await daemon(directory, body) : try await http(directory, body)
  }
}

extension GitFixture {
  /// A repository with a script, a link, a name outside ASCII and a file with CR LF.
  static func sample(at directory: FilePath) async throws -> GitFixture {
    let fixture = try await GitFixture(at: directory)
    try fixture.write("README.md", "hello\r\n")
    try fixture.write("bin/run", "#!/bin/sh\n", executable: true)
    try fixture.write("docs/ünï cödé", "ä\n")
    guard symlink("../README.md", directory.appending("docs/latest").string) == 0 else { throw Errno(rawValue: errno) }
    _ = try await fixture.commit()
    return fixture
  }

  var url: GitURL { get throws { try GitURL(directory.string) } }

  func head() async throws -> ObjectID { ObjectID(hex: try await git("rev-parse", "HEAD"))! }
}

/// Values noted from another thread.
final class Recorder<Value: Sendable>: Sendable {
  private let state = Mutex<[Value]>([])
  var values: [Value] { state.withLock { $0 } }
  func add(_ value: Value) { state.withLock { $0.append(value) } }
}

/// A directory's entries as text: mode or link target, time, content.
struct Listing {
  private(set) var entries: [String: String] = [:]

  init(_ root: FilePath) throws {
    try add(root, "")
  }

  private mutating func add(_ directory: FilePath, _ prefix: String) throws {
    guard let stream = opendir(directory.string) else { throw Errno(rawValue: errno) }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(cString: $0.assumingMemoryBound(to: CChar.self).baseAddress!)
      }
      guard name != ".", name != ".." else { continue }
      let path = directory.appending(name)
      var status = stat()
      guard lstat(path.string, &status) == 0 else { throw Errno(rawValue: errno) }
      let mode = "0" + String(status.st_mode & 0o7777, radix: 8)
      let time = status.st_mtim.tv_sec
      switch status.st_mode & S_IFMT {
      case S_IFDIR:
        entries["\(prefix)\(name)/"] = "\(mode) \(time)"
        try add(path, "\(prefix)\(name)/")
      case S_IFLNK:
        var target = [UInt8](repeating: 0, count: 4096)
        let count = readlink(path.string, &target, target.count)
        entries[prefix + name] = "-> \(String(decoding: target.prefix(count), as: UTF8.self)) \(time)"
      default:
        let content = String(decoding: try FileDescriptor.readAll(path), as: UTF8.self)
        entries[prefix + name] = "\(mode) \(time) \(content)"
      }
    }
  }
}

enum FileListing {
  /// The names in a directory, sorted.
  static func names(_ directory: FilePath) throws -> [String] {
    guard let stream = opendir(directory.string) else { throw Errno(rawValue: errno) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(cString: $0.assumingMemoryBound(to: CChar.self).baseAddress!)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}

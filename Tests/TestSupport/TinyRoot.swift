import Foundation
import Glibc
package import SystemPackage

/// Root file systems of a few host programs with their libraries.
package enum TinyRoot {
  static let programs = ["sh", "cat", "ls", "id", "env", "sleep", "touch", "head", "tail", "mkdir", "ln", "wc", "yes"]

  /// One that is made once per test process.
  package static let path: FilePath = {
    do {
      let root = try make()
      atexit { try? FileManager.default.removeItem(atPath: TinyRoot.path.string) }
      return root
    } catch {
      fatalError("no tiny root: \(error)")
    }
  }()

  /// A fresh directory, which its user removes.
  package static func scratch(_ name: String) throws -> FilePath {
    let path = NSTemporaryDirectory() + "/taskforge-tests-\(name)-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return FilePath(path)
  }

  /// Makes one, which its user removes, with further programs of the host as `/usr/bin/NAME`.
  package static func make(adding more: [(program: FilePath, name: String)] = []) throws -> FilePath {
    let root = try scratch("root")
    let files = FileManager.default
    for name in ["usr/bin", "usr/lib", "usr/lib64", "etc", "proc", "dev", "tmp", "run", "workspace", "build"] {
      try files.createDirectory(atPath: "\(root)/\(name)", withIntermediateDirectories: true)
    }
    for name in ["bin", "lib", "lib64"] {
      try files.createSymbolicLink(atPath: "\(root)/\(name)", withDestinationPath: "usr/\(name)")
    }
    try "user:x:1000:1000::/tmp/home:/bin/sh\nroot:x:0:0::/root:/bin/sh\n".write(
      toFile: "\(root)/etc/passwd", atomically: true, encoding: .utf8)
    for name in ["hosts", "resolv.conf"] {
      _ = files.createFile(atPath: "\(root)/etc/\(name)", contents: nil)
    }
    let interpreter = "/lib64/ld-linux-x86-64.so.2"
    try copy(interpreter, into: root, as: interpreter)
    for program in programs {
      let source = "/usr/bin/\(program)"
      try copy(source, into: root, as: source)
      for library in try libraries(of: source) { try copy(library, into: root, as: library) }
    }
    for (program, name) in more { try copy(program.string, into: root, as: "/usr/bin/\(name)") }
    return root
  }

  private static func copy(_ source: String, into root: FilePath, as inside: String) throws {
    let target = "\(root)\(inside)"
    if FileManager.default.fileExists(atPath: target) { return }
    let parent = (target as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    let real = URL(fileURLWithPath: source).resolvingSymlinksInPath().path
    try FileManager.default.copyItem(atPath: real, toPath: target)
  }

  private static func libraries(of program: String) throws -> [String] {
    let process = Process()
    let pipe = Foundation.Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/ldd")
    process.arguments = [program]
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text.split(separator: "\n").compactMap { line in
      let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
      return words.count > 2 && words[1] == "=>" ? String(words[2]) : nil
    }
  }
}

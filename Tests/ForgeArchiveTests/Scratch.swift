import Foundation
import SystemPackage

/// A directory of one test's own, gone when the test is over.
final class Scratch {
  let path: FilePath

  init() throws {
    path = FilePath(NSTemporaryDirectory()).appending("forge-archive-\(UUID().uuidString)")
    try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path.string) }

  func callAsFunction(_ name: String) -> FilePath { path.appending(name) }

  func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> FilePath {
    let file = path.appending(name)
    try Data(bytes).write(to: URL(filePath: file.string))
    return file
  }
}

func read(_ path: FilePath) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path.string))) }

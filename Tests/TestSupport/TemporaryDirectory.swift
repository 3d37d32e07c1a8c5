import ForgeCore
package import SystemPackage

#if canImport(Glibc)
  import Glibc
#endif

/// A fresh directory under the system's temporary one for the length of `body`, removed afterwards.
package func withTemporaryDirectory<Result>(_ body: (FilePath) throws -> Result) throws -> Result {
  let directory = try makeTemporaryDirectory()
  defer { try? directory.removeTree() }
  return try body(directory)
}

/// The same for a body that waits.
package func withTemporaryDirectory<Result>(
  isolation: isolated (any Actor)? = #isolation, _ body: (FilePath) async throws -> Result
) async throws -> Result {
  let directory = try makeTemporaryDirectory()
  defer { try? directory.removeTree() }
  return try await body(directory)
}

private func makeTemporaryDirectory() throws -> FilePath {
  var template = Array("/tmp/taskforge-test-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
  // A test may hand the directory to another user.
  chmod(template, 0o755)
  return FilePath(String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
}

import ForgeCompile
import ForgeCore
import ForgeSandbox
import Glibc
import SystemPackage
import Testing

/// The directory of the tiny projects.
let fixtures = FilePath(#filePath).removingLastComponent().removingLastComponent().appending("Fixtures")

/// Whether the host has a clang where builds look for programs.
let hostHasClang = access("/usr/bin/clang", X_OK) == 0

/// A recipe of a tiny project; the default is C built by `make`.
func recipe(
  _ name: String, build: [Recipe.Step] = [["make"]], executable: String = "program", link: Recipe.Linkage = .dynamic,
  fetch: [Recipe.Step] = [], language: Recipe.Language = .c, version: String? = nil, limits: Recipe.Limits = .init()
) -> Recipe {
  Recipe(
    id: "test__\(name).0000000",
    upstream: .git(url: "https://example.invalid/test/\(name)", commit: String(repeating: "0", count: 40)),
    language: language, license: "Apache-2.0", packages: ["gcc"], link: link, fetch: fetch, build: build,
    version: version, executable: executable, limits: limits)
}

/// A compiler of a tiny project against the host's own system.
func compiler(_ recipe: Recipe, checkout: FilePath? = nil, in directory: FilePath, epoch: Int64 = 1_136_214_245)
  -> Compiler
{
  let name = recipe.id.split(separator: "__")[1].split(separator: ".")[0]
  return Compiler(
    recipe: recipe, checkout: checkout ?? fixtures.appending(String(name)), epoch: epoch, buildRoot: nil,
    cacheDirectory: directory.appending("cache"))
}

/// Runs a built program as a case would, and gives what it wrote.
func run(
  _ build: FilePath, _ arguments: [String] = [], environment: [String: String] = [:], scratch: FilePath? = nil
) async throws -> String {
  var mounts: [Mount] = [.readOnly(build, "/workspace")]
  if let scratch { mounts.append(.readWrite(scratch, BuildLayout.counters)) }
  let result = try await Sandbox(root: nil, mounts: mounts).run(
    ["/workspace/executable"] + arguments, environment: environment, workingDirectory: "/workspace")
  #expect(result.succeeded, "\(result.ending): \(result.errorText)")
  return result.outputText
}

/// The text of a file.
func text(_ path: FilePath) throws -> String {
  let file = try FileDescriptor.open(path, .readOnly)
  return try file.closeAfter {
    var bytes: [UInt8] = []
    try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
      while case let count = try file.read(into: buffer), count > 0 { bytes += buffer[..<count] }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Writes a file, executable where asked.
func write(_ text: String, to path: FilePath, mode: CModeT = 0o644) throws {
  let file = try FileDescriptor.open(
    path, .writeOnly, options: [.create, .truncate], permissions: FilePermissions(rawValue: mode))
  try file.closeAfter { _ = try file.writeAll(text.utf8) }
}

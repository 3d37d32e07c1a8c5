import ForgeCore
import ForgeSandbox
import Foundation
import Glibc
import SystemPackage
import Testing

@testable import ForgeDebian

/// A signed archive on disk with one source package, for what a mirror cannot be asked to do wrong.
struct LocalArchive {
  let directory: FilePath
  let keyring: FilePath
  var choice: MirrorChoice {
    MirrorChoice(mirror: "copy:\(directory)", securityMirror: "copy:\(directory)", keyring: keyring)
  }
  private let keys: FilePath

  /// Makes a key and an archive that holds `tool` 1.0-1.
  init() async throws {
    // Short, because gpg makes a socket there.
    directory = FilePath("/tmp/tf-\(UInt32.random(in: 0 ... .max))")
    keys = directory.appending("keys")
    keyring = directory.appending("keyring.gpg")
    try keys.makeDirectory(parents: true)
    chmod(keys.string, 0o700)
    try await gpg(["--passphrase", "", "--quick-gen-key", "Test <test@example.invalid>", "ed25519", "sign", "never"])
    try await gpg(["--output", keyring.string, "--export"])
    try await publish(version: "1.0-1")
  }

  /// Writes the package's files and the signed lists of the three suites.
  func publish(version: String) async throws {
    let pool = directory.appending("pool")
    try pool.makeDirectory()
    let upstream = version.split(separator: "-")[0]
    var checksums = ""
    for name in ["tool_\(version).dsc", "tool_\(upstream).orig.tar.gz"] {
      let bytes = Array("the content of \(name)\n".utf8)
      try FileDescriptor.writeNew(pool.appending(name), bytes)
      checksums += "\n \(Digest(of: bytes)) \(bytes.count) \(name)"
    }
    let sources = """
      Package: tool
      Binary: tool
      Version: \(version)
      Maintainer: Nobody <nobody@example.invalid>
      Architecture: any
      Format: 3.0 (quilt)
      Directory: pool
      Checksums-Sha256:\(checksums)


      """
    for suite in ["bookworm", "bookworm-updates", "bookworm-security"] {
      try await sign(suite, sources: suite == "bookworm" ? sources : "")
    }
  }

  private func sign(_ suite: String, sources: String) async throws {
    let dists = directory.appending("dists/\(suite)")
    var hashes = ""
    for (name, text) in [("main/source/Sources", sources), ("main/binary-amd64/Packages", "")] {
      try dists.appending(name).removingLastComponent().makeDirectory(parents: true)
      try FileDescriptor.writeNew(dists.appending(name), text.utf8)
      hashes += "\n \(Digest(of: text)) \(text.utf8.count) \(name)"
    }
    let release = """
      Origin: Debian
      Suite: \(suite)
      Codename: \(suite)
      Date: \(Self.date(Date()))
      Architectures: all amd64
      Components: main
      SHA256:\(hashes)

      """
    try FileDescriptor.writeNew(dists.appending("Release"), release.utf8)
    try await gpg([
      "--yes", "--output", dists.appending("InRelease").string, "--clearsign", dists.appending("Release").string,
    ])
  }

  private func gpg(_ arguments: [String]) async throws {
    let result = try await HostCommand.run(
      ["gpg", "--homedir", keys.string, "--batch", "--quiet"] + arguments, wallSeconds: 120)
    guard result.succeeded else { throw ForgeError(.debianLists, "gpg: \(result.errorText)") }
  }

  private static func date(_ date: Date) -> String {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(identifier: "UTC")
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'UTC'"
    return format.string(from: date)
  }
}

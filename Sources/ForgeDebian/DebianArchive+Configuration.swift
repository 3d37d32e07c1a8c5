import ForgeCore
import ForgeSandbox
import SystemPackage

extension DebianArchive {
  /// Host settings that say how a mirror is reached and no more.
  private static let reachSettings = [
    "Acquire::http", "Acquire::https", "Acquire::ForceIPv4", "Acquire::ForceIPv6", "Acquire::Retries",
    "Acquire::Check-Valid-Until", "Acquire::Check-Date", "Acquire::Max-ValidTime",
  ]

  /// Writes apt.conf, sources.list and an empty dpkg status, each by a rename.
  func writeConfiguration() async throws {
    try FileDescriptor.replace(directory.appending("status"), with: [])
    let lines = sources.flatMap { [$0.line("deb"), $0.line("deb-src")] }
    try FileDescriptor.replace(
      directory.appending("sources.list"), with: Array((lines.joined(separator: "\n") + "\n").utf8))
    // Read before Dir::Etc, so that the host's configuration has no say.
    var settings = [
      ("Dir", directory.string), ("Dir::Etc", "\(directory)/etc"),
      ("Dir::Etc::sourcelist", "\(directory)/sources.list"), ("Dir::Etc::sourceparts", "/dev/null"),
      ("Dir::Etc::trustedparts", "/dev/null"), ("Dir::State", directory.string),
      ("Dir::State::status", "\(directory)/status"), ("Dir::Cache", "\(directory)/cache"),
      ("Dir::Cache::archives", "\(packageCache)/"), ("Dir::Log", "\(directory)/none"),
      ("Acquire::Languages", "none"), ("Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled", "false"),
      ("Acquire::ForceHash", "SHA256"), ("Acquire::Retries", "3"), ("Acquire::http::Timeout", "60"),
      ("APT::Architecture", "amd64"), ("APT::Architectures", "amd64"), ("APT::Install-Recommends", "false"),
      ("APT::Install-Suggests", "false"), ("APT::Sandbox::User", "root"),
      ("APT::Get::Assume-Yes", "true"), ("APT::Keep-Downloaded-Packages", "true"),
    ]
    if suite.usesBackports { settings.append(("APT::Default-Release", "\(suite)")) }
    settings += try await hostReachSettings()
    let text = settings.map { "\($0.0) \"\($0.1)\";\n" }.joined()
    try FileDescriptor.replace(configurationFile, with: Array(text.utf8))
  }

  private func hostReachSettings() async throws -> [(String, String)] {
    let result = try await HostCommand.run(["apt-config", "dump"], wallSeconds: 60)
    return result.outputText.split(separator: "\n").compactMap { line in
      guard let space = line.firstIndex(of: " "), line.hasSuffix("\";") else { return nil }
      let name = String(line[..<space])
      let value = line[line.index(space, offsetBy: 2)...].dropLast(2)
      guard !value.isEmpty, Self.reachSettings.contains(where: { name == $0 || name.hasPrefix($0 + "::") }) else {
        return nil
      }
      return (name, String(value))
    }
  }
}

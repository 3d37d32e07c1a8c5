import ForgeCore
import ForgeSandbox
import SystemPackage

/// Man pages as text, rendered by mandoc in the tools root.
struct ManPage {
  /// Holds mandoc.
  let tools: Sandbox

  /// Renders a page as a terminal of 80 columns shows it, without overstrikes.
  ///
  /// - Throws: `docs.render` where mandoc makes nothing of it, and what the sandbox throws.
  func render(_ roff: [UInt8], path: String) async throws -> String {
    let result = try await tools.run(
      // Without a name for the system mandoc prints the host's.
      ["mandoc", "-T", "utf8", "-I", "os=Linux", "-O", "width=78", "-O", "indent=5"],
      environment: ["LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": "/usr/bin:/bin"], workingDirectory: "/", input: roff,
      outputLimit: 16 << 20)
    let text = Self.plain(result.outputText)
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw ForgeError(
        .documentRender,
        "mandoc renders nothing of it (\(result.ending)): \(result.errorText.prefix(400)); is it a man page?",
        path: path)
    }
    return text
  }

  /// Takes out overstrikes and blanks at the ends of lines.
  static func plain(_ rendered: String) -> String {
    var lines: [String] = []
    for raw in rendered.split(separator: "\n", omittingEmptySubsequences: false) {
      var line: [Unicode.Scalar] = []
      for scalar in raw.unicodeScalars {
        if scalar == "\u{8}" { _ = line.popLast() } else { line.append(scalar) }
      }
      while line.last == " " { line.removeLast() }
      var text = ""
      text.unicodeScalars.append(contentsOf: line)
      lines.append(text)
    }
    return lines.joined(separator: "\n")
  }

  /// The page that a page consisting of `.so path` stands for; nil for any other page.
  static func alias(_ roff: [UInt8]) -> String? {
    let lines = String(decoding: roff.prefix(4096), as: UTF8.self).split(whereSeparator: \.isNewline)
      .filter { !$0.hasPrefix(".\\\"") }
    guard lines.count == 1, let line = lines.first, line.hasPrefix(".so ") else { return nil }
    return line.dropFirst(4).split(separator: " ").first.map(String.init)
  }
}

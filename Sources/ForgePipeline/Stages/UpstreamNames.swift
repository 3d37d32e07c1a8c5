import ForgeCore
import SystemPackage

/// Names that the files of an upstream tree give to its code.
struct UpstreamNames {
  private let files: [FilePath]

  /// Lists a tree, without what is vendored in it.
  init(_ tree: FilePath) throws {
    let prefix = tree.string.utf8.count
    files = tree.regularFiles().filter { file in
      let inner = String(decoding: file.string.utf8.dropFirst(prefix), as: UTF8.self)
      return !inner.contains("/vendor/") && !inner.contains("/third_party/") && !inner.contains("/node_modules/")
    }
  }

  /// The names of C and C++ source files, without directories.
  var sources: Set<String> {
    let endings = ["c", "cc", "cpp", "cxx", "c++", "C", "y", "l"]
    return Set(files.filter { endings.contains($0.extension ?? "") }.compactMap { $0.lastComponent?.string })
  }

  /// The paths that `go.mod` files give to their modules; a tree without one has package `main` alone.
  var goModules: [String] {
    get throws {
      try lines(of: "go.mod").flatMap { $0 }.compactMap { line in
        let words = line.split(whereSeparator: \.isWhitespace)
        return words.count == 2 && words[0] == "module" ? String(words[1].filter { $0 != "\"" }) : nil
      }
    }
  }

  /// The crates of all `Cargo.toml` files, as their symbols begin.
  var crates: [String] {
    get throws {
      var crates: Set<String> = []
      for file in try lines(of: "Cargo.toml") {
        var section = ""
        for line in file {
          let text = line.filter { !$0.isWhitespace }
          if text.hasPrefix("[") { section = String(text) }
          guard ["[package]", "[lib]", "[[bin]]"].contains(section), text.hasPrefix("name=") else { continue }
          crates.insert(String(text.dropFirst(5).filter { $0 != "\"" && $0 != "'" }.map { $0 == "-" ? "_" : $0 }))
        }
      }
      return crates.sorted()
    }
  }

  private func lines(of name: String) throws -> [[Substring]] {
    try files.filter { $0.lastComponent?.string == name }.map { file in
      String(decoding: try FileDescriptor.readAll(file), as: UTF8.self).split(whereSeparator: \.isNewline)
    }
  }
}

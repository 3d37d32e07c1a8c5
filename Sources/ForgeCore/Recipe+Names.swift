extension Recipe {
  /// Names that documents may use for the program: its file's, and its package's or repository's.
  package var programNames: [String] {
    var names = [executable.split(separator: "/").last.map(String.init) ?? executable]
    switch upstream {
    case .git(let url, _): if let (_, name) = Upstream.ownerAndName(url) { names.append(name) }
    case .debian(let package, _, _): names.append(package)
    }
    return names.reduce(into: []) { kept, name in if !kept.contains(name) { kept.append(name) } }
  }
}

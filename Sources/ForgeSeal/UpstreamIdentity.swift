package import ForgeCore

/// The names by which a reader could find an upstream program's source.
package struct UpstreamIdentity: Sendable, Hashable {
  /// Owners of its repository on a forge, such as `jqlang`.
  package var owners: [String]
  /// Names of the repository and the program, such as `jq`.
  package var names: [String]
  /// Further addresses of its source, as written.
  package var urls: [String]
  /// Commit ids, 40 hexadecimal digits each.
  package var commits: [String]

  /// Names an upstream.
  package init(owners: [String] = [], names: [String], urls: [String] = [], commits: [String] = []) {
    self.owners = owners
    self.names = names
    self.urls = urls
    self.commits = commits
  }

  /// What a recipe says of its upstream, with the addresses that Debian's files of the tree name.
  ///
  /// - Parameters:
  ///   - upstream: of the recipe.
  ///   - programs: further names of the program.
  ///   - debianFiles: contents of `debian/control`, `debian/copyright` and `debian/upstream/metadata`, where there are any.
  package init(_ upstream: Recipe.Upstream, programs: [String], debianFiles: [String] = []) {
    self.init(names: programs)
    switch upstream {
    case .git(let url, let commit):
      urls = [url]
      commits = [commit]
      if let (owner, name) = Recipe.Upstream.ownerAndName(url) {
        owners = [owner]
        names.append(name)
      }
    case .debian(let package, _, _): names.append(package)
    }
    for line in debianFiles.joined(separator: "\n").split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let field = line[..<colon].lowercased()
      guard ["homepage", "vcs-git", "vcs-browser", "repository", "repository-browse", "source"].contains(field),
        let url = line[line.index(after: colon)...].split(separator: " ").first(where: { $0.contains("://") })
      else { continue }
      urls.append(String(url))
      let isForge = Forge.hosts.contains { url.contains($0) }
      if isForge, field != "vcs-git", field != "vcs-browser", let (owner, _) = Recipe.Upstream.ownerAndName(String(url))
      {
        owners.append(owner)
      }
    }
    names = Array(Set(names)).sorted()
    urls = Array(Set(urls)).sorted()
    owners = Array(Set(owners)).sorted()
  }
}

/// Places on the web where source code is kept.
enum Forge {
  static let hosts = [
    "github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "git.sr.ht", "sr.ht", "sourceforge.net",
    "salsa.debian.org", "git.savannah.gnu.org", "savannah.gnu.org", "savannah.nongnu.org", "launchpad.net",
    "repo.or.cz",
    "gitea.com", "notabug.org", "invent.kde.org", "gitlab.gnome.org", "gitlab.freedesktop.org", "git.kernel.org",
    "code.google.com", "raw.githubusercontent.com", "codeload.github.com", "api.github.com", "gist.github.com",
    "tangled.sh", "git.code.sf.net", "svn.code.sf.net", "chiselapp.com", "android.googlesource.com",
  ]
  /// Hosts that name the owner or project before the first dot.
  static let pages = [
    "github.io", "gitlab.io", "codeberg.page", "srht.site", "sourceforge.net", "sourceforge.io", "readthedocs.io",
    "readthedocs.org", "sf.net",
  ]
}

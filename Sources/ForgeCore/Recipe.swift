/// One upstream program as a person describes it: where it comes from, how it builds, what it eats.
///
/// A value of this type is whole and valid: ``RecipeDecoder`` makes it from YAML and says everything that is wrong with
/// a file at once. What the tool finds out about the same program stands in its ``Lock``.
package struct Recipe: Sendable, Hashable {
  /// The version of the format that this code reads and writes.
  package static let schema = 1

  /// `<owner>__<repo>.<7 hex of the commit>` or `debian__<package>.<version without epoch>`, lower case, as is the file.
  package var id: String
  /// Where the source comes from.
  package var upstream: Upstream
  /// What most of it is written in; decides compilers, flags and the control variants.
  package var language: Language
  /// SPDX expression; nil only for a Debian upstream, whose `debian/copyright` then says it.
  package var license: String?
  /// Patterns of the files that hold the licence texts; empty means the usual names (`LICENSE*`, `COPYING*`…).
  package var licenseFiles: [Pattern]
  /// Why the upstream tree holds no licence text at all; nil where it must hold one.
  package var noLicense: String?
  /// The Debian suite of the roots.
  package var suite: Suite
  /// Debian packages of the build root; nil means the source package's Build-Depends (Debian upstreams only).
  package var packages: [String]?
  /// Debian packages of the run root beyond the C library.
  package var runtime: [String]
  /// How the executable is linked.
  package var link: Linkage
  /// Steps run with the network before the build, such as `cargo vendor`; their results are kept.
  package var fetch: [Step]
  /// Steps run in order in the checkout, without network.
  package var build: [Step]
  /// What a build that asks git would have been told, such as `1.8.1`.
  package var version: String?
  /// Path of the one resulting file, relative to the checkout.
  package var executable: String
  /// Documents an agent gets.
  package var docs: Documents
  /// What a case generator needs to know and cannot find out.
  package var surface: Surface
  /// Debian packages kept from candidates, beyond those made from the task's own source package.
  package var deny: [String]
  /// What building and running may use.
  package var limits: Limits
  /// Leak findings that were looked at and accepted.
  package var waivers: [Waiver]
  /// How much searching, and how many cases at most.
  package var budget: Budget

  /// Makes a recipe without checking it; see ``RecipeDecoder`` for the rules.
  package init(
    id: String, upstream: Upstream, language: Language, license: String? = nil, licenseFiles: [Pattern] = [],
    noLicense: String? = nil, suite: Suite = .bookworm, packages: [String]? = nil, runtime: [String] = [],
    link: Linkage = .static, fetch: [Step] = [], build: [Step], version: String? = nil, executable: String,
    docs: Documents = .init(), surface: Surface = .init(), deny: [String] = [], limits: Limits = .init(),
    waivers: [Waiver] = [], budget: Budget = .init()
  ) {
    self.id = id
    self.upstream = upstream
    self.language = language
    self.license = license
    self.licenseFiles = licenseFiles
    self.noLicense = noLicense
    self.suite = suite
    self.packages = packages
    self.runtime = runtime
    self.link = link
    self.fetch = fetch
    self.build = build
    self.version = version
    self.executable = executable
    self.docs = docs
    self.surface = surface
    self.deny = deny
    self.limits = limits
    self.waivers = waivers
    self.budget = budget
  }
}

extension Recipe {
  /// What a program is written in, as the recipe spells it.
  package enum Language: String, Sendable, Hashable, CaseIterable {
    case c, cpp, rust, go, haskell, java
  }

  /// A Debian release whose packages make the roots.
  package enum Suite: String, Sendable, Hashable, CaseIterable {
    /// Debian 12: gcc 12, go 1.19, rustc 1.63.
    case bookworm
    /// Debian 13: gcc 14, go 1.24, rustc 1.85.
    case trixie
  }

  /// How an executable finds its libraries.
  package enum Linkage: String, Sendable, Hashable, CaseIterable {
    /// Everything is inside the file.
    case `static`
    /// Shared libraries of the run root.
    case dynamic
  }

  /// A leak finding that a person accepted.
  package struct Waiver: Sendable, Hashable {
    /// Path of the one artefact it holds for, relative to the cleanroom, such as `docs/README.md`.
    package var artefact: String
    /// Digest of the artefact; a changed artefact needs another look.
    package var digest: Digest
    /// Why the finding is none.
    package var reason: String

    /// Makes a waiver.
    package init(artefact: String, digest: Digest, reason: String) {
      self.artefact = artefact
      self.digest = digest
      self.reason = reason
    }
  }
}

/// The version of taskforge, as manifests, locks and `--version` give it.
package enum ToolVersion {
  /// The current version.
  package static let current = "0.1.0"
}

/// One check of a bundle.
package struct VerifyFinding: Sendable, Hashable, Codable {
  /// How the check went.
  package enum State: String, Sendable, Hashable, Codable {
    /// What the bundle says is so.
    case holds
    /// It is not.
    case failed
    /// It could not be found out; that is no pass.
    case notMeasured = "not_measured"
  }
  /// What was checked.
  package var check: String
  /// How it went.
  package var state: State
  /// What was found.
  package var detail: String

  /// Makes a finding.
  package init(_ check: String, _ state: State, _ detail: String) {
    self.check = check
    self.state = state
    self.detail = detail
  }
}

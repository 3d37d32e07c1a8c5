/// A figure, or the reason why it could not be measured.
///
/// In JSON the figure itself, or `{"not_measured": reason}`: a gate must never take the second for a pass.
package enum Measured<Value: Sendable & Codable & Hashable>: Sendable, Hashable {
  /// What was measured.
  case value(Value)
  /// Why nothing was.
  case notMeasured(String)

  /// The figure where there is one.
  package var value: Value? { if case .value(let value) = self { value } else { nil } }
}

extension Measured: Codable {
  private struct Reason: Codable { var notMeasured: String }

  /// Reads either form.
  package init(from decoder: any Decoder) throws {
    if let reason = try? Reason(from: decoder) {
      self = .notMeasured(reason.notMeasured)
    } else {
      self = .value(try Value(from: decoder))
    }
  }

  /// Writes either form.
  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .value(let value): try value.encode(to: encoder)
    case .notMeasured(let reason): try Reason(notMeasured: reason).encode(to: encoder)
    }
  }
}

/// Numbers, bytes and seconds as people read them.
package enum Quantity {
  /// A number of things whose plural ends in an s.
  package static func counted(_ count: Int, _ thing: String) -> String { "\(count) \(thing)\(count == 1 ? "" : "s")" }

  /// Bytes in the largest binary unit that leaves at least one of it, with one decimal.
  package static func bytes(_ count: Int64) -> String {
    var value = Double(count)
    for unit in ["B", "KiB", "MiB", "GiB"] {
      if value < 1024 { return unit == "B" ? "\(count) B" : "\(rounded(value)) \(unit)" }
      value /= 1024
    }
    return "\(rounded(value)) TiB"
  }

  /// Seconds, with minutes or hours where there are some.
  package static func seconds(_ seconds: Double) -> String {
    if seconds < 60 { return "\(rounded(seconds)) s" }
    let whole = Int(seconds)
    return whole < 3600
      ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  /// A number with one decimal.
  package static func rounded(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(abs(tenths % 10))"
  }
}

import ForgeCore

/// The top entry of a `debian/changelog`.
///
/// Format: deb-changelog(5).
struct DebianChangelog: Sendable, Equatable {
  var package: String
  var version: String
  /// When the entry was closed, in seconds since 1970.
  var epoch: Int64

  /// Reads the top entry.
  ///
  /// - Throws: `fetch.packaging` where it has no head or no dated end.
  init(_ text: String) throws {
    let lines = text.split(whereSeparator: \.isNewline)
    guard let head = lines.first(where: { !$0.isEmpty && $0.first?.isWhitespace == false }),
      let open = head.firstIndex(of: "("), let close = head[open...].firstIndex(of: ")"),
      let end = lines.first(where: { $0.hasPrefix(" -- ") }), let mail = end.lastIndex(of: ">"),
      let epoch = Self.epoch(end[end.index(after: mail)...])
    else {
      throw ForgeError(
        .fetchPackaging, "debian/changelog has no first entry with version and date, as deb-changelog(5) asks")
    }
    package = String(head[..<open].split(separator: " ").joined())
    version = String(head[head.index(after: open)..<close])
    self.epoch = epoch
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// `Sat, 01 Jan 2022 10:00:00 +0100`, RFC 5322.
  private static func epoch(_ text: Substring) -> Int64? {
    let words = text.split(whereSeparator: { $0.isWhitespace || $0 == "," }).map(String.init)
    guard words.count >= 5 else { return nil }
    let fields = words.suffix(5).map { $0 }
    let time = fields[3].split(separator: ":").compactMap { Int64($0) }
    guard let day = Int64(fields[0]), let month = months.firstIndex(of: String(fields[1].prefix(3))),
      let year = Int64(fields[2]), time.count == 3, let zone = Int64(fields[4]), (1...31).contains(day)
    else { return nil }
    let offset = (zone / 100 * 60 + zone % 100) * 60
    return days(year, Int64(month) + 1, day) * 86400 + time[0] * 3600 + time[1] * 60 + time[2] - offset
  }

  /// Days since 1970 of a Gregorian date (Howard Hinnant, *chrono-Compatible Low-Level Date Algorithms*).
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146097 + dayOfEra - 719468
  }
}

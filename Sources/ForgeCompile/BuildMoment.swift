import Foundation

/// The time a build takes to be the present: that of the commit.
enum BuildMoment {
  /// `__DATE__` as C has it: `Jan  2 2006`, the day padded with a blank.
  static func date(_ epoch: Int64) -> String {
    let parts = components(epoch)
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let day = parts.day ?? 1
    return "\(months[(parts.month ?? 1) - 1]) \(day < 10 ? " " : "")\(day) \(parts.year ?? 1970)"
  }

  /// `__TIME__` as C has it: `15:04:05`.
  static func time(_ epoch: Int64) -> String {
    let parts = components(epoch)
    return [parts.hour, parts.minute, parts.second].map { part in
      let value = part ?? 0
      return value < 10 ? "0\(value)" : String(value)
    }.joined(separator: ":")
  }

  private static func components(_ epoch: Int64) -> DateComponents {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar.dateComponents(
      [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: TimeInterval(epoch)))
  }
}

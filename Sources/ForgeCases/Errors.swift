package import ForgeCore

extension ForgeError.Code {
  /// Nothing the search proposed could be kept.
  package static let noCases = Self("cases.none")
  /// Too few cases were kept to make a suite.
  package static let fewCases = Self("cases.few")
  /// A recorded search is not what its format says.
  package static let malformedSearch = Self("cases.malformed-search")
  /// The inputs taken from upstream's tests are not what their format says.
  package static let malformedHarvest = Self("cases.malformed-harvest")
  /// A file that the recipe names as a table cannot be read.
  package static let unreadableTable = Self("cases.unreadable-table")
  /// A file that the recipe names as a seed cannot be read.
  package static let unreadableSeed = Self("cases.unreadable-seed")
}

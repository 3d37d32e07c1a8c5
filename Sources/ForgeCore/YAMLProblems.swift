/// Collects everything that is wrong with one file.
struct YAMLProblems {
  /// The file, as messages name it.
  let path: String
  /// What was found so far, in the order of finding.
  private(set) var errors: [ForgeError] = []

  init(path: String) { self.path = path }

  /// Adds a problem at a place.
  mutating func add(_ code: ForgeError.Code, _ message: String, at mark: YAMLValue.Mark) {
    errors.append(ForgeError(code, message, path: path, line: mark.line, column: mark.column))
  }

  /// One error that carries all of them, in the order of the file; nil where there is none.
  var failure: ForgeError? {
    let sorted = errors.enumerated().sorted { left, right in
      let leftPlace = (left.element.line ?? 0, left.element.column ?? 0, left.offset)
      let rightPlace = (right.element.line ?? 0, right.element.column ?? 0, right.offset)
      return leftPlace < rightPlace
    }.map(\.element)
    guard var first = sorted.first else { return nil }
    first.others = Array(sorted.dropFirst())
    return first
  }
}

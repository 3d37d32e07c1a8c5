/// One recipe file: what it says, or what is wrong with it.
package struct RecipeFile: Sendable {
  /// The file, as the user named it or as it was found.
  package let path: String
  /// The digest of the file's bytes; nil where it could not be read.
  package let digest: Digest?
  /// The recipe; nil where the file has errors of its own.
  package let recipe: Recipe?
  /// Everything wrong with it, the first in front of its `others`; nil for a good file.
  package internal(set) var failure: ForgeError?
  private let document: YAMLValue?

  /// Decodes the text of a file.
  package init(path: String, text: String) {
    self.path = path
    digest = Digest(of: text)
    (document, recipe, failure) = RecipeDecoder.read(text, path: path)
  }

  /// Stands for a file that cannot be read.
  init(path: String, digest: Digest? = nil, failure: ForgeError) {
    self.path = path
    self.digest = digest
    self.failure = failure
    recipe = nil
    document = nil
  }

  /// A failure at a field of the file, for what only later stages can find out.
  ///
  /// - Parameters:
  ///   - field: Keys and list positions from the top, such as `["packages", "2"]`; the nearest one that is in the file
  ///     gives the place.
  ///   - code: The kind of failure.
  ///   - message: What is wrong and what to do next.
  /// - Returns: The failure with the file, line and column.
  package func failure(at field: [String], _ code: ForgeError.Code, _ message: String) -> ForgeError {
    var mark: YAMLValue.Mark?
    for length in stride(from: field.count, through: 0, by: -1) where mark == nil {
      mark = document?.value(at: field.prefix(length))?.mark
    }
    return ForgeError(code, message, path: path, line: mark?.line ?? 1, column: mark?.column ?? 1)
  }

  /// Adds a failure behind those it has.
  mutating func add(_ error: ForgeError) {
    if failure == nil { failure = error } else { failure?.others.append(error) }
  }
}

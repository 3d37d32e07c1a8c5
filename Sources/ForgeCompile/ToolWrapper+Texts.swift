package import ForgeCore

extension ToolWrapper {
  /// All that stands for a build's tools: what a variant is made by, beside its source and its root.
  ///
  /// - Parameter language: Of the program; builds in any of them may compile C.
  /// - Returns: The texts on end, with nothing of the checkout in them.
  package static func texts(for language: Recipe.Language) -> String {
    var texts = CompilerWrapper.body(date: "", time: "") + date + git(version: "")
    if language == .rust { texts += RustWrapper.body }
    if language == .go { texts += go(real: "", compilerFlags: "") + GoCounters.source }
    return texts
  }
}

package import ForgeCore

extension ForgeError.Code {
  /// A declared document, man page or licence text is not in the checkout, or cannot be taken.
  package static let documentMissing = Self("docs.missing")
  /// A man page could not be rendered.
  package static let documentRender = Self("docs.render")
}

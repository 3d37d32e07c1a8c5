extension ForgeError.Code {
  /// A recipe's text is not YAML, or uses parts of YAML that recipes do without.
  package static let recipeSyntax = Self("recipe.syntax")
  /// A recipe file cannot be read, or there is none where one was asked for.
  package static let recipeUnreadable = Self("recipe.unreadable")
  /// A key that the format does not know.
  package static let recipeUnknownKey = Self("recipe.unknown-key")
  /// The same key twice in one mapping.
  package static let recipeDuplicateKey = Self("recipe.duplicate-key")
  /// A value of another type than the field wants.
  package static let recipeWrongType = Self("recipe.wrong-type")
  /// A field that has no default is not there.
  package static let recipeMissingField = Self("recipe.missing-field")
  /// A value of the right type that the field cannot have.
  package static let recipeBadValue = Self("recipe.bad-value")
  /// A path or pattern that is absolute, leaves the checkout or is not in its simplest form.
  package static let recipeBadPath = Self("recipe.bad-path")
  /// Shell text, an empty vector or an unknown placeholder where an argument vector is wanted.
  package static let recipeBadStep = Self("recipe.bad-step")
  /// An id that is not made of its upstream, or not the file's name.
  package static let recipeBadID = Self("recipe.bad-id")
  /// Two files with the same id.
  package static let recipeDuplicateID = Self("recipe.duplicate-id")
}

/// Names of C++ as a person would write them.
package enum CppName {
  /// Arguments of the library's templates that nearly every program leaves as they are.
  private static let defaults = ["allocator", "char_traits", "less", "hash", "equal_to", "default_delete"].map {
    Array(", std::\($0)<".utf8)
  }

  /// A name without what the library's templates say of themselves: `std::string` for `std::basic_string` of four words.
  ///
  /// - Parameter name: The name as `c++filt` writes it; one of another language stays as it is.
  /// - Returns: The shorter name, which two functions may share.
  package static func short(_ name: String) -> String {
    let plain = name.replacing("[abi:cxx11]", with: "").replacing("std::__cxx11::", with: "std::")
    guard plain.contains("std::") else { return plain }
    let kept = String(decoding: withoutDefaults(Array(plain.utf8)[...]), as: UTF8.self)
    return kept.replacing(" >", with: ">").replacing(/std::basic_([a-z_]+)<char>/) { "std::\($0.output.1)" }
  }

  /// Leaves out default arguments, but only between `<` and `>`: a function may have a parameter of such a type.
  private static func withoutDefaults(_ name: ArraySlice<UInt8>) -> [UInt8] {
    var kept: [UInt8] = []
    var open: [UInt8] = []
    var rest = name
    while let byte = rest.first {
      if let length = operatorLength(rest) {
        kept += rest.prefix(length)
        rest = rest.dropFirst(length)
        continue
      }
      if open.last == UInt8(ascii: "<"), let first = defaults.first(where: { rest.starts(with: $0) }) {
        rest = afterArgument(rest.dropFirst(first.count))
        continue
      }
      switch byte {
      case UInt8(ascii: "<"), UInt8(ascii: "("): open.append(byte)
      case UInt8(ascii: ">"), UInt8(ascii: ")"): _ = open.popLast()
      default: break
      }
      kept.append(byte)
      rest = rest.dropFirst()
    }
    return kept
  }

  /// The length of `operator<`, `operator->` and such, whose signs are no brackets; nil where there is none.
  private static func operatorLength(_ text: ArraySlice<UInt8>) -> Int? {
    let word = Array("operator".utf8)
    guard text.starts(with: word) else { return nil }
    let signs = text.dropFirst(word.count).prefix { "<>=-".utf8.contains($0) }.count
    return signs == 0 ? nil : word.count + signs
  }

  /// What follows the `>` that closes a template whose `<` has been read.
  private static func afterArgument(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var depth = 1
    var rest = text
    while depth > 0, let byte = rest.popFirst() {
      if byte == UInt8(ascii: "<") { depth += 1 }
      if byte == UInt8(ascii: ">") { depth -= 1 }
    }
    return rest
  }
}

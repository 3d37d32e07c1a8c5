extension Recipe {
  /// One program run with its arguments, never a shell's text.
  ///
  /// `$JOBS` in an argument stands for the number of parallel jobs and `$$` for one dollar sign; nothing else is
  /// replaced.
  package struct Step: Sendable, Hashable {
    /// The program, found on `PATH` or relative to the checkout, and its arguments, as written.
    package var arguments: [String]

    /// Takes the words as written.
    package init(_ arguments: [String]) { self.arguments = arguments }

    /// The argument vector to run.
    ///
    /// - Parameter jobs: How many jobs a build may run at once.
    /// - Returns: The program and its arguments with nothing left to replace.
    package func argv(jobs: Int) -> [String] {
      arguments.map { Self.expand($0, jobs: jobs) }
    }

    private static func expand(_ text: String, jobs: Int) -> String {
      var result = ""
      var rest = Substring(text)
      while let dollar = rest.firstIndex(of: "$") {
        result += rest[..<dollar]
        rest = rest[rest.index(after: dollar)...]
        if rest.hasPrefix("JOBS") {
          result += String(jobs)
          rest = rest.dropFirst(4)
        } else {
          result += "$"
          if rest.hasPrefix("$") { rest = rest.dropFirst() }
        }
      }
      return result + rest
    }
  }
}

extension Recipe.Step: ExpressibleByArrayLiteral {
  /// Takes the words of a literal.
  package init(arrayLiteral elements: String...) { self.init(elements) }
}

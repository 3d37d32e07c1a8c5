import ForgeCore

/// What an outcome shows by accident: the same in every run here, and yet nothing that a rebuild could know.
enum Accident {
  /// What is shown so, in words; nil where nothing is.
  ///
  /// - Parameters:
  ///   - outcome: What the reference showed.
  ///   - invocation: What it was given: what a program repeats is no accident.
  ///   - documents: The documents as one text; nor is what they show.
  /// - Returns: The reason why this is no case.
  static func words(_ outcome: Outcome, of invocation: Invocation, documents: String) -> String? {
    let texts = [outcome.stdout, outcome.stderr] + outcome.files.compactMap(\.data)
    if texts.contains(where: { $0.bytes.firstRange(of: null) != nil }), !documents.contains("(null)"),
      !given(invocation).contains(where: { $0.bytes.firstRange(of: null) != nil })
    {
      return "prints a null pointer as text, which C leaves undefined"
    }
    return processorWords([outcome.stdout, outcome.stderr], of: invocation, documents)
  }

  /// What glibc, musl and others print for `%s` and a null pointer.
  private static let null = Array("(null)".utf8)

  /// Extensions of processors, as `/proc/cpuinfo` and programs name them, without `.`, `-` and `_`.
  ///
  /// No gate can change the processor, and a program that tells what it found fails its own cases on another one.
  private static let extensions: Set<String> = [
    "mmx", "sse", "sse2", "sse3", "ssse3", "sse4", "sse41", "sse42", "sse4a", "avx", "avx2", "avx512", "avx512f",
    "avx512bw", "avx512vl", "avx512dq", "bmi", "bmi1", "bmi2", "popcnt", "lzcnt", "f16c", "fma", "aesni", "pclmul",
    "pclmulqdq", "clmul", "neon", "asimd", "sve", "rdrand", "adx", "shani", "cmov",
  ]

  /// Names of two extensions in one line are what was found; in a document they are a list.
  private static func processorWords(_ texts: [ByteString], of invocation: Invocation, _ documents: String) -> String? {
    for line in texts.lazy.compactMap(\.text).joined(separator: "\n").split(separator: "\n") {
      let names = line.split { !($0.isLetter || $0.isNumber || "._-".contains($0)) }.filter {
        extensions.contains($0.lowercased().filter { !"._-".contains($0) })
      }
      guard Set(names).count > 1,
        !documents.contains(line.split(whereSeparator: \.isWhitespace).joined(separator: " ")),
        !given(invocation).contains(where: { text in names.contains { text.lossyText.contains($0) } })
      else { continue }
      return "tells what the processor can do: \(names.prefix(3).joined(separator: ", "))"
    }
    return nil
  }

  private static func given(_ invocation: Invocation) -> [ByteString] {
    invocation.argv + [invocation.stdin] + invocation.files.compactMap(\.data)
  }
}

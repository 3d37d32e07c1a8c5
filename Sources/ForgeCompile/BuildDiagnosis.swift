/// Reads from the end of a build's log why it failed, for the sentence that tells a person what to do.
package enum BuildDiagnosis {
  /// What is to be done next.
  ///
  /// - Parameters:
  ///   - lines: The last lines of the log.
  ///   - status: The exit status, where the step ended by itself.
  ///   - program: What the step ran.
  /// - Returns: nil where the log shows nothing familiar.
  package static func advice(lines: [String], status: Int32?, program: String) -> String? {
    for line in lines.reversed() {
      if let advice = advice(line: line) { return advice }
    }
    switch status {
    case 127: return "`\(program)` or a program that it runs is not in the build root: add its package to `packages`"
    case 126: return "`\(program)` is not executable"
    default: return nil
    }
  }

  /// Whether the log says that memory ran out, although the watch did not see it.
  package static func ranOutOfMemory(lines: [String]) -> Bool {
    let signs = [
      "virtual memory exhausted", "out of memory allocating", "Cannot allocate memory", "std::bad_alloc",
      "Killed signal terminated program", "fatal error: runtime: out of memory", "java.lang.OutOfMemoryError",
      "memory exhausted", "collect2: fatal error: ld terminated with signal 9", "LLVM ERROR: out of memory",
    ]
    return lines.contains { line in signs.contains { line.contains($0) } }
  }

  private static func advice(line: String) -> String? {
    let network = [
      "Could not resolve host", "Temporary failure in name resolution", "Network is unreachable",
      "Name or service not known", "module lookup disabled by GOPROXY=off", "failed to download from `",
      "can't be used in offline mode", "attempting to make an HTTP request, but --offline was specified",
    ]
    if network.contains(where: line.contains) {
      return "build steps have no network: bring what they download by steps under `fetch`"
    }
    if let header = between("fatal error: ", ": No such file or directory", in: line) {
      return "the header \(header) is missing: add the -dev package that has it to `packages`"
    }
    if let library = after("cannot find -l", in: line) {
      return "lib\(library.prefix { $0 != ":" && $0 != " " }) cannot be linked: add its -dev package to `packages`; "
        + "where that has no .a file, `link: dynamic` is needed"
    }
    if line.contains("attempted static link of dynamic object") {
      return "a shared library stands in the way of `link: static`: turn shared libraries off (`--disable-shared`)"
    }
    if line.contains("Read-only file system") {
      return "a step writes outside of \(BuildLayout.top): everything else is read-only"
    }
    for sign in [": command not found", ": not found"] where line.hasSuffix(sign) {
      let command = line.dropLast(sign.count).split(separator: " ").last.map(String.init) ?? "a program"
      return "\(command) is not in the build root: add its package to `packages`"
    }
    if line.contains("No space left on device") { return "there is no space left where builds are made, or in /tmp" }
    return nil
  }

  private static func after(_ start: String, in line: String) -> Substring? {
    line.firstRange(of: start).map { line[$0.upperBound...] }
  }

  private static func between(_ start: String, _ end: String, in line: String) -> Substring? {
    guard let rest = after(start, in: line), let stop = rest.firstRange(of: end) else { return nil }
    return rest[..<stop.lowerBound]
  }
}

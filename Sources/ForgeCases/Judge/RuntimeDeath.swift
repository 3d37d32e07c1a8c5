import ForgeCore

/// Ends that a language's runtime gives a program which broke its rules: no signal, but no behaviour to rebuild either.
enum RuntimeDeath {
  /// What ended a run so, in words; nil where nothing did.
  static func words(_ outcome: Outcome) -> String? {
    guard case .exit(let status) = outcome.termination, !outcome.stderr.isEmpty else { return nil }
    let lines = outcome.stderr.bytes.split(separator: 10)
    func has(_ start: String) -> Bool { lines.contains { $0.starts(with: start.utf8) } }
    switch status {
    // <https://pkg.go.dev/runtime>: a panic and a fatal error end with status 2 and the stacks of goroutines.
    case 2 where (has("panic: ") || has("fatal error: ")) && has("goroutine "): return "a panic of Go's runtime"
    // <https://doc.rust-lang.org/std/macro.panic.html>: a panic of the main thread ends with status 101.
    case 101 where lines.contains(where: { isPanic($0) }): return "a panic of Rust's runtime"
    case 1 where has("Exception in thread \""): return "an exception that nothing in the program caught"
    default: return nil
    }
  }

  private static func isPanic(_ line: ArraySlice<UInt8>) -> Bool {
    line.starts(with: "thread '".utf8) && line.firstRange(of: Array(" panicked at ".utf8)) != nil
  }
}

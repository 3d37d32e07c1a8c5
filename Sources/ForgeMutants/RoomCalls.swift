/// Which registers hold an amount of memory when a function is called, in the calling conventions of C, Rust and Go.
enum RoomCalls {
  /// An amount in a constant of the program's own wrapper is at least this; below are flags.
  static let leastOfWrapper: UInt64 = 8
  /// A power of two from here on that is read in one piece is the size of a buffer.
  static let leastBuffer: UInt64 = 1024

  /// How a constant must be for a register of a call to hold nothing but room.
  enum Size {
    /// As it may.
    case any
    /// At least ``leastOfWrapper``.
    case ofWrapper
    /// A power of two, at least ``leastBuffer``.
    case ofBuffer

    func holds(_ value: UInt64) -> Bool {
      switch self {
      case .any: true
      case .ofWrapper: value >= leastOfWrapper
      case .ofBuffer: value >= leastBuffer && value & (value - 1) == 0
      }
    }
  }

  /// The registers with amounts of memory in a call.
  ///
  /// - Parameter callee: The name of what is called.
  /// - Returns: The registers by ``Registers``, and what a constant in one must be; nil for a call that asks for none.
  static func registers(of callee: String) -> (names: Set<String>, size: Size)? {
    var name = callee[...]
    for start in ["__libc_", "__"] where name.hasPrefix(start) && !name.hasPrefix("__rust") {
      name = name.dropFirst(start.count)
      break
    }
    if let known = allocators[String(name)] { return (known, .any) }
    if let known = readers[String(name)] { return (known, .ofBuffer) }
    // The place of an amount in a wrapper's arguments is not known: xmalloc, js_realloc, luaM_realloc_, tcc_mallocz.
    let word = name.lowercased()
    let isWrapper =
      ["malloc", "calloc", "realloc"].contains(where: word.contains)
      || word.hasSuffix("alloc") && !word.hasSuffix("dealloc")
    return isWrapper ? (["di", "si", "dx", "cx"], .ofWrapper) : nil
  }

  private static let allocators: [String: Set<String>] = [
    "malloc": ["di"], "calloc": ["di", "si"], "realloc": ["si"], "reallocarray": ["si", "dx"], "memalign": ["si"],
    "aligned_alloc": ["si"], "posix_memalign": ["dx"], "valloc": ["di"], "_Znwm": ["di"], "_Znam": ["di"],
    "__rust_alloc": ["di"], "__rust_alloc_zeroed": ["di"], "__rust_realloc": ["cx"],
    // The length of a slice is seen, its capacity is not; of a map only a hint is given.
    "runtime.makeslice": ["cx"], "runtime.makemap": ["bx"],
  ]
  private static let readers: [String: Set<String>] = [
    "read": ["dx"], "recv": ["dx"], "fread": ["si", "dx"], "fread_unlocked": ["si", "dx"], "setvbuf": ["cx"],
  ]
}

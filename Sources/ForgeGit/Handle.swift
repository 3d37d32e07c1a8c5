import CLibgit2

/// One object that libgit2 gave out, freed when this goes out of scope.
struct Handle: ~Copyable {
  let pointer: OpaquePointer
  private let release: @convention(c) (OpaquePointer?) -> Void

  /// Owns `pointer` from here on.
  init(_ pointer: OpaquePointer, _ release: @escaping @convention(c) (OpaquePointer?) -> Void) {
    self.pointer = pointer
    self.release = release
  }

  deinit { release(pointer) }

  /// Calls `make` and owns what it returned, or throws what libgit2 said.
  static func make(
    _ doing: @autoclosure () -> String, _ release: @escaping @convention(c) (OpaquePointer?) -> Void,
    _ make: (inout OpaquePointer?) -> Int32
  ) throws -> Handle {
    var pointer: OpaquePointer?
    try Library.check(make(&pointer), doing())
    return Handle(pointer!, release)
  }
}

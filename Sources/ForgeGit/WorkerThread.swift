import Foundation

/// A thread for work that blocks, with a stack that libgit2's recursion fits in.
enum WorkerThread {
  static func start(_ body: @escaping @Sendable () -> Void) {
    let thread = Thread(block: body)
    thread.stackSize = 8 << 20
    thread.name = "taskforge-git"
    thread.start()
  }
}

/// Lets a number of tasks work side by side; others wait for their turn, the first to come first.
actor Turns {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// Makes turns for so many at once, at least one.
  init(_ count: Int) { free = max(1, count) }

  /// Works when there is a turn; whoever was cancelled while waiting does not begin.
  ///
  /// - Throws: `CancellationError` and what the body throws.
  nonisolated func take<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
    await begin()
    do {
      try Task.checkCancellation()
      let result = try await body()
      await end()
      return result
    } catch {
      await end()
      throw error
    }
  }

  private func begin() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  private func end() {
    if waiting.isEmpty {
      free += 1
    } else {
      waiting.removeFirst().resume()
    }
  }
}

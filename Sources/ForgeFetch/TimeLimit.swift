import ForgeCore

/// Ends work that takes too long by cancelling its task.
enum TimeLimit {
  /// Runs `body`, for as long as `limit` allows.
  ///
  /// - Throws: `core.deadline` when the time is over; `core.cancelled` for a cancelled task.
  static func run<Result: Sendable>(
    _ limit: Duration?, _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    guard let limit else { return try await translating(body) }
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask { try await translating(body) }
      group.addTask {
        try? await Task.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      if let first = try await group.next(), let result = first { return result }
      throw Task.isCancelled
        ? ForgeError(.cancelled, "fetching was cancelled; run it again to resume")
        : ForgeError(.deadline, "fetching took longer than its \(limit.inSeconds) s; allow it more time")
    }
  }

  private static func translating<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
      return try await body()
    } catch is CancellationError {
      throw ForgeError(.cancelled, "fetching was cancelled; run it again to resume")
    }
  }
}

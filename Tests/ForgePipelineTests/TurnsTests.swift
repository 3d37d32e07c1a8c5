import Synchronization
import TestSupport
import Testing

@testable import ForgePipeline

@Suite struct TurnsTests {
  private final class Gauge: Sendable {
    private let state = Mutex((now: 0, most: 0, all: 0))
    var most: Int { state.withLock { $0.most } }
    var all: Int { state.withLock { $0.all } }
    func work() async throws {
      state.withLock {
        $0.now += 1
        $0.all += 1
        $0.most = max($0.most, $0.now)
      }
      defer { state.withLock { $0.now -= 1 } }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  @Test(arguments: [0, 1, 2, 30]) func asManyWorkAsThereAreTurns(turns count: Int) async throws {
    let (turns, gauge) = (Turns(count), Gauge())
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 { group.addTask { try await turns.take { try await gauge.work() } } }
      try await group.waitForAll()
    }
    #expect(gauge.all == 20)
    #expect(gauge.most <= max(1, count) && (count < 2 || gauge.most > 1))
  }

  @Test func whatFailsGivesItsTurnBack() async throws {
    struct Failure: Error {}
    let turns = Turns(1)
    for _ in 0..<3 {
      await #expect(throws: Failure.self) { try await turns.take { throw Failure() } }
    }
    #expect(try await turns.take { 7 } == 7)
  }

  @Test func whatIsCancelledDoesNotBegin() async throws {
    let (turns, gauge) = (Turns(1), Gauge())
    let (entered, enter) = AsyncStream.makeStream(of: Void.self)
    let first = Task {
      try await turns.take {
        enter.yield()
        try await Task.sleep(for: .seconds(60))
      }
    }
    for await _ in entered { break }
    let second = Task { try await turns.take { try await gauge.work() } }
    second.cancel()
    first.cancel()
    await #expect(throws: CancellationError.self) { try await first.value }
    await #expect(throws: CancellationError.self) { try await second.value }
    #expect(gauge.all == 0)
    try await turns.take { try await gauge.work() }
    #expect(gauge.all == 1)
  }
}

import TestSupport

@testable import ForgePipeline

/// Keeps the events of a pipeline.
final class EventLog: Sendable {
  private let events = Protected<[PipelineEvent]>([])
  func add(_ event: PipelineEvent) { events.change { $0.append(event) } }

  /// Stages that failed.
  var failed: [String] {
    events.value.compactMap { event in if case .failed(let stage) = event { stage } else { nil } }
  }

  /// Stages that did work.
  var madeAnew: [String] {
    events.value.compactMap { event in
      if case .finished(let stage, _, _, let cached) = event, !cached { stage } else { nil }
    }
  }
}

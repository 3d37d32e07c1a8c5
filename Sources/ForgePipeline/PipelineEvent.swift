/// What a pipeline tells whoever watches it.
package enum PipelineEvent: Sendable {
  /// A stage begins; `detail` says on what.
  case started(stage: String, detail: String)
  /// A stage has something to show: one line, replacing the one before.
  case progress(stage: String, text: String)
  /// A stage is waiting for another process that makes the same output.
  case waiting(stage: String)
  /// A stage is done; `cached` says that its output was there already.
  case finished(stage: String, detail: String, seconds: Double, cached: Bool)
  /// A stage ended with an error, which the caller gets.
  case failed(stage: String)
  /// Something a person should know and that stops nothing.
  case note(String)
}

/// Takes events from any thread; it must not block for long.
package typealias PipelineObserver = @Sendable (PipelineEvent) -> Void

import Synchronization

/// A value that several threads of a test change.
package final class Protected<Value: Sendable>: Sendable {
  private let state: Mutex<Value>
  /// Takes the first value.
  package init(_ value: Value) { state = Mutex(value) }
  /// The value as it is.
  package var value: Value { state.withLock { $0 } }
  /// Changes the value.
  package func change(_ body: @Sendable (inout Value) -> Void) { state.withLock { body(&$0) } }
}

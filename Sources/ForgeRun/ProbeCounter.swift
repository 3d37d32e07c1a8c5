import ForgeCore
import ForgeSandbox
import Synchronization
import SystemPackage

/// Numbers the calls of one run, and remembers what was wrong with the machine and not with a call.
final class ProbeCounter: Sendable {
  private struct State {
    var last = 0
    var failure: String?
  }
  private let state = Mutex(State())

  /// The number of the next call, from 1.
  func next() -> Int {
    state.withLock { state in
      state.last += 1
      return state.last
    }
  }

  /// How many calls there were.
  var count: Int { state.withLock { $0.last } }

  /// Why the first call was not made that could have been; nil where all were.
  var failure: String? { state.withLock { $0.failure } }

  /// Takes an error; what a call brought about by what it sent is none of ours.
  func note(_ error: ForgeError) {
    guard error.code != .badInvocation, error.code != .cancelled, error.cause as? Errno != .noSpace else { return }
    state.withLock { $0.failure = $0.failure ?? error.message }
  }
}

import ForgeCore
import ForgePipeline
import Foundation
import Synchronization
import SystemPackage

#if canImport(Glibc)
  import Glibc
#endif

/// Shows the events of a pipeline on standard error.
///
/// On a terminal the running stages stand in the last line, with the time they have taken, and finished ones scroll by
/// above it; elsewhere every event that a log should keep is one plain line, and so is every minute of a stage: who reads
/// a log must be able to tell long work from none.
final class ProgressView: Sendable {
  private struct State {
    var running: [(stage: String, detail: String, start: ContinuousClock.Instant)] = []
    var text: [String: String] = [:]
    var drawn = false
  }
  private let state = Mutex(State())
  private let live: Bool
  private let quiet: Bool
  private let write: @Sendable (String) -> Void
  private let start = ContinuousClock.now
  private let ticker: Mutex<Task<Void, Never>?> = Mutex(nil)

  /// A view of standard error; `quiet` shows notes only.
  convenience init(quiet: Bool = false) {
    let live = isatty(2) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    self.init(quiet: quiet, live: live, beat: live ? .milliseconds(200) : .seconds(60), write: Output.say)
  }

  /// A view that shows at every `beat` what is going on, in the last line of a terminal or else in lines for `write`.
  init(quiet: Bool, live: Bool, beat: Duration, write: @escaping @Sendable (String) -> Void) {
    self.quiet = quiet
    self.live = live && !quiet
    self.write = write
    guard !quiet else { return }
    ticker.withLock {
      $0 = Task { [weak self] in
        while true {
          do { try await Task.sleep(for: beat) } catch { return }
          self?.tick()
        }
      }
    }
  }

  /// Takes an event.
  func observe(_ event: PipelineEvent) {
    state.withLock { state in
      switch event {
      case .started(let stage, let detail):
        state.running.append((stage, detail, .now))
        if !live { say("\(clock())  \(stage)  \(detail)", &state) }
      case .progress(let stage, let text): state.text[stage] = text
      case .waiting(let stage): say("\(clock())  \(stage)  waits for another process that makes the same", &state)
      case .finished(let stage, let detail, let seconds, let cached):
        state.running.removeAll { $0.stage == stage }
        state.text[stage] = nil
        let took = cached ? "from the store" : Quantity.seconds(seconds)
        say("\(clock())  \(stage)  \(detail.isEmpty ? "done" : detail)  (\(took))", &state)
      case .failed(let stage):
        state.running.removeAll { $0.stage == stage }
        state.text[stage] = nil
        say("\(clock())  \(stage)  failed", &state)
      case .note(let text):
        erase(&state)
        write("note: \(text)")
      }
      draw(&state)
    }
  }

  /// Takes the live line away, before a result is printed.
  func close() {
    ticker.withLock { $0?.cancel() }
    state.withLock { erase(&$0) }
  }

  private func tick() {
    state.withLock { state in
      if live { return draw(&state) }
      for item in state.running {
        let elapsed = Quantity.seconds((ContinuousClock.now - item.start).inSeconds)
        say("\(clock())  \(item.stage)  \(state.text[item.stage] ?? item.detail), for \(elapsed)", &state)
      }
    }
  }

  private func clock() -> String {
    let seconds = Int((ContinuousClock.now - start).inSeconds)
    let tail = seconds % 60
    return "\(seconds / 60):\(tail < 10 ? "0" : "")\(tail)"
  }

  private func say(_ line: String, _ state: inout State) {
    guard !quiet else { return }
    erase(&state)
    write(line)
  }

  private func erase(_ state: inout State) {
    guard state.drawn else { return }
    _ = try? FileDescriptor.standardError.writeAll("\r\u{1b}[K".utf8)
    state.drawn = false
  }

  private func draw(_ state: inout State) {
    guard live, !state.running.isEmpty else { return }
    let parts = state.running.map { item in
      let elapsed = Quantity.seconds((ContinuousClock.now - item.start).inSeconds)
      return "\(item.stage) \(state.text[item.stage] ?? item.detail) (\(elapsed))"
    }
    let line = "\(clock())  " + parts.joined(separator: " · ")
    let visible = line.unicodeScalars.filter { $0.value >= 32 }.prefix(width - 1)
    _ = try? FileDescriptor.standardError.writeAll("\r\u{1b}[K\(String(String.UnicodeScalarView(visible)))".utf8)
    state.drawn = true
  }

  private var width: Int {
    var size = winsize()
    return ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20 ? Int(size.ws_col) : 80
  }
}

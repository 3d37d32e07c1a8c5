import ForgeCore
import ForgeSandbox
import Glibc
import SystemPackage

/// One line under way: passes bytes between whoever asked for it and the room, keeps the time, and tells how it ended.
///
/// Belongs to one thread, which it blocks.
final class LineCall {
  /// How a line ended and what it wrote.
  struct Ending {
    /// 0 to 255, as a shell would say it; ``LineServer/Status`` has those that are not the line's own.
    var status: Int32
    /// Why taskforge ended it; nil where it did not.
    var stopped: String?
    var stdoutBytes = 0
    var stderrBytes = 0
  }

  private struct Source {
    var descriptor: FileDescriptor?
    let kind: LineServer.Record
    var bytes = 0
  }

  private let client: SocketStream
  private let room: Room
  private let line: Room.Line
  private let limits: LineServer.Limits
  private var sources: [Source]
  private var input: FileDescriptor?
  private var pending: ArraySlice<UInt8> = []
  private var clientSends = true
  private var clientListens = true
  private var status: Int32?
  private var stopped: String?
  private var sent = 0
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)

  /// After a line's shell has ended, its pipes are read until nothing has come for so long, in milliseconds: others may
  /// hold them open.
  private static let quiet: Int32 = 50
  /// So long, in seconds, a line that was killed may take to end.
  private static let grace = 5

  init(_ line: Room.Line, in room: Room, for client: SocketStream, limits: LineServer.Limits) {
    self.line = line
    self.room = room
    self.client = client
    self.limits = limits
    input = line.input
    sources = [Source(descriptor: line.output, kind: .output), Source(descriptor: line.error, kind: .error)]
  }

  /// Passes bytes until the line has ended.
  ///
  /// - Returns: how; and the pipes that background processes still hold open, for the caller to read on.
  func run() -> (ending: Ending, open: [FileDescriptor]) {
    var deadline = ContinuousClock.now + .seconds(limits.seconds)
    while true {
      let now = ContinuousClock.now
      if status == nil, now >= deadline {
        guard stopped == nil else { break }
        stop("time")
        deadline = now + .seconds(Self.grace)
      }
      if status != nil, now >= deadline { break }
      let wasRunning = status == nil
      let left = max(0, Int32((deadline - now) / .milliseconds(1)) + 1)
      let isQuiet = !pass(within: wasRunning ? left : min(left, Self.quiet))
      if wasRunning, status != nil { deadline = .now + .seconds(1) }
      if !wasRunning, isQuiet || sources.allSatisfy({ $0.descriptor == nil }) { break }
    }
    return finish()
  }

  private func finish() -> (ending: Ending, open: [FileDescriptor]) {
    try? input?.close()
    try? line.status.close()
    var ending = Ending(status: code, stopped: stopped, stdoutBytes: sources[0].bytes, stderrBytes: sources[1].bytes)
    if status == nil || status == Self.noStatus, stopped == nil {
      ending.stopped = "room"
      ending.status = LineServer.Status.failed
      tell("the cleanroom has ended")
    }
    let total = ending.stdoutBytes + ending.stderrBytes
    if total > sent, clientListens {
      tell("the line wrote \(total) bytes; those after the first \(limits.outputBytes) were left out")
    }
    if stopped == "time" {
      tell("the line was stopped after \(limits.seconds) s, the most that one may run")
    }
    return (ending, sources.compactMap(\.descriptor))
  }

  private static let noStatus: Int32 = -1

  private var code: Int32 {
    if stopped == "time" { return LineServer.Status.time }
    guard let status, status != Self.noStatus else { return LineServer.Status.failed }
    // As wait(2) lays it out: the signal below, the exit status above.
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
  }

  private func stop(_ reason: String) {
    guard stopped == nil, status == nil else { return }
    stopped = reason
    room.stop(line)
  }

  private func tell(_ text: String) { forward(.error, Array("taskforge: \(text)\n".utf8)) }

  private func forward(_ kind: LineServer.Record, _ bytes: some Collection<UInt8>) {
    guard clientListens else { return }
    do {
      try client.write(WireNumbers.bytes(kind.rawValue) + WireNumbers.bytes(UInt32(bytes.count)) + bytes)
    } catch {
      hangUp()
    }
  }

  /// Nobody is left who could read what the line shows.
  private func hangUp() {
    clientListens = false
    clientSends = false
    stop("caller")
  }

  /// Waits for something to pass on; false where nothing came in that time.
  private func pass(within milliseconds: Int32) -> Bool {
    func entry(_ descriptor: FileDescriptor?, _ events: Int32) -> pollfd {
      pollfd(fd: descriptor?.rawValue ?? -1, events: Int16(events), revents: 0)
    }
    var polled = [
      entry(clientListens ? client.descriptor : nil, clientSends && pending.isEmpty ? POLLIN : 0),
      entry(pending.isEmpty ? nil : input, POLLOUT), entry(sources[0].descriptor, POLLIN),
      entry(sources[1].descriptor, POLLIN), entry(status == nil ? line.status : nil, POLLIN),
    ]
    guard poll(&polled, nfds_t(polled.count), milliseconds) > 0 else { return false }
    // What was written is taken before the end of whoever wrote it.
    for index in sources.indices where polled[2 + index].revents != 0 { take(index) }
    if polled[0].revents & Int16(POLLIN) != 0 {
      takeInput()
    } else if polled[0].revents & Int16(POLLHUP | POLLERR) != 0 {
      hangUp()
    }
    if polled[1].revents != 0 { giveInput() }
    if polled[4].revents != 0 { takeStatus() }
    return polled[2].revents != 0 || polled[3].revents != 0
  }

  private func take(_ index: Int) {
    guard let descriptor = sources[index].descriptor else { return }
    let count = read(descriptor.rawValue, &buffer, buffer.count)
    if count < 0, errno == EINTR { return }
    guard count > 0 else {
      try? descriptor.close()
      sources[index].descriptor = nil
      return
    }
    sources[index].bytes += count
    let shown = buffer[..<min(count, limits.outputBytes - sent)]
    sent += shown.count
    if !shown.isEmpty { forward(sources[index].kind, shown) }
  }

  private func takeInput() {
    let count = read(client.descriptor.rawValue, &buffer, buffer.count)
    if count < 0, errno == EINTR { return }
    guard count > 0 else {
      clientSends = false
      return closeInput()
    }
    if input != nil { pending = ArraySlice(buffer[..<count]) }
  }

  private func giveInput() {
    guard let input else { return }
    let count = pending.withUnsafeBytes { bytes in
      // A pipe that nobody reads any more is no reason for this process to end.
      ignoringPipeSignal { write(input.rawValue, bytes.baseAddress, bytes.count) }
    }
    if count > 0 {
      pending = pending.dropFirst(count)
      if pending.isEmpty { pending = [] }
    } else if errno != EAGAIN, errno != EINTR {
      closeInput()
    }
  }

  private func closeInput() {
    try? input?.close()
    input = nil
    pending = []
  }

  private func takeStatus() {
    var value: Int32 = 0
    let count = read(line.status.rawValue, &value, 4)
    status = count == 4 ? value : Self.noStatus
  }
}

/// Runs a write on this thread so that a closed pipe is an error and no signal.
private func ignoringPipeSignal<Result>(_ body: () -> Result) -> Result {
  var pipe = sigset_t()
  var before = sigset_t()
  sigemptyset(&pipe)
  sigaddset(&pipe, SIGPIPE)
  pthread_sigmask(SIG_BLOCK, &pipe, &before)
  let result = body()
  let code = errno
  var now = timespec()
  if sigismember(&before, SIGPIPE) == 0 { while sigtimedwait(&pipe, nil, &now) > 0 {} }
  pthread_sigmask(SIG_SETMASK, &before, nil)
  errno = code
  return result
}

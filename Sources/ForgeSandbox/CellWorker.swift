import ForgeCore
import Glibc
import SystemPackage

/// One cell as its pool's thread sees it: what is being sent, what has come, which cases it has.
///
/// Belongs to the thread of ``CellLoop`` and to no other.
final class CellWorker {
  /// Whether the worker has a process, and what for.
  enum State {
    case absent
    case starting(CellProcess)
    case ready(CellProcess)
    /// Told to end; the process is released when all of its kind are gone.
    case leaving(CellProcess)
  }

  let index: Int
  var state = State.absent
  /// Cases sent or being sent, the one that runs first.
  private(set) var jobs: [CellJob] = []
  /// When the first of ``jobs`` is overdue.
  private(set) var overdue: ContinuousClock.Instant?
  /// What the processes said on standard error, its last bytes.
  private(set) var messages: [UInt8] = []
  private var outbox: [UInt8] = []
  private var outboxSent = 0
  private var inbox: [UInt8] = []
  /// Where in ``inbox`` the next record begins.
  private var scanned = 0

  /// Beyond its wall-clock stop a case has this long to die and be collected.
  private static let grace = Duration.seconds(60)
  private static let messageLimit = 4096

  init(index: Int) { self.index = index }

  var process: CellProcess? {
    switch state {
    case .absent: nil
    case .starting(let process), .ready(let process), .leaving(let process): process
    }
  }

  var hasBytesToSend: Bool { outboxSent < outbox.count }

  /// Gives a case to the cell.
  func take(_ job: CellJob) {
    jobs.append(job)
    if jobs.count == 1 { watchFirst() }
    if outboxSent == outbox.count {
      outbox = job.request
      outboxSent = 0
    } else {
      outbox += job.request
    }
  }

  private func watchFirst() {
    overdue = jobs.first.map { .now + .milliseconds(Int64($0.wallMilliseconds)) + Self.grace }
  }

  /// Sends what the socket takes; false where the cell is gone.
  func send() -> Bool {
    guard let socket = process?.socket else { return false }
    while outboxSent < outbox.count {
      let count = outbox.withUnsafeBytes { bytes in
        Glibc.send(socket, bytes.baseAddress! + outboxSent, bytes.count - outboxSent, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        outboxSent += count
      } else if errno == EAGAIN {
        return true
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }

  /// Takes what the cell sent into the inbox; false where it is gone.
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard let socket = process?.socket else { return false }
    while true {
      let count = read(socket, buffer.baseAddress!, buffer.count)
      if count > 0 {
        inbox.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        if count < buffer.count { return true }
      } else if count < 0, errno == EAGAIN {
        return true
      } else if count == 0 || errno != EINTR {
        return false
      }
    }
  }

  /// Takes what the processes say; false when nobody is left to say anything.
  func listen(into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard let descriptor = process?.messages else { return false }
    while true {
      let count = read(descriptor, buffer.baseAddress!, buffer.count)
      if count > 0 {
        messages += UnsafeRawBufferPointer(rebasing: buffer[..<count])
        if messages.count > Self.messageLimit { messages.removeFirst(messages.count - Self.messageLimit) }
      } else if count < 0, errno == EAGAIN {
        return true
      } else if count == 0 || errno != EINTR {
        return false
      }
    }
  }

  /// What the cell has completed.
  enum Event {
    case ready(ArraySlice<UInt8>)
    case result(CellJob, [UInt8])
    case nonsense
  }

  /// The next complete thing in the inbox; nil when more must come first.
  func nextEvent() -> Event? {
    while inbox.count - scanned >= CellRecord.headerBytes {
      var reader = CellReader(inbox, from: scanned)
      let kind = CellRecord(rawValue: reader.number())
      let count = Int(reader.number(UInt32.self))
      guard reader.remaining >= count else { return nil }
      let start = scanned + CellRecord.headerBytes
      scanned = start + count
      switch kind {
      case .ready:
        let payload = inbox[start..<scanned]
        discardScanned()
        return .ready(payload)
      case .end, .failed:
        let answered: UInt64 = reader.number()
        guard let job = jobs.first, job.id == answered else { return .nonsense }
        jobs.removeFirst()
        watchFirst()
        if scanned == inbox.count {
          defer { discardScanned() }
          return .result(job, inbox)
        }
        let bytes = Array(inbox[..<scanned])
        discardScanned()
        return .result(job, bytes)
      case .stdout, .stderr, .entry, .content, .reached, .edges: continue
      case nil: return .nonsense
      }
    }
    return nil
  }

  private func discardScanned() {
    if scanned == inbox.count { inbox = [] } else { inbox.removeFirst(scanned) }
    scanned = 0
  }

  /// Drops all that was under way, and gives the cases that have no result.
  func abandon() -> [CellJob] {
    defer { jobs = [] }
    outbox = []
    outboxSent = 0
    inbox = []
    scanned = 0
    overdue = nil
    return jobs
  }

  /// Forgets what was said, when a fresh process is started.
  func forgetMessages() { messages = [] }
}

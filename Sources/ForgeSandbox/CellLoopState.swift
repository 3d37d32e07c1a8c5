import ForgeCore
import Glibc
import SystemPackage

/// What the thread of a ``CellLoop`` knows; no other touches it.
final class CellLoopState {
  private let launch: CellLaunch
  private let workers: [CellWorker]
  private var groups: [CellGroup]
  private var waiting: CellQueue = .init()
  private var cancelled: Set<UInt64> = []
  private var abilities: CellAbilities?
  private var abilityWaiters: [CheckedContinuation<CellAbilities, any Error>] = []
  private var isClosing = false
  /// Starts in a row that led to nothing; some may be bad luck, more is a machine that cannot.
  private var failedStarts = 0
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)

  /// A cell is sent one case ahead when there are more than enough for all.
  private static let depth = 2
  private static let startsAllowed = 3

  init(launch: CellLaunch, workers count: Int) {
    self.launch = launch
    workers = (0..<count).map(CellWorker.init)
    groups = (0..<count).map {
      CellGroup(
        worker: $0, memoryBytes: launch.configuration.groupMemoryBytes,
        processes: launch.configuration.groupProcesses)
    }
  }

  deinit { buffer.deallocate() }

  var isGone: Bool {
    workers.allSatisfy { if case .absent = $0.state { true } else { false } }
  }

  func queue(_ job: CellJob) {
    waiting.append(job)
  }

  func cancel(_ job: CellJob) {
    let error = ForgeError(.cancelled, "a case was stopped on request", cause: CancellationError())
    if waiting.remove(job) {
      job.finish(.failure(error))
      return
    }
    guard let worker = workers.first(where: { $0.jobs.contains { $0 === job } }) else { return }
    job.finish(.failure(error))
    for other in dismiss(worker).reversed() where other !== job { waiting.prepend(other) }
  }

  func tellAbilities(_ continuation: CheckedContinuation<CellAbilities, any Error>) {
    if let abilities { continuation.resume(returning: abilities) } else { abilityWaiters.append(continuation) }
  }

  func beginClosing() {
    isClosing = true
    let error = ForgeError(.cancelled, "the pool of cells was closed", cause: CancellationError())
    for job in waiting.removeAll() { job.finish(.failure(error)) }
    for worker in workers {
      for job in dismiss(worker) { job.finish(.failure(error)) }
    }
    for waiter in abilityWaiters { waiter.resume(throwing: error) }
    abilityWaiters = []
  }

  func end() { groups.forEach { $0.remove() } }

  /// Starts what is missing, hands out what waits, then sleeps until something happens and takes it in.
  func step(bell: Int32) {
    if !isClosing {
      startMissing()
      handOut()
    }
    var polled = [pollfd(fd: bell, events: Int16(POLLIN), revents: 0)]
    for worker in workers {
      let process = worker.process
      var events = Int16(POLLIN)
      if worker.hasBytesToSend { events |= Int16(POLLOUT) }
      var socket = process?.socket ?? -1
      if case .leaving = worker.state { socket = -1 }
      polled.append(pollfd(fd: socket, events: events, revents: 0))
      polled.append(pollfd(fd: process?.messages ?? -1, events: Int16(POLLIN), revents: 0))
    }
    let ready = poll(&polled, nfds_t(polled.count), timeout())
    if ready < 0 { return }
    if polled[0].revents != 0 {
      while read(bell, buffer.baseAddress!, buffer.count) > 0 {}
    }
    for (index, worker) in workers.enumerated() {
      if polled[1 + 2 * index].revents != 0 { exchange(with: worker) }
      if polled[2 + 2 * index].revents != 0, !worker.listen(into: buffer) { release(worker) }
    }
    endOverdue()
  }

  private func timeout() -> Int32 {
    guard let first = workers.compactMap(\.overdue).min() else { return -1 }
    let left = (first - .now) / .milliseconds(1)
    return Int32(max(0, min(left, 3_600_000)) + 1)
  }

  private func startMissing() {
    for worker in workers {
      guard case .absent = worker.state, failedStarts < Self.startsAllowed else { continue }
      let group = groups[worker.index]
      do {
        worker.forgetMessages()
        let line = launch.arguments(
          worker: worker.index, groups: group.directories, memoryIsBounded: group.boundsMemory)
        worker.state = .starting(try CellProcess(line))
      } catch {
        noteFailedStart(error)
      }
    }
    if failedStarts >= Self.startsAllowed, isGone { failWaiting(startFailure) }
  }

  private var startFailure = ForgeError(.cellStart, "no cell could be started")

  private func noteFailedStart(_ error: any Error) {
    failedStarts += 1
    startFailure = error as? ForgeError ?? ForgeError(.cellStart, "a cell could not be started", cause: error)
  }

  private func failWaiting(_ error: ForgeError) {
    for job in waiting.removeAll() { job.finish(.failure(error)) }
    for waiter in abilityWaiters { waiter.resume(throwing: error) }
    abilityWaiters = []
  }

  private func handOut() {
    for level in 0..<Self.depth {
      for worker in workers {
        guard case .ready = worker.state, worker.jobs.count == level else { continue }
        // Sent ahead, a case is bound to its cell; the last ones had better go to whichever is free first.
        if level > 0, waiting.count <= workers.count { return }
        guard let job = waiting.popFirst() else { return }
        worker.take(job)
        if !worker.send() { lose(worker) }
      }
    }
  }

  private func exchange(with worker: CellWorker) {
    let lives = worker.receive(into: buffer)
    while let event = worker.nextEvent() {
      switch event {
      case .ready(let payload): welcome(worker, payload)
      case .result(let job, let bytes): job.finish(.success(bytes))
      case .nonsense:
        lose(worker)
        return
      }
    }
    if !lives || (worker.hasBytesToSend && !worker.send()) { lose(worker) }
  }

  private func welcome(_ worker: CellWorker, _ payload: ArraySlice<UInt8>) {
    guard case .starting(let process) = worker.state else { return }
    worker.state = .ready(process)
    failedStarts = 0
    let found = CellAbilities(payload)
    abilities = found
    for waiter in abilityWaiters { waiter.resume(returning: found) }
    abilityWaiters = []
  }

  /// The cell is gone or senseless: what it ran is lost, what it was sent ahead is not.
  private func lose(_ worker: CellWorker) {
    let jobs = dismiss(worker)
    // What it had to say comes with the end of its messages, and they end when it does.
    if let first = jobs.first { lost[worker.index] = first }
    for job in jobs.dropFirst().reversed() { waiting.prepend(job) }
  }

  private var lost: [Int: CellJob] = [:]

  private func dismiss(_ worker: CellWorker) -> [CellJob] {
    switch worker.state {
    case .absent, .leaving: break
    case .starting(let process):
      worker.state = .leaving(process)
      process.interrupt()
      shutdown(process.socket, CInt(SHUT_RDWR))
    case .ready(let process):
      worker.state = .leaving(process)
      shutdown(process.socket, CInt(SHUT_RDWR))
    }
    return worker.abandon()
  }

  /// All processes of a worker are gone.
  private func release(_ worker: CellWorker) {
    guard let process = worker.process else { return }
    var jobs = worker.abandon()
    process.release()
    let lines = String(decoding: worker.messages, as: UTF8.self).split(separator: "\n")
    let said = lines.joined(separator: "; ")
    if case .starting = worker.state {
      noteFailedStart(
        ForgeError(
          .cellStart,
          "a cell could not be started: \(said.isEmpty ? "it ended without a word" : said); "
            + "user namespaces must be allowed and mount points must exist in the root (`taskforge doctor`)",
          path: launch.configuration.root?.string))
    }
    worker.state = .absent
    if let first = lost.removeValue(forKey: worker.index) { jobs.insert(first, at: 0) }
    if let first = jobs.first {
      first.finish(
        .failure(
          ForgeError(
            .cellLost, "a cell ended while it ran a case, and the result is lost\(said.isEmpty ? "" : ": \(said)")")))
      for job in jobs.dropFirst().reversed() { waiting.prepend(job) }
    }
  }

  private func endOverdue() {
    for worker in workers {
      guard let overdue = worker.overdue, overdue < .now else { continue }
      if case .ready(let process) = worker.state { kill(process.identifier, SIGKILL) }
      lose(worker)
    }
  }
}

/// Cases that wait for a cell, first come first served.
struct CellQueue {
  private var jobs: [CellJob] = []
  private var head = 0

  var count: Int { jobs.count - head }

  mutating func append(_ job: CellJob) { jobs.append(job) }

  mutating func prepend(_ job: CellJob) {
    if head > 0 {
      head -= 1
      jobs[head] = job
    } else {
      jobs.insert(job, at: 0)
    }
  }

  mutating func popFirst() -> CellJob? {
    guard head < jobs.count else { return nil }
    defer {
      head += 1
      if head > 1024, head * 2 > jobs.count {
        jobs.removeFirst(head)
        head = 0
      }
    }
    return jobs[head]
  }

  mutating func remove(_ job: CellJob) -> Bool {
    guard let index = jobs[head...].firstIndex(where: { $0 === job }) else { return false }
    jobs.remove(at: index)
    return true
  }

  mutating func removeAll() -> [CellJob] {
    defer {
      jobs = []
      head = 0
    }
    return Array(jobs[head...])
  }
}

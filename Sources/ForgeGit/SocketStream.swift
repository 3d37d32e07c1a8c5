import CLibgit2
import Glibc

/// The TCP connections of libgit2, made here so that a server that never answers can be left within a second.
///
/// libgit2 1.5 has no timeouts: its own streams block for ever. It lets the program bring the plain stream, and builds
/// TLS on top of that (`git2/sys/stream.h`). Sockets here do not block; every wait looks at the operation again after
/// `slice` milliseconds.
enum SocketStream {
  private static let slice: Int32 = 200
  private static let connectSeconds = 60
  private static let silenceSeconds = 600

  /// Tells libgit2 to use these connections.
  static func register() {
    var registration = git_stream_registration()
    registration.version = GIT_STREAM_VERSION
    registration.`init` = { out, host, port in SocketStream.make(out, host, port) }
    git_stream_register(GIT_STREAM_STANDARD, &registration)
  }

  private static func make(
    _ out: UnsafeMutablePointer<UnsafeMutablePointer<git_stream>?>?, _ host: UnsafePointer<CChar>?,
    _ port: UnsafePointer<CChar>?
  ) -> Int32 {
    guard let out, let host, let port else { return -1 }
    let memory = UnsafeMutablePointer<forge_git_stream>.allocate(capacity: 1)
    memory.initialize(to: forge_git_stream())
    memory.pointee.host = strdup(host)
    memory.pointee.port = strdup(port)
    memory.pointee.socket = -1
    if let operation = Operation.current {
      memory.pointee.operation = Unmanaged.passRetained(operation).toOpaque()
    }
    memory.pointee.parent.version = GIT_STREAM_VERSION
    memory.pointee.parent.connect = { SocketStream.connect(SocketStream.from($0)) }
    memory.pointee.parent.read = { SocketStream.read(SocketStream.from($0), $1, $2) }
    memory.pointee.parent.write = { stream, bytes, count, _ in
      SocketStream.write(SocketStream.from(stream), bytes, count)
    }
    memory.pointee.parent.close = { SocketStream.close(SocketStream.from($0)) }
    memory.pointee.parent.free = { SocketStream.free(SocketStream.from($0)) }
    out.pointee = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: git_stream.self)
    return 0
  }

  private typealias Stream = UnsafeMutablePointer<forge_git_stream>

  private static func from(_ stream: UnsafeMutablePointer<git_stream>?) -> Stream {
    UnsafeMutableRawPointer(stream!).assumingMemoryBound(to: forge_git_stream.self)
  }

  private static func operation(_ stream: Stream) -> Operation? {
    stream.pointee.operation.map { Unmanaged<Operation>.fromOpaque($0).takeUnretainedValue() }
  }

  private static func fail(_ message: String) -> Int32 {
    git_error_set_str(Int32(GIT_ERROR_NET.rawValue), message)
    return -1
  }

  private static func close(_ stream: Stream) -> Int32 {
    guard stream.pointee.socket >= 0 else { return 0 }
    if let operation = operation(stream) {
      operation.close(socket: stream.pointee.socket)
    } else {
      _ = Glibc.close(stream.pointee.socket)
    }
    stream.pointee.socket = -1
    return 0
  }

  private static func free(_ stream: Stream) {
    _ = close(stream)
    Glibc.free(stream.pointee.host)
    Glibc.free(stream.pointee.port)
    if let operation = stream.pointee.operation { Unmanaged<Operation>.fromOpaque(operation).release() }
    stream.deallocate()
  }

  /// Waits for `events`; false where the operation was stopped or the time is over, with libgit2's error set.
  private static func wait(_ stream: Stream, _ events: Int32, seconds: Int) -> Bool {
    var poll = pollfd(fd: stream.pointee.socket, events: Int16(events), revents: 0)
    let end = ContinuousClock.now + .seconds(seconds)
    while true {
      if operation(stream)?.stopReason != nil {
        _ = fail("stopped")
        return false
      }
      let ready = Glibc.poll(&poll, 1, slice)
      if ready > 0 { return true }
      if ready < 0, errno != EINTR {
        _ = fail("cannot wait for the server: \(String(cString: strerror(errno)))")
        return false
      }
      if ContinuousClock.now >= end {
        _ = fail("the server \(String(cString: stream.pointee.host)) was silent for \(seconds) s")
        return false
      }
    }
  }

  private static func connect(_ stream: Stream) -> Int32 {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_ADDRCONFIG
    var list: UnsafeMutablePointer<addrinfo>?
    let host = String(cString: stream.pointee.host)
    var status = getaddrinfo(host, stream.pointee.port, &hints, &list)
    if status != 0, status != EAI_AGAIN {
      // Where loopback is all there is, AI_ADDRCONFIG hides even numeric addresses.
      hints.ai_flags = 0
      status = getaddrinfo(host, stream.pointee.port, &hints, &list)
    }
    guard status == 0 else { return fail("cannot find the host \(host): \(String(cString: gai_strerror(status)))") }
    defer { freeaddrinfo(list) }
    var reason = "it has no address"
    var next = list
    while let address = next {
      if operation(stream)?.stopReason != nil { return fail("stopped") }
      switch connect(stream, to: address.pointee) {
      case 0: return 0
      case let error: reason = String(cString: strerror(error))
      }
      next = address.pointee.ai_next
    }
    return fail("cannot connect to \(host) port \(String(cString: stream.pointee.port)): \(reason)")
  }

  /// Returns 0 or an `errno`.
  private static func connect(_ stream: Stream, to address: addrinfo) -> Int32 {
    let flags = Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let socket = Glibc.socket(address.ai_family, address.ai_socktype | flags, address.ai_protocol)
    guard socket >= 0 else { return errno }
    stream.pointee.socket = socket
    operation(stream)?.opened(socket: socket)
    if Glibc.connect(socket, address.ai_addr, address.ai_addrlen) != 0 {
      var error = errno
      if error == EINPROGRESS {
        guard wait(stream, POLLOUT, seconds: connectSeconds) else {
          _ = close(stream)
          return ETIMEDOUT
        }
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size)
      }
      guard error == 0 else {
        _ = close(stream)
        return error
      }
    }
    var on: Int32 = 1
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    return 0
  }

  private static func read(_ stream: Stream, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    while true {
      guard wait(stream, POLLIN, seconds: silenceSeconds) else { return -1 }
      let received = recv(stream.pointee.socket, buffer, count, 0)
      if received >= 0 { return received }
      if errno == EAGAIN || errno == EINTR { continue }
      return Int(fail("the server broke off: \(String(cString: strerror(errno)))"))
    }
  }

  private static func write(_ stream: Stream, _ bytes: UnsafePointer<CChar>?, _ count: Int) -> Int {
    while true {
      guard wait(stream, POLLOUT, seconds: silenceSeconds) else { return -1 }
      let sent = send(stream.pointee.socket, bytes, count, Int32(MSG_NOSIGNAL))
      if sent >= 0 { return sent }
      if errno == EAGAIN || errno == EINTR { continue }
      return Int(fail("the server broke off: \(String(cString: strerror(errno)))"))
    }
  }
}

import ForgeCore
import Glibc
import SystemPackage

/// Whole reads and writes on a connected socket; they block, and so belong on a thread of their own.
struct SocketStream: Sendable {
  /// The other side went away, or fell silent beyond its time.
  struct Ended: Error {}

  /// The socket; whoever made the stream closes it.
  let descriptor: FileDescriptor

  /// Sets after how many seconds a read or write without progress fails.
  func setPatience(_ seconds: Int) {
    var time = timeval(tv_sec: seconds, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(descriptor.rawValue, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  /// Whether the other side has closed both directions.
  var isHungUp: Bool {
    var polled = pollfd(fd: descriptor.rawValue, events: 0, revents: 0)
    return poll(&polled, 1, 0) > 0 && polled.revents & Int16(POLLHUP | POLLERR) != 0
  }

  /// Reads exactly so many bytes.
  ///
  /// - Throws: ``Ended``.
  func read(_ count: Int) throws -> [UInt8] {
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = 0
      while filled < count {
        let got = Glibc.read(descriptor.rawValue, buffer.baseAddress! + filled, count - filled)
        if got < 0, errno == EINTR { continue }
        if got <= 0 {
          failed = true
          return
        }
        filled += got
      }
    }
    if failed { throw Ended() }
    return bytes
  }

  /// Writes all bytes.
  ///
  /// - Throws: ``Ended``.
  func write(_ bytes: some Sequence<UInt8>) throws {
    let whole = Array(bytes)
    try whole.withUnsafeBytes { buffer in
      var sent = 0
      while sent < buffer.count {
        let count = send(descriptor.rawValue, buffer.baseAddress! + sent, buffer.count - sent, Int32(MSG_NOSIGNAL))
        if count < 0, errno == EINTR { continue }
        if count <= 0 { throw Ended() }
        sent += count
      }
    }
  }
}

/// Little-endian numbers in the order of a C structure.
enum WireNumbers {
  /// The bytes of a number.
  static func bytes(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }

  /// The number at a place; the caller has made sure that it is there.
  static func number<N: FixedWidthInteger>(_ bytes: [UInt8], at place: Int, _: N.Type = N.self) -> N {
    bytes.withUnsafeBytes { N(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: N.self)) }
  }
}

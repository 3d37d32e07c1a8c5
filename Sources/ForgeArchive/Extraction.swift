import ForgeCore
import Glibc
import SystemPackage

/// One archive on its way into one directory.
final class Extraction {
  let anchor: TreeAnchor
  private let file: FilePath
  private let options: UnpackOptions
  private let pool: ContentPool?
  private var links = LinkMap()
  private var directories: [(name: EntryName, mode: UInt16, modified: Int64)] = []
  private var report = UnpackReport(content: Digest(of: ""))
  private var seen = 0
  /// Small files wait here until their digest is known, so that those of the pool are never written.
  private var buffer: [UInt8] = []
  private static let bufferLimit = 1 << 20

  init(from file: FilePath, into anchor: TreeAnchor, options: UnpackOptions, pool: ContentPool?) {
    self.file = file
    self.anchor = anchor
    self.options = options
    self.pool = pool
  }

  /// Makes one entry.
  ///
  /// - Throws: as ``Archive/unpack(_:into:options:pool:)``.
  func make(_ entry: TarReader.Entry, from reader: TarReader) throws {
    seen += 1
    guard seen <= options.limits.entries else { throw options.limits.tooMany(file) }
    if Task.isCancelled { throw ForgeError(.cancelled, "stopped while unpacking", path: file.string) }
    guard let name = stripped(try EntryName(entry.name, limits: options.limits)) else { return }
    switch entry.kind {
    case .directory: try makeDirectory(name, entry)
    case .file: try makeFile(name, entry, from: reader)
    case .link(let target): try makeLink(name, target)
    case .hardLink(let target): try makeHardLink(name, target, entry)
    case .special(let kind):
      guard options.devices == .skip else {
        throw ForgeError(.archiveHostile, "entry \(name.text) is a \(kind); nothing was kept")
      }
      report.skipped.append(name.text)
      return
    }
    report.entries += 1
  }

  /// Sets what had to wait for the end, and checks where the links lead.
  ///
  /// - Throws: `archive.hostile`, `core.system`.
  func finish(content: Digest) throws -> UnpackReport {
    try links.check(options.links)
    // Deepest first, since a directory's time changes with what is made in it.
    for entry in directories.reversed() {
      let descriptor = try anchor.directory(entry.name)
      guard fchmod(descriptor, mode_t(entry.mode & 0o777 | 0o700)) == 0 else {
        throw failed("set the mode of", entry.name)
      }
      try setTime(descriptor, entry.modified, entry.name)
    }
    report.content = content
    return report
  }

  private func stripped(_ name: EntryName) -> EntryName? {
    name.components.count > options.strip ? EntryName(components: Array(name.components.dropFirst(options.strip))) : nil
  }

  private func makeDirectory(_ name: EntryName, _ entry: TarReader.Entry) throws {
    _ = try anchor.directory(name)
    directories.append((name, entry.mode, entry.modified))
  }

  private func makeLink(_ name: EntryName, _ target: [UInt8]) throws {
    let parent = try anchor.parent(of: name)
    let made = withCString(target) { target in withCString(name.components.last ?? []) { symlinkat(target, parent, $0) }
    }
    guard made == 0 else { throw occupied(name) ?? failed("make the link", name) }
    links.add(name, target: target)
  }

  private func makeHardLink(_ name: EntryName, _ target: [UInt8], _ entry: TarReader.Entry) throws {
    guard let source = stripped(try EntryName(target, limits: options.limits)), source != name, entry.size == 0 else {
      throw ForgeError(.archiveHostile, "entry \(name.text) is a hard link to \(printable(target)), which is refused")
    }
    // The anchor closes steps when it moves, so the first parent is held by a copy.
    let from = dup(try anchor.parent(of: source))
    defer { close(from) }
    var status = stat()
    let known = withCString(source.components.last ?? []) { fstatat(from, $0, &status, AT_SYMLINK_NOFOLLOW) }
    guard known == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw ForgeError(
        .archiveHostile, "entry \(name.text) is a hard link to \(source.text), which is no file of this archive")
    }
    let parent = try anchor.parent(of: name)
    let made = withCString(source.components.last ?? []) { old in
      withCString(name.components.last ?? []) { linkat(from, old, parent, $0, 0) }
    }
    guard made == 0 else { throw occupied(name) ?? failed("make the hard link", name) }
  }

  private func makeFile(_ name: EntryName, _ entry: TarReader.Entry, from reader: TarReader) throws {
    guard entry.size >= 0, Int(entry.size) <= options.limits.bytes - report.bytes else {
      throw ForgeError(
        .archiveLimit,
        "entry \(name.text) of \(entry.size) bytes brings the files above \(options.limits.bytes) bytes")
    }
    report.bytes += Int(entry.size)
    let parent = try anchor.parent(of: name)
    if options.lastFileWins { makeWay(for: name, below: parent) }
    if Int(entry.size) <= Self.bufferLimit {
      try makeSmallFile(name, entry, parent, from: reader)
    } else {
      try makeLargeFile(name, entry, parent, from: reader)
    }
  }

  private func makeSmallFile(
    _ name: EntryName, _ entry: TarReader.Entry, _ parent: Int32, from reader: TarReader
  ) throws {
    let size = Int(entry.size)
    if buffer.count < size { buffer = [UInt8](repeating: 0, count: max(size, 64 << 10)) }
    var end = 0
    try buffer.withUnsafeMutableBytes { buffer in
      try reader.readData { piece, offset in
        let start = try check(offset, piece.count, name, entry)
        if start > end { memset(buffer.baseAddress! + end, 0, start - end) }
        memcpy(buffer.baseAddress! + start, piece.baseAddress!, piece.count)
        end = start + piece.count
      }
      if end < size { memset(buffer.baseAddress! + end, 0, size - end) }
    }
    try buffer.withUnsafeBytes { buffer in
      let content = UnsafeRawBufferPointer(rebasing: buffer[..<size])
      var digest: Digest?
      if let pool {
        var hasher = Digest.Hasher()
        hasher.update(content)
        digest = hasher.finish()
        if try pool.take(digest!, mode: mode(entry), modified: modified(entry), to: parent, name.components.last ?? [])
        {
          report.pooled += 1
          return
        }
      }
      let descriptor = try create(name, parent)
      defer { close(descriptor) }
      try write(content, at: 0, descriptor, name)
      try settle(descriptor, name, entry)
      if let pool, let digest {
        try pool.give(digest, mode: mode(entry), modified: modified(entry), from: parent, name.components.last ?? [])
      }
    }
  }

  private func makeLargeFile(
    _ name: EntryName, _ entry: TarReader.Entry, _ parent: Int32, from reader: TarReader
  ) throws {
    let descriptor = try create(name, parent)
    defer { close(descriptor) }
    var hasher = Digest.Hasher()
    var end = 0
    try reader.readData { piece, offset in
      let start = try check(offset, piece.count, name, entry)
      if pool != nil {
        hasher.updateZeros(start - end)
        hasher.update(piece)
      }
      try write(piece, at: start, descriptor, name)
      end = start + piece.count
    }
    guard ftruncate(descriptor, Int(entry.size)) == 0 else { throw failed("write", name) }
    try settle(descriptor, name, entry)
    guard let pool else { return }
    hasher.updateZeros(Int(entry.size) - end)
    let digest = hasher.finish()
    let own = name.components.last ?? []
    // Both links exist at the end only if the pool had no such file; the copy just written goes where it had.
    let spare = Array(".taskforge-\(digest.short)".utf8)
    if try pool.take(digest, mode: mode(entry), modified: modified(entry), to: parent, spare) {
      guard withCString(spare, { old in withCString(own) { renameat(parent, old, parent, $0) } }) == 0 else {
        throw failed("replace", name)
      }
      report.pooled += 1
    } else {
      try pool.give(digest, mode: mode(entry), modified: modified(entry), from: parent, own)
    }
  }

  private func check(_ offset: Int64, _ count: Int, _ name: EntryName, _ entry: TarReader.Entry) throws -> Int {
    guard offset >= 0, offset <= entry.size, Int64(count) <= entry.size - offset else {
      throw ForgeError(.archiveUnreadable, "entry \(name.text) has more data than its header says")
    }
    return Int(offset)
  }

  private func create(_ name: EntryName, _ parent: Int32) throws -> Int32 {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = withCString(name.components.last ?? []) { openat(parent, $0, flags, 0o600) }
    guard descriptor >= 0 else { throw occupied(name) ?? failed("make", name) }
    return descriptor
  }

  private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int, _ descriptor: Int32, _ name: EntryName) throws {
    var done = 0
    while done < bytes.count {
      let count = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, offset + done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failed("write", name) }
      done += count
    }
  }

  private func settle(_ descriptor: Int32, _ name: EntryName, _ entry: TarReader.Entry) throws {
    guard fchmod(descriptor, mode_t(mode(entry))) == 0 else { throw failed("set the mode of", name) }
    try setTime(descriptor, entry.modified, name)
  }

  private func setTime(_ descriptor: Int32, _ modified: Int64, _ name: EntryName) throws {
    guard options.keepTimes else { return }
    let time = timespec(tv_sec: Int(modified), tv_nsec: 0)
    guard
      withUnsafePointer(
        to: (time, time), { futimens(descriptor, UnsafeRawPointer($0).assumingMemoryBound(to: timespec.self)) }) == 0
    else { throw failed("set the time of", name) }
  }

  private func mode(_ entry: TarReader.Entry) -> UInt16 { entry.mode & 0o777 }
  private func modified(_ entry: TarReader.Entry) -> Int64 { options.keepTimes ? entry.modified : 0 }

  /// Removes a regular file of an earlier entry.
  private func makeWay(for name: EntryName, below parent: Int32) {
    withCString(name.components.last ?? []) { own in
      var status = stat()
      guard fstatat(parent, own, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
      unlinkat(parent, own, 0)
    }
  }

  private func occupied(_ name: EntryName) -> ForgeError? {
    guard errno == EEXIST else { return nil }
    return ForgeError(.archiveHostile, "entry \(name.text) comes twice; nothing was kept")
  }

  private func failed(_ action: String, _ name: EntryName) -> ForgeError {
    ForgeError.system("\(action) entry \(name.text)", anchor.path.string)
  }
}

extension Digest.Hasher {
  /// Adds the zeros of a hole.
  fileprivate mutating func updateZeros(_ count: Int) {
    var left = count
    let zeros = [UInt8](repeating: 0, count: min(max(left, 0), 1 << 20))
    while left > 0 {
      let step = min(left, zeros.count)
      zeros.withUnsafeBytes { update(UnsafeRawBufferPointer(rebasing: $0[..<step])) }
      left -= step
    }
  }
}

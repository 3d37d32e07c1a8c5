import ForgeArchive
import ForgeCore
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Random trees, with names of any bytes, links, odd modes, empty and large files.
struct RandomTree {
  enum Node: Equatable {
    case file([UInt8], Int)
    case directory
    case link([UInt8])
  }
  var nodes: [[UInt8]: Node] = [:]

  init(seed: UInt64) {
    var random = RandomSource(seed: seed, label: "test")
    var directories: [[UInt8]] = [[]]
    for _ in 0..<Int.random(in: 0...40, using: &random) {
      let parent = directories.randomElement(using: &random)!
      let name = Self.name(&random)
      let path = parent.isEmpty ? name : parent + [UInt8(ascii: "/")] + name
      guard nodes[path] == nil, path.count < 3000 else { continue }
      switch Int.random(in: 0..<10, using: &random) {
      case 0...2:
        nodes[path] = .directory
        directories.append(path)
      case 3: nodes[path] = .link(name)
      default:
        let size = [0, 1, 511, 512, 513, 70_000, 1_200_000].randomElement(using: &random)!
        let seed = UInt8.random(in: 0...255, using: &random)
        var content = [UInt8](repeating: seed, count: size)
        for index in stride(from: 0, to: size, by: 1013) { content[index] = UInt8(truncatingIfNeeded: index) }
        nodes[path] = .file(content, [0o644, 0o755, 0o600, 0o444, 0o111].randomElement(using: &random)!)
      }
    }
  }

  private static func name(_ random: inout RandomSource) -> [UInt8] {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return Array("naïve-\(Int.random(in: 0..<99, using: &random))-ß".utf8)
    case 1: return [0xff, 0xfe] + Array(String(Int.random(in: 0..<999, using: &random)).utf8)
    case 2: return Array(String(repeating: "long", count: 60).utf8) + [UInt8.random(in: 97...122, using: &random)]
    case 3: return Array("-a b\n'\"\\\(Int.random(in: 0..<99, using: &random))".utf8)
    default: return Array("n\(Int.random(in: 0..<9999, using: &random))".utf8)
    }
  }

  /// Makes the tree in the given order of entries, so that inode numbers and directory order differ.
  func make(at root: FilePath, order: (inout [[UInt8]]) -> Void = { _ in }) throws {
    mkdir(root.string, 0o755)
    var paths = nodes.keys.sorted { $0.count < $1.count }
    for path in paths where nodes[path] == .directory { #expect(call(root, path) { mkdir($0, 0o755) } == 0) }
    order(&paths)
    for path in paths {
      switch nodes[path]! {
      case .directory: break
      case .link(let target):
        #expect(
          call(root, path) { name in
            (target + [0]).withUnsafeBytes {
              symlink($0.baseAddress!.assumingMemoryBound(to: CChar.self), name)
            }
          } == 0)
      case .file(let bytes, let mode):
        let descriptor = call(root, path) { open($0, O_WRONLY | O_CREAT | O_EXCL, 0o600) }
        try FileDescriptor(rawValue: descriptor).closeAfter {
          _ = try FileDescriptor(rawValue: descriptor).writeAll(bytes)
          #expect(fchmod(descriptor, mode_t(mode)) == 0)
        }
      }
    }
  }

  /// Reads a tree back.
  init(at root: FilePath) throws { try add(root, []) }

  private mutating func add(_ root: FilePath, _ prefix: [UInt8]) throws {
    let stream = try #require(call(root, prefix) { opendir($0) })
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name == Array(".".utf8) || name == Array("..".utf8) { continue }
      let path = prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
      var status = stat()
      #expect(call(root, path) { lstat($0, &status) } == 0)
      switch status.st_mode & S_IFMT {
      case S_IFDIR:
        nodes[path] = .directory
        try add(root, path)
      case S_IFLNK:
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = call(root, path) { name in
          buffer.withUnsafeMutableBytes {
            readlink(name, $0.baseAddress!.assumingMemoryBound(to: CChar.self), 4096)
          }
        }
        nodes[path] = .link(Array(buffer.prefix(count)))
      default:
        let descriptor = FileDescriptor(rawValue: call(root, path) { open($0, O_RDONLY) })
        let bytes = try descriptor.closeAfter {
          try [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            while count < Int(status.st_size) {
              count += try descriptor.read(
                into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]))
            }
          }
        }
        nodes[path] = .file(bytes, Int(status.st_mode & 0o7777))
      }
    }
  }

  private func call<Result>(_ root: FilePath, _ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    (Array(root.string.utf8) + [UInt8(ascii: "/")] + path + [0]).withUnsafeBytes {
      body($0.baseAddress!.assumingMemoryBound(to: CChar.self))
    }
  }
}

@Suite struct RoundTripTests {
  @Test(arguments: 0..<40) func aTreeComesBackAsItWas(seed: UInt64) throws {
    let scratch = try Scratch()
    let tree = RandomTree(seed: seed)
    try tree.make(at: scratch("in"))
    let file = scratch(["a.tar", "a.tar.gz", "a.tar.zst"][Int(seed % 3)])
    let packed = try Archive.pack(directory: scratch("in"), to: file)
    let report = try Archive.unpack(file, into: scratch("out"))
    #expect(try RandomTree(at: scratch("out")).nodes == tree.nodes)
    #expect(packed.entries == tree.nodes.count)
    #expect(report.entries == tree.nodes.count)
    #expect(report.content == packed.content)
    #expect(try Archive.contentDigest(of: file) == packed.content)
  }

  @Test(arguments: 100..<115) func orderTimesAndOwnersDoNotShow(seed: UInt64) throws {
    let scratch = try Scratch()
    let tree = RandomTree(seed: seed)
    try tree.make(at: scratch("one"))
    var random = RandomSource(seed: seed, label: "test")
    try tree.make(at: scratch("two")) { $0.shuffle(using: &random) }
    for (path, node) in tree.nodes where node != .directory {
      guard let name = String(validating: path, as: UTF8.self) else { continue }
      let file = scratch("two").string + "/" + name
      var times = [timeval(tv_sec: 1_000_000 + Int(seed), tv_usec: 5), timeval(tv_sec: 77, tv_usec: 9)]
      #expect(lutimes(file, &times) == 0)
      if getuid() == 0, case .file(_, let mode) = node {
        #expect(lchown(file, 1234, 4321) == 0)
        #expect(chmod(file, mode_t(mode)) == 0)
      }
    }
    for ending in ["tar", "tar.gz", "tar.zst"] {
      let one = try Archive.pack(directory: scratch("one"), to: scratch("one.\(ending)"))
      let two = try Archive.pack(directory: scratch("two"), to: scratch("two.\(ending)"))
      #expect(one == two)
      #expect(try read(scratch("one.\(ending)")) == read(scratch("two.\(ending)")))
    }
  }

  @Test func compressionDoesNotShowInTheDigest() throws {
    let scratch = try Scratch()
    try RandomTree(seed: 5).make(at: scratch("in"))
    let digests = try ["tar", "tar.gz", "tar.zst"].map {
      try Archive.pack(directory: scratch("in"), to: scratch("a.\($0)")).content
    }
    #expect(Set(digests).count == 1)
    let fast = try Archive.pack(directory: scratch("in"), to: scratch("b.tar.zst"), options: PackOptions(level: 1))
    #expect(fast.content == digests[0])
    #expect(try Digest(ofFile: scratch("a.tar")) == digests[0])
  }

  @Test func oneByteShowsInTheDigest() throws {
    let scratch = try Scratch()
    var digests: Set<Digest> = []
    for (name, entry) in [
      ("a", PackEntry("f", .bytes([1], mode: 0o644))), ("b", PackEntry("f", .bytes([2], mode: 0o644))),
      ("c", PackEntry("f", .bytes([1], mode: 0o755))), ("d", PackEntry("g", .bytes([1], mode: 0o644))),
      ("e", PackEntry("f", .link([1]))), ("f", PackEntry("f", .directory(mode: 0o755))),
    ] { digests.insert(try Archive.pack(entries: [entry], to: scratch(name)).content) }
    #expect(digests.count == 6)
  }

  @Test func aHardLinkIsPackedAsAFile() throws {
    let scratch = try Scratch()
    for name in ["linked", "copied"] { mkdir(scratch(name).string, 0o755) }
    _ = try scratch.write("linked/a", [1, 2, 3])
    #expect(link(scratch("linked/a").string, scratch("linked/b").string) == 0)
    for name in ["a", "b"] { _ = try scratch.write("copied/\(name)", [1, 2, 3]) }
    #expect(
      try Archive.pack(directory: scratch("linked"), to: scratch("1")).content
        == Archive.pack(directory: scratch("copied"), to: scratch("2")).content)
  }

  @Test func whatCannotBeUnpackedIsNotPacked() throws {
    let scratch = try Scratch()
    for entry in [
      PackEntry("../f", .bytes([], mode: 0o644)), PackEntry("/f", .bytes([], mode: 0o644)),
      PackEntry("f", .link(Array("/etc".utf8))), PackEntry("f", .link(Array("../x".utf8))),
      PackEntry("", .directory(mode: 0o755)), PackEntry("a//b", .directory(mode: 0o755)),
      PackEntry("./a", .directory(mode: 0o755)), PackEntry(name: [97, 0, 98], content: .directory(mode: 0o755)),
    ] {
      #expect(throws: ForgeError.self) { try Archive.pack(entries: [entry], to: scratch("a.tar")) }
    }
    let twice = [PackEntry("f", .bytes([1], mode: 0o644)), PackEntry("f", .bytes([2], mode: 0o644))]
    #expect(throws: ForgeError.self) { try Archive.pack(entries: twice, to: scratch("a.tar")) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path.string).isEmpty)
  }

  @Test func aFIFOIsNotPacked() throws {
    let scratch = try Scratch()
    mkdir(scratch("in").string, 0o755)
    #expect(mkfifo(scratch("in/pipe").string, 0o644) == 0)
    let failure = try #require(throws: ForgeError.self) {
      try Archive.pack(directory: scratch("in"), to: scratch("a.tar"))
    }
    #expect(failure.code == .archiveUnpackable)
    #expect(failure.message.contains("pipe"))
  }
}

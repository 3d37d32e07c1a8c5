import ForgeArchive
import ForgeCore
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct UnpackTests {
  @Test func aRootKeepsItsAbsoluteLinksAndLosesItsDevices() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      "root.tar",
      RawTar.of { tar in
        tar.add("./", type: "5", mode: 0o755)
        tar.add("./dev/", type: "5", mode: 0o755)
        tar.add("./dev/null", type: "3", mode: 0o666)
        tar.add("./etc/alternatives/awk", type: "2", link: "/usr/bin/mawk")
        tar.add("./usr/bin/mawk", mode: 0o755, data: [1])
      })
    let options = UnpackOptions(links: .rootRelative, devices: .skip)
    let report = try Archive.unpack(file, into: scratch("out"), options: options)
    #expect(report.skipped == ["dev/null"])
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: scratch("out/etc/alternatives/awk").string)
        == "/usr/bin/mawk")
    #expect(!FileManager.default.fileExists(atPath: scratch("out/dev/null").string))
  }

  @Test func containedLinksAreKept() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      "a.tar",
      RawTar.of { tar in
        tar.add("a/b/", type: "5")
        tar.add("a/b/up", type: "2", link: "../../c")
        tar.add("self", type: "2", link: "self")
        tar.add("dangling", type: "2", link: "a/nothing/../b")
        tar.add("c", data: [9])
      })
    let report = try Archive.unpack(file, into: scratch("out"))
    #expect(report.entries == 5)
    #expect(try read(scratch("out/a/b/up")) == [9])
  }

  @Test func leadingComponentsAreDropped() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      "a.tar",
      RawTar.of { tar in
        tar.add("top-1.0/", type: "5")
        tar.add("top-1.0/src/main.c", data: [1])
        tar.add("top-1.0/src/copy.c", type: "1", link: "top-1.0/src/main.c")
      })
    #expect(try Archive.soleTopDirectory(of: file) == "top-1.0")
    #expect(try Archive.names(in: file) == ["top-1.0/", "top-1.0/src/main.c", "top-1.0/src/copy.c"])
    _ = try Archive.unpack(file, into: scratch("out"), options: UnpackOptions(strip: 1))
    #expect(try read(scratch("out/src/copy.c")) == [1])
  }

  @Test(arguments: [["a/f", "b/f"], ["f"], ["a/f", "a"]]) func noSoleTopDirectory(_ names: [String]) throws {
    let scratch = try Scratch()
    let file = try scratch.write("a.tar", RawTar.of { tar in for name in names { tar.add(name) } })
    #expect(try Archive.soleTopDirectory(of: file) == nil)
  }

  @Test func timesAreTheArchivesWhereAsked() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      "a.tar",
      RawTar.of { tar in
        tar.add("d/", type: "5", mode: 0o500, modified: 1000)
        tar.add("d/f", data: [1], modified: 2000)
      })
    func seconds(_ path: FilePath) throws -> Int? {
      (try FileManager.default.attributesOfItem(atPath: path.string)[.modificationDate] as? Date).map {
        Int($0.timeIntervalSince1970)
      }
    }
    _ = try Archive.unpack(file, into: scratch("kept"))
    #expect(try seconds(scratch("kept/d")) == 1000)
    #expect(try seconds(scratch("kept/d/f")) == 2000)
    _ = try Archive.unpack(file, into: scratch("fresh"), options: UnpackOptions(keepTimes: false))
    #expect(try seconds(scratch("fresh/d/f"))! > 1_000_000_000)
    let mode = try FileManager.default.attributesOfItem(atPath: scratch("kept/d").string)[.posixPermissions]
    #expect(mode as? Int == 0o700)
  }

  @Test(arguments: ["gzip", "xz", "bzip2", "zstd"]) func debianCompressionsAreRead(_ program: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write("a.tar", RawTar.of { $0.add("f", data: [7, 7]) })
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program, "-q", "-k", file.string]
    try process.run()
    process.waitUntilExit()
    let ending = ["gzip": "gz", "xz": "xz", "bzip2": "bz2", "zstd": "zst"][program]!
    let packed = FilePath(file.string + "." + ending)
    #expect(try Archive.unpack(packed, into: scratch("out")).content == Digest(ofFile: file))
    #expect(try read(scratch("out/f")) == [7, 7])
  }

  @Test(arguments: [3, 2_000_000]) func equalFilesAreLinkedThroughThePool(size: Int) throws {
    let scratch = try Scratch()
    let content = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
    let archive = try scratch.write(
      "a.tar",
      RawTar.of { tar in
        tar.add("same", data: content, modified: 5)
        tar.add("twin", data: content, modified: 5)
        tar.add("later", data: content, modified: 6)
        tar.add("tool", mode: 0o755, data: content, modified: 5)
      })
    let first = try Archive.unpack(archive, into: scratch("one"), pool: scratch("pool"))
    let second = try Archive.unpack(archive, into: scratch("two"), pool: scratch("pool"))
    #expect(first.pooled == 1)
    #expect(second.pooled == 4)
    func inode(_ path: String) -> UInt64 {
      var status = stat()
      #expect(lstat(scratch(path).string, &status) == 0)
      return UInt64(status.st_ino)
    }
    #expect(inode("one/same") == inode("two/twin"))
    #expect(inode("one/later") == inode("two/later"))
    #expect(Set(["same", "later", "tool"].map { inode("two/\($0)") }).count == 3)
    #expect(try read(scratch("two/tool")) == content)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("two").string).count == 4)
  }

  @Test func cancellationStopsAndLeavesNothing() async throws {
    let scratch = try Scratch()
    let file = try scratch.write("a.tar", RawTar.of { $0.add("f", data: [1]) })
    let out = scratch("out")
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try Archive.unpack(file, into: out)
    }
    let failure = await #expect(throws: ForgeError.self) { try await task.value }
    #expect(failure?.code == .cancelled)
  }
}

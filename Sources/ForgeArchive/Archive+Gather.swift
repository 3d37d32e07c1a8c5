import ForgeCore
import Glibc
package import SystemPackage

/// What of a tree an archive can take.
package struct GatheredTree: Sendable {
  /// Something that no archive takes, or that there was no place for.
  package struct LeftOut: Sendable, Hashable {
    /// Relative to the tree, as people read it.
    package var path: String
    /// Why, in a few words.
    package var reason: String
  }
  /// What can be packed, in byte order of the names.
  package var entries: [PackEntry]
  /// What cannot.
  package var leftOut: [LeftOut]
}

extension Archive {
  /// Gathers a tree that anybody may have made, so that it can be packed and will be unpacked by the usual rules.
  ///
  /// Devices, FIFOs and sockets are left out, links that lead outside of the tree, and files beyond the bounds.
  ///
  /// - Parameters:
  ///   - directory: The tree; links are not followed.
  ///   - limits: How much an archive may hold, as whoever unpacks it will say.
  /// - Returns: what can be packed, and what was left out.
  /// - Throws: `core.system`.
  package static func gather(_ directory: FilePath, limits: UnpackLimits) throws -> GatheredTree {
    let items = try TreeListing.items(below: directory)
    var links = LinkMap()
    for item in items { if let target = item.target { links.add(item.name, target: target) } }
    var tree = GatheredTree(entries: [], leftOut: [])
    var bytes = 0
    for item in items {
      func leaveOut(_ reason: String) { tree.leftOut.append(.init(path: item.name.text, reason: reason)) }
      let mode = UInt16(item.status.st_mode & 0o7777)
      if let reason = limits.complaint(about: item.name) {
        leaveOut(reason)
      } else if tree.entries.count >= limits.entries {
        leaveOut("there are more than \(limits.entries) files")
      } else if item.status.st_mode & S_IFMT == S_IFDIR {
        tree.entries.append(PackEntry(name: item.name.bytes, content: .directory(mode: mode)))
      } else if let target = item.target {
        if links.escapes(item.name, target) {
          leaveOut("it is a link out of the directory, to \(printable(target))")
        } else {
          tree.entries.append(PackEntry(name: item.name.bytes, content: .link(target)))
        }
      } else if item.status.st_mode & S_IFMT == S_IFREG {
        let size = Int(item.status.st_size)
        if size > limits.bytes - bytes {
          leaveOut("all files together have more than \(limits.bytes) bytes")
        } else {
          bytes += size
          let file = path(of: item.name, in: directory)
          tree.entries.append(PackEntry(name: item.name.bytes, content: .file(file, mode: mode)))
        }
      } else {
        leaveOut("it is a device, FIFO or socket")
      }
    }
    return tree
  }
}

extension UnpackLimits {
  /// Why a name may not be in an archive; nil where it may.
  fileprivate func complaint(about name: EntryName) -> String? {
    if name.components.count > depth { return "it lies more than \(depth) directories deep" }
    return name.bytes.count > pathBytes ? "its path has more than \(pathBytes) bytes" : nil
  }
}

import ForgeCore

/// Where the symbolic links of a tree may point.
package enum LinkPolicy: Sendable, Hashable {
  /// Targets are relative and stay inside the directory, whatever other links they pass.
  case contained
  /// Targets stay inside when the directory is taken as `/`, as those of a root file system do.
  ///
  /// Such a tree is to be used only as a root: opened from outside, an absolute link leaves it.
  case rootRelative
}

/// The symbolic links of one tree, to find out where each leads.
struct LinkMap {
  private var targets: [EntryName: [UInt8]] = [:]

  /// Adds a link.
  mutating func add(_ name: EntryName, target: [UInt8]) { targets[name] = target }

  /// Refuses the first link, in byte order, that leads outside.
  ///
  /// A lexical look is not enough: in `up -> ..` and `out -> d/up/..` each is harmless alone. So every target is walked
  /// as the kernel would, through the other links.
  ///
  /// - Throws: `archive.hostile`, naming the entry.
  func check(_ policy: LinkPolicy) throws {
    guard policy == .contained else { return }
    for name in targets.keys.sorted(by: { $0.bytes.lexicographicallyPrecedes($1.bytes) }) {
      guard let target = targets[name], escapes(name, target) else { continue }
      throw ForgeError(
        .archiveHostile,
        "entry \(name.text) is a symbolic link out of the directory, to \(printable(target)); nothing was kept")
    }
  }

  /// Whether a link leads out of the tree.
  func escapes(_ name: EntryName, _ target: [UInt8]) -> Bool {
    guard target.first != UInt8(ascii: "/") else { return true }
    var place = EntryName(components: Array(name.components.dropLast()))
    var pending = Self.split(target).reversed() as [[UInt8]]
    // The kernel gives up after 40 links; a chain that long leads nowhere.
    var followed = 0
    while let component = pending.popLast() {
      if component.elementsEqual(".".utf8) { continue }
      if component.elementsEqual("..".utf8) {
        if place.components.isEmpty { return true }
        place.components.removeLast()
        continue
      }
      place.components.append(component)
      guard let next = targets[place] else { continue }
      followed += 1
      if followed > 40 { return false }
      if next.first == UInt8(ascii: "/") { return true }
      place.components.removeLast()
      pending.append(contentsOf: Self.split(next).reversed())
    }
    return false
  }

  private static func split(_ target: [UInt8]) -> [[UInt8]] {
    target.split(separator: UInt8(ascii: "/")).map(Array.init)
  }
}

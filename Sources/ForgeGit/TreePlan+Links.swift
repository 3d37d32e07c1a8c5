import ForgeCore

extension TreePlan {
  /// What is wrong with the symbolic links and with names that only differ in case, each finding naming its entry.
  ///
  /// Targets are followed as the kernel would, through the links of the tree itself: `a -> b/..` depends on where `b`
  /// leads, so looking at the text alone is not enough. What a target names need not exist.
  func linkFindings() -> [ForgeError] {
    var findings: [ForgeError] = []
    var index: [Int: [[UInt8]: Int]] = [:]
    for (number, node) in nodes.enumerated() {
      switch node.content {
      case .file: continue
      case .directory(let children):
        if let pair = caseTrick(among: children) {
          findings.append(
            Self.hostile(
              text(of: pair.link),
              "it is a symbolic link whose name differs only in case from '\(text(of: pair.other))'"))
        }
      case .link(let target):
        let shown = String(decoding: target, as: UTF8.self)
        if target.isEmpty || target.contains(0) || target.count > 4095 {
          findings.append(Self.hostile(text(of: number), "it is a symbolic link without a usable target"))
        } else if target.first == 0x2F {
          findings.append(Self.hostile(text(of: number), "it is a symbolic link to the absolute path '\(shown)'"))
        } else if escapes(number, target, &index) {
          findings.append(Self.hostile(text(of: number), "it is a symbolic link out of the tree, to '\(shown)'"))
        }
      }
    }
    return findings
  }

  static func hostile(_ path: String, _ reason: String) -> ForgeError {
    ForgeError(
      .gitHostileTree, "the tree's entry '\(path)' is refused: \(reason); this commit cannot be checked out safely")
  }

  private func caseTrick(among children: [Int]) -> (link: Int, other: Int)? {
    let links = children.filter { if case .link = nodes[$0].content { true } else { false } }
    guard !links.isEmpty else { return nil }
    func fold(_ node: Int) -> String { String(decoding: nodes[node].name, as: UTF8.self).lowercased() }
    var byName: [String: Int] = [:]
    for child in children { byName[fold(child), default: 0] += 1 }
    for link in links where byName[fold(link)]! > 1 {
      if let other = children.first(where: { $0 != link && fold($0) == fold(link) }) { return (link, other) }
    }
    return nil
  }

  private func child(_ name: [UInt8], of node: Int, _ index: inout [Int: [[UInt8]: Int]]) -> Int? {
    if let names = index[node] { return names[name] }
    let names = Dictionary(children(of: node).map { (nodes[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
    index[node] = names
    return names[name]
  }

  private func escapes(_ link: Int, _ target: [UInt8], _ index: inout [Int: [[UInt8]: Int]]) -> Bool {
    var pending = Array(target.split(separator: 0x2F).reversed().map(Array.init))
    var node = nodes[link].parent
    var beyond = 0
    // The kernel gives up after 40 links, and what it gives up on leads nowhere.
    var budget = 40
    while let part = pending.popLast() {
      if part == [0x2E] { continue }
      if part == [0x2E, 0x2E] {
        if beyond > 0 {
          beyond -= 1
        } else if node == 0 {
          return true
        } else {
          node = nodes[node].parent
        }
        continue
      }
      guard beyond == 0, let next = child(part, of: node, &index) else {
        beyond += 1
        continue
      }
      switch nodes[next].content {
      case .directory: node = next
      case .file: beyond += 1
      case .link(let target):
        budget -= 1
        if budget == 0 || target.first == 0x2F { return false }
        pending += target.split(separator: 0x2F).reversed().map(Array.init)
      }
    }
    return false
  }
}

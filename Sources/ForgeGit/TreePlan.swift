import ForgeCore

/// All that a checkout will write, submodules included, as a tree of nodes; node 0 is the root.
struct TreePlan {
  enum Content {
    case directory([Int])
    case file(executable: Bool, id: ObjectID, size: Int, repository: Int)
    case link([UInt8])
  }

  struct Node {
    var name: [UInt8]
    var parent: Int
    var content: Content
  }

  var nodes: [Node] = [Node(name: [], parent: 0, content: .directory([]))]
  var repositories: [Repository] = []
  var submodules: [CheckoutReport.Submodule] = []
  var bytes = 0

  /// A node's path below the root.
  func path(of node: Int) -> [UInt8] {
    var parts: [[UInt8]] = []
    var node = node
    while node != 0 {
      parts.append(nodes[node].name)
      node = nodes[node].parent
    }
    return Array(parts.reversed().joined(separator: [0x2F]))
  }

  /// A node's path, for people.
  func text(of node: Int) -> String { String(decoding: path(of: node), as: UTF8.self) }

  /// The nodes in a directory, none for anything else.
  func children(of node: Int) -> [Int] {
    if case .directory(let children) = nodes[node].content { children } else { [] }
  }
}

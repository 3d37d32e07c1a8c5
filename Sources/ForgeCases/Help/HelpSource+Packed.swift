import ForgeCore
import ForgePacked

/// Inputs in a container, for programs that unpack what they read, whether any text says so or not.
extension HelpSource {
  /// Modes in which it is tried: a program that unpacks does so in all of them.
  private static let mostScopes = 4

  /// The first input of each carrier in every form, under its own name and with the form's ending.
  mutating func planPacked() {
    let some = scopes.indices.filter { !scopes[$0].following.isEmpty }.prefix(Self.mostScopes)
    for scope in some {
      for carrier in scopes[scope].carriers
      where scopes[scope].following.contains(carrier) && carrier.textOperand == nil {
        guard let input = carrier.inputs.first, input.tree == nil, !input.bytes.isEmpty else { continue }
        batches.append([])
        for form in Packer.Form.allCases {
          for wrapping in [PackedWrapping(form: form, changesName: false), .init(form: form, changesName: true)] {
            guard let packed = wrapping.wrap(input) else { continue }
            propose(
              carrier.invocation(path: scopes[scope].path, input: packed), family: scopes[scope].family("packed"),
              intent: .packed(scope: scope, carrier, wrapping))
          }
        }
      }
    }
  }

  /// Where the packed input does what the input itself did, packed ones are inputs like others from then on.
  mutating func absorbPacked(_ trial: Trial, _ scope: Int, _ carrier: Carrier, _ wrapping: PackedWrapping) {
    guard trial.succeeded, scopes[scope].baselines[carrier] == trial.observation.outcome,
      let kind = carrier.inputs.first?.kind
    else { return }
    pool.addPacked(kind, by: wrapping)
  }
}

/// A way of putting an input into a container.
struct PackedWrapping: Sendable, Hashable {
  var form: Packer.Form
  /// Whether the name gets the form's ending.
  var changesName: Bool

  /// The input in its container; nil where that cannot be made or is too large.
  func wrap(_ input: SampleInput) -> SampleInput? {
    guard input.tree == nil, let bytes = Packer.pack(input.bytes.bytes, as: form, name: input.fileName),
      bytes.count <= InputGenerator.cap
    else { return nil }
    var packed = input
    packed.bytes = ByteString(bytes)
    packed.label = "\(input.label) \(form.rawValue)"
    if changesName { packed.fileName += form.fileExtension }
    return packed
  }
}

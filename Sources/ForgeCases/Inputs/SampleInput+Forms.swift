import ForgeCore
import ForgePacked

extension SampleInput {
  /// The input in a container under its own name; nil where that cannot be made or is too large.
  func packed(as form: Packer.Form) -> SampleInput? {
    guard tree == nil, !isPacked, let bytes = Packer.pack(bytes.bytes, as: form, name: fileName),
      bytes.count <= InputGenerator.cap
    else { return nil }
    var packed = self
    packed.bytes = ByteString(bytes)
    packed.isPacked = true
    packed.label = "\(label) \(form.rawValue)"
    return packed
  }

  /// Twice on end, cut, with one bit changed, and with something behind it.
  var damaged: [SampleInput] {
    let bytes = bytes.bytes
    guard !bytes.isEmpty else { return [] }
    var flipped = bytes
    flipped[bytes.count / 2] ^= 0x10
    let changes = [
      ("twice", bytes + bytes), ("cut", Array(bytes.prefix(bytes.count * 2 / 3))), ("flipped", flipped),
      ("trailing", bytes + Array("trailing garbage\n".utf8)),
    ]
    return changes.map { label, changed in
      var other = self
      other.variant = .malformed
      other.label += " " + label
      other.bytes = ByteString(changed)
      return other
    }
  }
}

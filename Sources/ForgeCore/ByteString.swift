/// Bytes that may be text: standard input, output, and the content of files.
///
/// In JSON a byte string is a string where its bytes are UTF-8 without NUL, else `{"b64": …}`; where blobs are kept
/// (see ``Case``), above 4 KiB, `{"blob": "<sha256>"}`.
package struct ByteString: Sendable, Hashable {
  /// The bytes.
  package var bytes: [UInt8]

  /// Takes bytes.
  package init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
  /// Takes the UTF-8 of a text.
  package init(_ text: String) { bytes = Array(text.utf8) }
  /// No bytes.
  package init() { bytes = [] }

  /// The text where the bytes are valid UTF-8 without NUL, else nil.
  package var text: String? {
    bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
  }
  /// The text with invalid bytes replaced, for people.
  package var lossyText: String { String(decoding: bytes, as: UTF8.self) }
  /// The number of bytes.
  package var count: Int { bytes.count }
  /// Whether there are none.
  package var isEmpty: Bool { bytes.isEmpty }
  /// The digest of the bytes.
  package var digest: Digest { Digest(of: bytes) }
}

extension ByteString {
  /// The bytes as JSON, whole: a string where they are text, else `{"b64": …}`.
  package var json: JSONValue { text.map { .string($0) } ?? ["b64": .string(Base64.encode(bytes))] }
}

extension ByteString: ExpressibleByStringLiteral {
  /// Takes the UTF-8 of a literal.
  package init(stringLiteral value: String) { self.init(value) }
}

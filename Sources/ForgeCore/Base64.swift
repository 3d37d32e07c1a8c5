import Foundation

/// RFC 4648 base64 with padding, for byte strings that are not text.
package enum Base64 {
  /// The padded text of bytes, on one line.
  package static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
  /// The bytes of a padded text; nil where it is none.
  package static func decode(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map(Array.init) }
}

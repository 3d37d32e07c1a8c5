import Foundation

/// A JSON document of any shape, for the formats whose bytes are fixed by RFC 8785.
package enum JSONValue: Sendable, Hashable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A whole number; RFC 8785 allows up to ±2^53.
  case integer(Int64)
  /// Any other finite number.
  case number(Double)
  /// A string.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// An object; the order of its keys carries no meaning.
  case object([String: JSONValue])

  /// Parses one document.
  ///
  /// - Throws: `ForgeError` with code `core.malformed`.
  package init(parsing bytes: some Sequence<UInt8>) throws {
    do {
      self = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    } catch {
      throw ForgeError(.malformed, "This is not JSON: \(Self.reason(error)).")
    }
  }

  private static func reason(_ error: any Error) -> String {
    guard case DecodingError.dataCorrupted(let context) = error else { return "\(error)" }
    let below = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String
    let reason = below ?? context.debugDescription
    // Foundation's sentences end in a point, and so does the one that this stands in.
    return reason.hasSuffix(".") ? String(reason.dropLast()) : reason
  }

  /// The value behind a key of an object, nil for anything else.
  package subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }
  /// The text of a string.
  package var text: String? { if case .string(let text) = self { text } else { nil } }
  /// The value of a whole number.
  package var int: Int64? { if case .integer(let value) = self { value } else { nil } }
  /// The value of a number.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
  /// The value of a truth value.
  package var flag: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// The elements of an array.
  package var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
  /// The members of an object.
  package var members: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }
}

extension JSONValue: Codable {
  /// Reads any JSON.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // A guess that fails costs more than one that holds, so the most frequent kinds come first.
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// Writes the same JSON.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A string.
  package init(stringLiteral value: String) { self = .string(value) }
  /// A whole number.
  package init(integerLiteral value: Int64) { self = .integer(value) }
  /// A truth value.
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A number.
  package init(floatLiteral value: Double) { self = .number(value) }
  /// An array.
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object; of keys given twice the last counts.
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
  }
}

extension JSONValue {
  /// Turns any encodable value into JSON; names of properties become `snake_case`, keys of dictionaries stay.
  package init(encoding value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    self = try JSONDecoder().decode(JSONValue.self, from: encoder.encode(value))
  }

  /// Reads a decodable value out of this document.
  ///
  /// - Throws: `ForgeError` with code `core.malformed` that names the key.
  package func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try Self.decode(type, from: try JSONEncoder().encode(self))
  }

  /// Reads a value of a format that counts its versions in the member `schema`.
  ///
  /// - Parameters:
  ///   - type: What is read.
  ///   - bytes: One document.
  ///   - schema: The only version that is read.
  ///   - remedy: What the reader of an error may do, as a sentence.
  /// - Returns: the value.
  /// - Throws: `core.malformed` that names the version, or else the key.
  package static func decode<Value: Decodable>(
    _ type: Value.Type, from bytes: some Sequence<UInt8>, schema: Int, remedy: String
  ) throws -> Value {
    let data = Data(bytes)
    let head: Head
    do {
      head = try JSONDecoder().decode(Head.self, from: data)
    } catch {
      // No object, or no JSON at all: the general reader has the words for that.
      _ = try JSONValue(parsing: data)
      throw ForgeError(.malformed, "The field 'schema' is missing or no number. \(remedy)")
    }
    guard head.schema == schema else {
      throw ForgeError(
        .malformed,
        "The schema is \(head.schema.map(String.init) ?? "missing"), and this version of taskforge reads \(schema). "
          + remedy)
    }
    return try decode(type, from: data)
  }

  private struct Head: Decodable {
    var schema: Int?
  }

  private static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(type, from: data)
    } catch let error as DecodingError {
      throw ForgeError(.malformed, explain(error))
    }
  }

  /// A property's name as it stands in a document.
  private static func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { text, letter in text += letter.isUppercase ? "_" + letter.lowercased() : String(letter) }
  }

  private static func explain(_ error: DecodingError) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let keys = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\(snakeCase($0.stringValue))" }.joined()
      return keys.isEmpty ? "the document" : String(keys.drop { $0 == "." })
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "The field '\(snakeCase(key.stringValue))' is missing in \(place(context))."
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(place(context)) is of the wrong type: \(context.debugDescription)"
    case .dataCorrupted(let context): return "\(place(context)): \(context.debugDescription)"
    @unknown default: return "\(error)"
    }
  }
}

package import ForgeCore
package import Foundation
package import SystemPackage

/// What a stage leaves in `stage.json` beside its output.
struct StageRecord {
  static let fileName = "stage.json"
  var key: StageKey
  /// How long the stage took.
  var seconds: Double
  var finished: Date
  var result: JSONValue

  var json: JSONValue {
    [
      "stage": .string(key.stage), "key": .string(key.digest.hex), "inputs": key.inputs, "seconds": .number(seconds),
      "finished": .string(finished.ISO8601Format()), "result": result,
    ]
  }

  init(key: StageKey, seconds: Double, finished: Date, result: JSONValue) {
    self.key = key
    self.seconds = seconds
    self.finished = finished
    self.result = result
  }

  init(readingFrom file: FilePath) throws {
    let json = try JSONValue(parsing: FileDescriptor.readAll(file))
    guard let stage = json["stage"]?.text, let digest = json["key"]?.text.flatMap(Digest.init(hex:)),
      let finished = json["finished"]?.text.flatMap({ try? Date($0, strategy: .iso8601) }), let result = json["result"]
    else {
      throw ForgeError(
        .store, "The record of a stage is damaged; remove its directory and build again.", path: file.string)
    }
    key = StageKey(stage: stage, inputs: json["inputs"] ?? .null, digest: digest)
    seconds = json["seconds"]?.double ?? 0
    self.finished = finished
    self.result = result
  }
}

/// A finished output in the store; its directory is never written again.
package struct StoreObject: Sendable {
  /// Where the output stands.
  package let directory: FilePath
  /// The key's digest.
  package let key: Digest
  /// The values that the stage returned.
  package let result: JSONValue
  /// How long the stage took when it ran, in seconds.
  package let seconds: Double
  /// When it ended.
  package let finished: Date

  init(directory: FilePath) throws {
    let record = try StageRecord(readingFrom: directory.appending(StageRecord.fileName))
    self.directory = directory
    self.key = record.key.digest
    self.result = record.result
    self.seconds = record.seconds
    self.finished = record.finished
  }
}

package import SystemPackage

extension RunRecord {
  /// Reads the record in a run's directory; nil where the run was not finished.
  ///
  /// - Throws: `core.malformed` with the file.
  package init?(in directory: FilePath) throws {
    let file = directory.appending(Self.fileName)
    guard file.exists else { return nil }
    do {
      self = try JSONValue.decode(
        RunRecord.self, from: FileDescriptor.readAll(file, limit: 16 << 20), schema: Self.schema,
        remedy: "Run the agent again, or use the version that wrote it.")
    } catch var error as ForgeError {
      error.path = error.path ?? file.string
      throw error
    }
  }

  /// Writes the record into a run's directory.
  ///
  /// - Throws: `ForgeError` with the file where it cannot be written.
  package func write(in directory: FilePath) throws {
    try FileDescriptor.replace(
      directory.appending(Self.fileName), with: CanonicalJSON.pretty(JSONValue(encoding: self)))
  }
}

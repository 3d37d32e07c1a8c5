package import ForgeCore

extension Manifest {
  /// Digest of what of a task decides verdicts beside its cases.
  package var gradingTerms: Digest {
    func text(_ digest: Digest?) -> JSONValue { digest.map { .string($0.hex) } ?? .null }
    func numbers(_ values: [UInt64]) -> JSONValue { .array(values.map { .string("\($0)") }) }
    return CanonicalJSON.digest([
      "limits": numbers([
        limits.cpuMilliseconds, limits.wallMilliseconds, limits.memoryBytes, limits.outputBytes, limits.diskBytes,
        limits.inodes, limits.processes,
      ]),
      "submission": numbers([UInt64(submission.wallSeconds), submission.memoryBytes]),
      "environment": .object(environment.mapValues { .string($0) }), "solve": text(roots["solve"]?.digest),
      "executable": .string(executable.digest.hex),
    ])
  }
}

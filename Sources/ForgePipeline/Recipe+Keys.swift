import ForgeCore

/// The parts of a recipe by the stage that reads them, so that a change reruns no more than it must.
extension Recipe {
  /// What decides the bytes of a build, besides the tree and the root.
  var buildKey: JSONValue {
    [
      "language": .string(language.rawValue), "link": .string(link.rawValue),
      "fetch": Self.words(fetch.map(\.arguments)),
      "build": Self.words(build.map(\.arguments)), "version": version.map { .string($0) } ?? .null,
      "executable": .string(executable),
    ]
  }

  /// What decides which documents are gathered.
  var documentKey: JSONValue {
    [
      "include": Self.texts(docs.include.map(\.text)), "man": Self.texts(docs.man.map(\.text)),
      "probe": Self.words(docs.probe), "license_files": Self.texts(licenseFiles.map(\.text)),
      "assets": Self.texts(surface.assets.map(\.text)), "case_memory_mib": caseMemoryKey,
    ]
  }

  /// What decides what the generator proposes and how its cases are run.
  var surfaceKey: JSONValue {
    [
      "stdin": Self.texts(surface.stdin.map(\.rawValue)), "files": Self.texts(surface.files.map(\.rawValue)),
      "args": Self.words(surface.args), "assets": Self.texts(surface.assets.map(\.text)),
      "seeds": Self.texts(surface.seeds.map(\.text)), "env": .object(surface.env.mapValues { .string($0) }),
      "executions": .integer(Int64(budget.executions)), "cases": .integer(Int64(budget.cases)),
      "input_bytes": .integer(Int64(budget.inputBytes)), "case_memory_mib": caseMemoryKey,
    ]
  }

  /// What decides which inputs are taken from upstream's own tests, besides the build.
  var harvestKey: JSONValue {
    [
      "steps": Self.words(surface.harvest.map(\.arguments)), "input_bytes": .integer(Int64(budget.inputBytes)),
      "tables": .array(
        surface.tables.map { table in
          [
            "files": Self.texts(table.files.map(\.text)), "records": .string(table.records.rawValue),
            "mark": table.mark.map { .string($0) } ?? .null, "comments": Self.texts(table.comments),
            "split": table.split.map { .string($0) } ?? .null, "args": Self.texts(table.args),
            "stdin": table.stdin.map { .string($0) } ?? .null, "tree": .object(table.tree.mapValues { .string($0) }),
          ]
        }),
    ]
  }

  private var caseMemoryKey: JSONValue { .integer(Int64(limits.caseMemoryMebibytes)) }

  /// What decides which outcomes count.
  var ignoreKey: JSONValue {
    .object(Dictionary(uniqueKeysWithValues: surface.ignore.map { ($0.key.rawValue, .string($0.value)) }))
  }

  private static func texts(_ list: [String]) -> JSONValue { .array(list.map { .string($0) }) }
  private static func words(_ lists: [[String]]) -> JSONValue { .array(lists.map(texts)) }
}

import ArgumentParser
import ForgeCore
import ForgePipeline
import Foundation
import SystemPackage

extension StoreOptions {
  /// Where the store that was asked for is.
  func location() throws -> FilePath {
    var environment = ProcessInfo.processInfo.environment
    if let store { environment["TASKFORGE_STORE"] = store }
    return try Store.location(environment)
  }

  /// Opens it, and makes it where there is none.
  func open() throws -> Store { try Store(at: location()) }

  /// Opens one that is there, for commands that only look after it.
  func existing() throws -> Store {
    let path = try location()
    guard path.appending("objects").isDirectory else {
      throw ForgeError(
        .usage, "There is no store here; 'taskforge build' makes one, and --store or $TASKFORGE_STORE names another.",
        path: path.string)
    }
    return try Store(at: path)
  }
}

struct StoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Look at the kept outputs of stages, or remove old ones.",
    discussion: """
      EXAMPLES
        taskforge store list
        taskforge store gc --days 14
        taskforge store gc --days 0 --dry-run
      """,
    subcommands: [StoreList.self, StoreGC.self])
}

struct StoreList: AsyncParsableCommand, ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the finished outputs.",
    discussion: """
      EXAMPLES
        taskforge store list
        taskforge store list --store /srv/taskforge --json
      """)
  @OptionGroup var store: StoreOptions
  @OptionGroup var report: ReportOptions

  func run() async throws {
    let store = try store.existing()
    try Output.render(StoreListing(store: store, entries: try store.entries()), json: report.json)
  }
}

struct StoreGC: AsyncParsableCommand, ReportingCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc", abstract: "Remove unfinished outputs of processes that are gone, and old finished ones.",
    discussion: """
      Left alone is what is being made, and what a running build has asked for
      since it began.

      EXAMPLES
        taskforge store gc --days 14
        taskforge store gc --days 0 --dry-run
      """)
  @Option(help: "Remove finished outputs that no build asked for in this many days.")
  var days: Double = 30
  @Flag(help: "Say what would be removed and remove nothing.")
  var dryRun = false
  @OptionGroup var store: StoreOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard days >= 0, days < 36_500 else { throw ValidationError("--days takes a number from 0 to 36500.") }
  }

  func run() async throws {
    let done = try store.existing().collect(unusedSince: .now - days * 86_400, dryRun: dryRun)
    try Output.render(CollectionReport(done: done, dryRun: dryRun), json: report.json)
  }
}

private struct StoreListing: Report {
  let store: Store
  let entries: [StoreEntry]

  var json: JSONValue {
    [
      "store": .string(store.path.string), "bytes": .integer(entries.reduce(0) { $0 + $1.bytes }),
      "objects": .array(
        entries.map {
          [
            "stage": .string($0.stage), "key": .string($0.key.hex), "bytes": .integer($0.bytes),
            "used": .string($0.used.ISO8601Format()), "path": .string($0.directory.string),
          ]
        }),
    ]
  }

  var text: String {
    var table = Table(["STAGE", "KEY", "SIZE", "LAST USED"], right: [2])
    for entry in entries {
      table.add([entry.stage, entry.key.short, Quantity.bytes(entry.bytes), entry.used.ISO8601Format()])
    }
    let sum = Quantity.bytes(entries.reduce(0) { $0 + $1.bytes })
    return "\(table.text)\n\(Quantity.counted(entries.count, "output")), \(sum), in \(store.path)"
  }
}

private struct CollectionReport: Report {
  let done: StoreCollection
  let dryRun: Bool

  var json: JSONValue {
    [
      "dry_run": .bool(dryRun), "objects": .array(done.objects.map { .string("\($0.stage)/\($0.key.hex)") }),
      "debris": .integer(Int64(done.debris)), "pooled": .integer(Int64(done.pooled)),
      "logs": .integer(Int64(done.logs)),
      "locks": .integer(Int64(done.locks)), "bytes": .integer(done.bytes),
    ]
  }

  var text: String {
    let verb = dryRun ? "would remove" : "removed"
    let counts = [
      Quantity.counted(done.objects.count, "old output"), Quantity.counted(done.debris, "unfinished one"),
      Quantity.counted(done.pooled, "shared file"), Quantity.counted(done.logs, "log"),
    ]
    return "\(verb) \(counts.joined(separator: ", ")) and \(Quantity.counted(done.locks, "lock file")): "
      + Quantity.bytes(done.bytes)
  }
}

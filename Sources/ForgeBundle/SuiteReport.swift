package import ForgeCore
import SystemPackage

/// `report.json` as a person reads it: titled tables, the same on a terminal and on a page.
package struct SuiteReport: Sendable {
  /// One table.
  package struct Section: Sendable, Hashable {
    /// What it is about.
    package var title: String
    /// A sentence below the title; nil where the table speaks for itself.
    package var note: String?
    /// The heads of the columns.
    package var columns: [String]
    /// The columns that hold numbers, from 0.
    package var numbers: Set<Int> = []
    /// The cells, row by row.
    package var rows: [[String]]
  }

  /// The document.
  package let json: JSONValue
  /// The task.
  package let id: String
  /// The tables, the most important first.
  package let sections: [Section]

  /// Reads the document; what an older version did not write gives no section.
  ///
  /// - Throws: `core.malformed` where it is no report.
  package init(_ json: JSONValue) throws {
    guard let id = json["id"]?.text, json["schema"]?.int == 1 else {
      throw ForgeError(.malformed, "The report names no task, or its schema is not 1.")
    }
    self.json = json
    self.id = id
    let reader = SuiteReportReader(json: json)
    let before = [
      reader.figures, reader.cases, reader.gates, reader.normalisers, reader.sources, reader.runs, reader.families,
    ]
    let behind = [
      reader.evidence, reader.samples, reader.files, reader.leftOut, reader.unreached,
    ]
    sections = before.compactMap(\.self) + reader.mutants + behind.compactMap(\.self)
  }
}

extension TaskBundle {
  /// How its suite came about.
  ///
  /// - Throws: `bundle.damaged` where `report.json` is missing or cannot be read.
  package func report() throws -> SuiteReport {
    let file = path.appending("report.json")
    do {
      return try SuiteReport(JSONValue(parsing: FileDescriptor.readAll(file)))
    } catch {
      throw ForgeError(.damagedBundle, "The report cannot be read.", path: file.string, cause: error)
    }
  }
}

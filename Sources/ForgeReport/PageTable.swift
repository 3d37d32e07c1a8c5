/// One table of a page.
struct PageTable {
  private let title: String
  private let note: String?
  private let columns: [String]
  private let numbers: ClosedRange<Int>
  var rows: [[String]] = []

  /// A table whose columns in `numbers`, from 0, stand at the right.
  init(_ title: String, note: String? = nil, _ columns: [String], numbers: ClosedRange<Int>) {
    self.title = title
    self.note = note
    self.columns = columns
    self.numbers = numbers
  }

  /// What the template reads; the first cell of a row is its `name`.
  var context: [String: Any] {
    func cells(_ texts: [String]) -> [[String: Any]] {
      texts.indices.map { ["text": texts[$0], "class": numbers.contains($0) ? "number" : "text"] }
    }
    return [
      "title": title, "note": note ?? "", "hasNote": note != nil, "columns": cells(columns),
      "rows": rows.map { ["name": $0.first ?? "", "cells": cells($0), "rest": Array(cells($0).dropFirst())] },
    ]
  }
}

extension Suite {
  /// Takes a few cases out for solvers to see; the rest stays hidden, so that knowing the few wins nothing.
  ///
  /// Successes and errors keep their shares as nearly as whole cases allow, and of each the first by id are taken: ids
  /// are digests, so that the choice is even over everything else.
  package func splitOff(publicCases count: Int) -> (hidden: Suite, shown: Suite) {
    let failing = cases.filter(\.expect.isError)
    let fine = cases.filter { !$0.expect.isError }
    guard count > 0, !cases.isEmpty else { return (self, Suite(cases: [])) }
    // Rounded up: the bound on errors must still hold for what stays.
    let errors = min(failing.count, (count * failing.count + cases.count - 1) / cases.count)
    let shown = Array(failing.prefix(errors)) + Array(fine.prefix(count - errors))
    let ids = Set(shown.map(\.id))
    return (Suite(cases: cases.filter { !ids.contains($0.id) }), Suite(cases: shown))
  }
}

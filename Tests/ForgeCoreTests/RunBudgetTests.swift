import ForgeCore
import Testing

@Suite struct RunBudgetTests {
  /// 2 processors for 360 s hold 480,000 runs of 1.5 ms; 2^19 is 524,288.
  @Test(arguments: [
    (360.0, 1_500.0, 1 << 19), (360, 101_500, 1 << 13), (1, 2_000_000, 1), (1, 1_000_000, 2), (0, 5, 1),
    (1, 0, 1 << 21), (1e12, 1e-6, 1 << 40),
  ])
  func nearestPowerOfTwo(_ seconds: Double, _ microseconds: Double, _ runs: Int) {
    #expect(RunBudget.runs(within: seconds, of: microseconds) == runs)
  }
}

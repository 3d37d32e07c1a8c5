import ForgeCore
import ForgeSandbox
import Glibc
import SystemPackage
import TestSupport
import Testing

/// Measured runs: the memory that a program shares with its cell, and that nothing else does.
@Suite struct CellEdgesTests {
  /// Speaks as the runtime of the instrumented variant does, and says what it finds on standard output.
  private static let program = """
    int main(int argc, char **argv) {
      int seals = fcntl(198, F_GET_SEALS);
      if (seals < 0) return puts("no counters"), 3;
      unsigned char *map = mmap(0, 1 << 18, PROT_READ | PROT_WRITE, MAP_SHARED, 198, 0);
      if (map == MAP_FAILED) return 4;
      unsigned long sum = 0;
      for (int at = 0; at < 1 << 18; at++) sum += map[at];
      printf("found %lu\\n", sum);
      for (int at = 1; at + 1 < argc; at += 2) map[atoi(argv[at])] = (unsigned char)atoi(argv[at + 1]);
      if (argc % 2 == 0 && !strcmp(argv[argc - 1], "cut")) return ftruncate(198, 0) == 0 ? 5 : 6;
      if (argc % 2 == 0 && !strcmp(argv[argc - 1], "segments")) printf("%d\\n", shmget(7, 4096, IPC_CREAT | IPC_EXCL | 0600) >= 0);
      return 0;
    }
    """

  private func withMeasuring<Result>(
    _ program: CellProgram, measuresEdges: Bool = true, isolation: isolated (any Actor)? = #isolation,
    _ body: (CellPool) async throws -> Result
  ) async throws -> Result {
    let pool = try CellPool(
      configuration: CellConfiguration(root: TinyRoot.path, executable: program.path, measuresEdges: measuresEdges),
      workers: 1)
    do {
      let result = try await body(pool)
      await pool.close()
      return result
    } catch {
      await pool.close()
      throw error
    }
  }

  @Test func countsComeBackInBuckets() async throws {
    let counts = [1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 127, 128, 255]
    let buckets: [UInt64] = [0, 1, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7]
    let words = counts.enumerated().flatMap { ["\($0.offset * 1001)", "\($0.element)"] } + ["262143", "9"]
    try await withMeasuring(try CellProgram(Self.program)) { pool in
      let (observation, edges) = try await pool.measure(Invocation(argv: words.map { ByteString($0) }))
      #expect(observation.outcome.stdout == "found 0\n")
      #expect(edges == buckets.enumerated().map { UInt64($0.offset * 1001) << 3 | $0.element } + [262143 << 3 | 4])
    }
  }

  @Test func moreEdgesThanOneRecordHolds() async throws {
    let source = Self.program.replacing(
      "return 0;", with: "for (int at = 0; at < 30000; at++) map[at * 7] = 1; return 0;")
    try await withMeasuring(try CellProgram(source)) { pool in
      let (_, edges) = try await pool.measure(Invocation())
      #expect(edges == (0..<30_000).map { UInt64($0 * 7) << 3 })
    }
  }

  @Test func aRunFindsNothingOfTheOneBefore() async throws {
    try await withMeasuring(try CellProgram(Self.program)) { pool in
      _ = try await pool.measure(Invocation(argv: ["5", "200", "100000", "3"]))
      let (observation, edges) = try await pool.measure(Invocation())
      #expect(observation.outcome.stdout == "found 0\n")
      #expect(edges.isEmpty)
    }
  }

  @Test func onlyAMeasuredRunHasTheCounters() async throws {
    try await withMeasuring(try CellProgram(Self.program)) { pool in
      let plain = try await pool.run(Invocation(argv: ["5", "1"]))
      #expect(plain.outcome.stdout == "no counters\n")
      #expect(try await pool.measure(Invocation(argv: ["5", "1"])).edges == [40])
      #expect(try await pool.run(Invocation(argv: ["5", "1"])).outcome.stdout == "no counters\n")
    }
  }

  @Test func cellsThatWereNotMadeForItMeasureNothing() async throws {
    try await withMeasuring(try CellProgram(Self.program), measuresEdges: false) { pool in
      let error = await #expect(throws: ForgeError.self) { try await pool.measure(Invocation()) }
      #expect(error?.code == .badSandbox)
      let plain = try await pool.run(Invocation())
      #expect(plain.outcome.stdout == "no counters\n")
    }
  }

  @Test func aProgramCannotCutTheMemoryShort() async throws {
    try await withMeasuring(try CellProgram(Self.program)) { pool in
      let (observation, _) = try await pool.measure(Invocation(argv: ["5", "1", "cut"]))
      #expect(observation.outcome.termination == .exit(6))
      #expect(try await pool.measure(Invocation()).observation.outcome.stdout == "found 0\n")
    }
  }

  @Test func segmentsStayInNamespacesOfTheirOwn() async throws {
    try await withMeasuring(try CellProgram(Self.program)) { pool in
      for _ in 0..<2 {
        let (observation, _) = try await pool.measure(Invocation(argv: ["segments"]))
        #expect(observation.outcome.stdout == "found 0\n1\n")
      }
    }
  }

  @Test func aKilledRunShowsHowFarItCame() async throws {
    let source = Self.program.replacing("return 0;", with: "raise(SIGKILL);")
    try await withMeasuring(try CellProgram(source)) { pool in
      let (observation, edges) = try await pool.measure(Invocation(argv: ["9", "1"]))
      #expect(observation.outcome.termination == .signal(SIGKILL))
      #expect(edges == [72])
    }
  }
}

import ForgeCore
package import SystemPackage

#if canImport(Glibc)
  import Glibc
#endif

/// The programs that were built beside the tests.
package enum BuildProducts {
  /// Finds a program by its name.
  package static func find(_ name: String) throws -> FilePath {
    var link = [UInt8](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &link, link.count)
    var places = [FilePath(String(decoding: link.prefix(max(count, 0)), as: UTF8.self))]
    // Where the toolchain's helper runs the tests, the bundle stands among its arguments.
    places += CommandLine.arguments.filter { $0.hasSuffix(".xctest") }.map { FilePath($0) }
    for place in places {
      let candidate = place.removingLastComponent().appending(name)
      if access(candidate.string, X_OK) == 0 { return candidate }
    }
    throw ForgeError(.system, "\(name) is not beside \(places.map(\.string).joined(separator: " or "))")
  }
}

import SystemPackage
import Testing

@testable import ForgeRoot

@Suite struct PackageRemovalTests {
  @Test(arguments: [
    ("/usr/bin/xz", 0o755, false), ("/bin/xz", 0o755, false), ("/usr/bin/lzma", 0o777, true),
    ("/usr/include/lzma.h", 0o644, false), ("/usr/lib/x86_64-linux-gnu/liblzma.a", 0o644, false),
    ("/usr/lib/x86_64-linux-gnu/liblzma.so", 0o777, true),
    ("/usr/lib/x86_64-linux-gnu/pkgconfig/liblzma.pc", 0o644, false),
    ("/usr/lib/git-core/git-http-push", 0o755, false), ("/usr/lib/python3/dist-packages/brotli.py", 0o644, false),
    ("/usr/share/gocode/src/x/y.go", 0o644, false), ("/usr/share/man/man1/xz.1.gz", 0o644, false),
  ])
  func programsAndDevelopmentFilesGo(_ path: String, mode: Int, isLink: Bool) {
    #expect(PackageRemoval.goes(path, CInterop.Mode(mode), isLink: isLink))
  }

  @Test(arguments: [
    ("/usr/lib/x86_64-linux-gnu/liblzma.so.5.4.1", 0o755, false),
    ("/usr/lib/x86_64-linux-gnu/liblzma.so.5", 0o777, true),
    ("/usr/lib/x86_64-linux-gnu/engines-3/afalg.so", 0o755, false), ("/usr/share/doc/xz-utils/copyright", 0o644, false),
    ("/etc/default/xz", 0o755, false), ("/usr/share/misc/magic", 0o644, false),
  ])
  func librariesAndDataStay(_ path: String, mode: Int, isLink: Bool) {
    #expect(!PackageRemoval.goes(path, CInterop.Mode(mode), isLink: isLink))
  }

  @Test(arguments: [
    ("/bin/cat", "/usr/bin/cat"), ("/lib64/ld.so", "/usr/lib64/ld.so"), ("/usr/bin/cat", "/usr/bin/cat"),
    ("/binary/x", "/binary/x"), ("/etc/bin/x", "/etc/bin/x"),
  ])
  func mergedPaths(_ path: String, _ expected: String) {
    #expect(InstalledPackages.merged(path) == expected)
  }

  @Test func specsAreInOrder() {
    let spec = RootSpec(suite: "bookworm", packages: ["b", "a", "b"], without: ["z", "y"])
    #expect(spec.packages == ["a", "b"])
    #expect(spec == RootSpec(suite: "bookworm", packages: ["a", "b"], without: ["y", "z", "z"]))
  }
}

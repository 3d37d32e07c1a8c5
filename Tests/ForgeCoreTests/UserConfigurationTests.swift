import SystemPackage
import TestSupport
import Testing

@testable import ForgeCore

@Suite struct UserConfigurationTests {
  @Test func itIsWhereTheEnvironmentSays() {
    #expect(UserConfiguration.location(["XDG_CONFIG_HOME": "/a", "HOME": "/b"]) == "/a/taskforge/config.yaml")
    #expect(UserConfiguration.location(["XDG_CONFIG_HOME": "a", "HOME": "/b"]) == "/b/.config/taskforge/config.yaml")
    #expect(UserConfiguration.location([:]) == nil)
  }

  @Test func mirrorsAreReadAndNoFileIsNoMistake() throws {
    try withTemporaryDirectory { directory in
      let environment = ["XDG_CONFIG_HOME": directory.string]
      #expect(try UserConfiguration.load(environment).mirrors == [])
      let file = directory.appending("taskforge/config.yaml")
      try file.removingLastComponent().makeDirectory()
      try FileDescriptor.writeNew(file, "# mirrors: []\n\n".utf8)
      #expect(try UserConfiguration.load(environment).mirrors == [])
      try FileDescriptor.writeNew(file, "mirrors: [\"/srv/git/{owner}/{name}.git\", \"/data/{path}\"]\n".utf8)
      #expect(try UserConfiguration.load(environment).mirrors == ["/srv/git/{owner}/{name}.git", "/data/{path}"])
    }
  }

  @Test func everyMistakeHasItsPlace() throws {
    let text = "miror: []\nmirrors:\n  - /good\n  - /bad\n"
    let failure = try #require(throws: ForgeError.self) {
      try UserConfiguration(text, path: "config.yaml") { $0 == "/bad" ? "is bad." : nil }
    }
    let all = [failure] + failure.others
    #expect(all.map { "\($0.path ?? ""):\($0.line ?? 0):\($0.column ?? 0)" } == ["config.yaml:1:1", "config.yaml:4:5"])
    #expect(failure.message.contains("no key of a configuration"))
  }
}

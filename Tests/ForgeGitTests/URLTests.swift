import ForgeCore
import ForgeGit
import Testing

@Suite struct URLTests {
  @Test(arguments: [
    ("https://github.com/jqlang/jq", "https", "github.com", "jqlang", "jq"),
    ("HTTPS://me:pw@GitHub.com:443/jqlang/jq.git/", "https", "github.com", "jqlang", "jq"),
    ("git@github.com:jqlang/jq.git", "ssh", "github.com", "jqlang", "jq"),
    ("ssh://git@[::1]:22/a/b", "ssh", "[::1]", "a", "b"),
    ("/srv/git/owner/name.git", "file", "", "srv/git/owner", "name"),
    ("file:///srv/name/.git", "file", "", "srv", "name"),
    ("../name", "file", "", "..", "name"),
  ]) func takesApart(text: String, scheme: String, host: String, owner: String, name: String) throws {
    let url = try GitURL(text)
    #expect(url.scheme == scheme)
    #expect(url.host == host)
    #expect(url.owner == owner)
    #expect(url.name == name)
  }

  @Test(arguments: [
    "", "https://", "https://host", "https:///path", "ext::sh -c x", "javascript://x/y", "https://h/a/../b",
    "-oProxyCommand=x:y", "ssh://-oProxyCommand=x/y", "git@h:-x",
  ]) func refuses(text: String) {
    let error = #expect(throws: ForgeError.self) { try GitURL(text) }
    #expect(error?.code == .gitURL)
  }

  @Test func neverShowsSecrets() throws {
    #expect(try GitURL("https://me:pw@host/a/b").description == "https://host/a/b")
    let error = #expect(throws: ForgeError.self) { try GitURL("https://me:pw@host/a/../b") }
    #expect(error?.message.contains("pw") == false)
  }

  @Test(arguments: [
    ("https://github.com/jqlang/jq", "../../kkos/oniguruma.git", "https://github.com/kkos/oniguruma.git"),
    ("https://github.com/jqlang/jq/", "../oniguruma", "https://github.com/jqlang/oniguruma"),
    ("https://h/a/b.git", "./c.git", "https://h/a/b.git/c.git"),
    ("https://h/a/b.git", "https://other/x", "https://other/x"),
    ("git@h:a/b", "../c", "git@h:a/c"),
    ("git@h:a/b", "../../c/d", "git@h:c/d"),
    ("git@h:a", "../c", "git@h:c"),
    ("/srv/a/b", "../c", "/srv/a/c"),
    ("/srv/a/b", "/srv/x", "/srv/x"),
  ]) func resolvesSubmodules(parent: String, url: String, expected: String) throws {
    #expect(try GitURL(parent).resolving(submodule: url).text == expected)
  }

  @Test(arguments: [
    ("https://h/a", "../../../etc/passwd"), ("https://h/a", "/etc/passwd"), ("https://h/a", "file:///etc"),
    ("/a", "../../c"), ("git@h:a", "../../c"), ("https://h/a", "ext::sh"),
  ]) func refusesSubmodulesThatLeaveTheirHost(parent: String, url: String) throws {
    let error = #expect(throws: ForgeError.self) { try GitURL(parent).resolving(submodule: url) }
    #expect(error?.code == .gitURL)
  }
}

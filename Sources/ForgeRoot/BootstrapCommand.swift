import ForgeCore
import ForgeDebian
import Foundation
import Glibc
import SystemPackage

/// Whose rights mmdebstrap works with.
package enum BootstrapMode: String, Sendable {
  /// Root's own.
  case root
  /// Those of a user namespace with the subordinate ids of an ordinary user.
  case unshare

  /// The mode for this process.
  ///
  /// - Throws: ``ForgeError`` with ``ForgeError/Code/rootUnprivileged`` and the commands that help.
  package static func current() throws -> BootstrapMode {
    if geteuid() == 0 { return .root }
    let id = String(geteuid())
    let name = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? id
    for file in ["/etc/subuid", "/etc/subgid"] {
      let text = (try? FileDescriptor.readAll(FilePath(file))).map { String(decoding: $0, as: UTF8.self) } ?? ""
      let has = text.split(separator: "\n").contains { line in
        let words = line.split(separator: ":")
        return words.count == 3 && (words[0] == name || words[0] == id) && (Int(words[2]) ?? 0) >= 65_536
      }
      guard has else {
        throw ForgeError(
          .rootUnprivileged,
          "making a root without root's rights takes 65536 subordinate ids; as root run "
            + "`usermod --add-subuids 100000-165535 --add-subgids 100000-165535 \(name)` and install the package uidmap",
          path: file)
      }
    }
    return .unshare
  }
}

/// The call of mmdebstrap that makes the root of a plan.
struct BootstrapCommand {
  let argv: [String]
  let environment: [String: String]
  let tar: FilePath

  /// Writes the hooks into `scratch` and puts the call together.
  init(plan: RootPlan, archive: DebianArchive, mode: BootstrapMode, scratch: FilePath) throws {
    tar = scratch.appending("root.tar")
    let prepare = scratch.appending("prepare")
    let finish = scratch.appending("finish")
    try FileDescriptor.writeNew(prepare, Self.prepareScript(plan, archive).utf8)
    try FileDescriptor.writeNew(finish, Self.finishScript.utf8)
    let temporary = scratch.appending("tmp")
    try temporary.makeDirectory()
    // The mapped root of mmdebstrap's namespace is somebody else, who makes a directory of his own here.
    chmod(temporary.string, 0o1777)
    environment = [
      "SOURCE_DATE_EPOCH": String(RootBuilder.epoch), "TMPDIR": temporary.string, "LC_ALL": "C.UTF-8",
      "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    ]
    // Root's mounts would stay in the host's tree where the whole group of processes is killed.
    let contained = mode == .root ? ["unshare", "--mount", "--propagation", "private"] : []
    argv =
      contained + [
        "mmdebstrap", "--mode=\(mode.rawValue)", "--variant=essential", "--format=tar",
        // The lists are given to it, so it needs no network.
        "--skip=update", "--dpkgopt=force-unsafe-io", "--aptopt=APT::Install-Recommends \"false\"",
        "--setup-hook=sh '\(prepare)' \"$1\"", "--customize-hook=sh '\(finish)' \"$1\"",
        "--include=\(plan.packages.map(\.name).joined(separator: ","))",
      ] + (archive.suite.usesBackports ? ["--aptopt=APT::Default-Release \"\(archive.suite)\""] : [])
      + [archive.suite.release, tar.string] + archive.sources.map { $0.line("deb") }
  }

  private static func prepareScript(_ plan: RootPlan, _ archive: DebianArchive) -> String {
    let lists = archive.listFiles.map(quoted).joined(separator: " ")
    let packages = plan.packages.map { archive.packageCache.appending($0.file).string }.joined(separator: "\n")
    return """
      set -eu
      mkdir -p "$1/var/lib/apt/lists/partial" "$1/var/cache/apt/archives/partial"
      cp \(lists) "$1/var/lib/apt/lists/"
      while read -r file; do
        cp -l "$file" "$1/var/cache/apt/archives/" 2>/dev/null || cp "$file" "$1/var/cache/apt/archives/"
      done <<'EOF'
      \(packages)
      EOF

      """
  }

  /// What every root has beside its packages: mount points, the user inside, and nothing that tells of the host.
  private static let finishScript = """
    set -eu
    for name in workspace build scratch cell; do mkdir -p "$1/$name"; chmod 0755 "$1/$name"; done
    grep -q '^user:' "$1/etc/passwd" || echo 'user:x:1000:1000:user:/tmp/home:/bin/sh' >> "$1/etc/passwd"
    grep -q '^user:' "$1/etc/group" || echo 'user:x:1000:' >> "$1/etc/group"
    # mmdebstrap copies some of these from the host, with their modes.
    rm -f "$1/etc/hosts" "$1/etc/hostname" "$1/etc/resolv.conf"
    printf '127.0.0.1\\tlocalhost\\n::1\\tlocalhost\\n' > "$1/etc/hosts"
    echo taskforge > "$1/etc/hostname"
    : > "$1/etc/resolv.conf"
    chmod 0644 "$1/etc/hosts" "$1/etc/hostname" "$1/etc/resolv.conf"
    rm -rf "$1/etc/apt/sources.list" "$1/etc/apt/sources.list.d"
    rm -f "$1"/etc/passwd- "$1"/etc/group- "$1"/etc/shadow- "$1"/etc/gshadow-
    # Each certificate in Java's store has the time of its import; without network nobody asks for one.
    rm -f "$1/etc/ssl/certs/java/cacerts"

    """

  private static func quoted(_ path: FilePath) -> String {
    "'" + path.string.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}

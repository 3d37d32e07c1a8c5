package import ForgeCore

/// How much an archive may bring.
package struct UnpackLimits: Sendable, Hashable {
  /// Entries, directories included.
  package var entries: Int
  /// Bytes of all files together, holes included.
  package var bytes: Int
  /// Components of one name.
  package var depth: Int
  /// Bytes of one name.
  package var pathBytes: Int

  /// Makes limits; the defaults fit source trees and root file systems.
  package init(entries: Int = 1_000_000, bytes: Int = 8 << 30, depth: Int = 128, pathBytes: Int = 4095) {
    self.entries = entries
    self.bytes = bytes
    self.depth = depth
    self.pathBytes = pathBytes
  }
}

/// What is done with device nodes, FIFOs and sockets.
package enum DevicePolicy: Sendable, Hashable {
  /// They are errors.
  case refuse
  /// They are left out and named in the report, as a root file system made as root needs.
  case skip
}

/// How an archive is unpacked.
package struct UnpackOptions: Sendable, Hashable {
  /// How much it may bring.
  package var limits: UnpackLimits
  /// Leading components dropped from each name; entries with no more than these are left out.
  package var strip: Int
  /// Where symbolic links may point.
  package var links: LinkPolicy
  /// What is done with device nodes.
  package var devices: DevicePolicy
  /// Whether files get the archive's times; otherwise they keep the time of unpacking.
  package var keepTimes: Bool
  /// Whether a regular file takes the place of one that came before under the same name, as tar(1) does it.
  ///
  /// Otherwise a name that comes twice ends the extraction. Links and directories are never replaced.
  package var lastFileWins: Bool

  /// Makes options; the defaults are those for archives nobody trusts.
  package init(
    limits: UnpackLimits = .init(), strip: Int = 0, links: LinkPolicy = .contained, devices: DevicePolicy = .refuse,
    keepTimes: Bool = true, lastFileWins: Bool = false
  ) {
    self.limits = limits
    self.strip = strip
    self.links = links
    self.devices = devices
    self.keepTimes = keepTimes
    self.lastFileWins = lastFileWins
  }
}

/// What came out of an archive.
package struct UnpackReport: Sendable, Hashable {
  /// Digest of the uncompressed archive, computed while unpacking.
  package var content: Digest
  /// Entries made.
  package var entries = 0
  /// Bytes of all files together.
  package var bytes = 0
  /// Files that the pool held already.
  package var pooled = 0
  /// Names of device nodes that were left out.
  package var skipped: [String] = []
}

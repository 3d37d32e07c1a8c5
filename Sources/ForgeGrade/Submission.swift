import ForgeArchive
package import ForgeCore
package import SystemPackage

/// What was handed in: a directory with `compile.sh`, or a tar archive of one.
package enum Submission {
  /// Names under which a task's submission may stand in a run.
  package static let names = [
    "submission.tar.gz", "submission.tar.zst", "submission.tar.xz", "submission.tar.bz2", "submission.tar",
    "submission",
  ]

  /// Digest of what was handed in, whatever it is packed with: that of its tar stream.
  ///
  /// What cannot be read as an archive has that of its bytes.
  ///
  /// - Throws: `grade.not-a-submission` where there is nothing, or neither a directory nor a file; `ForgeError` where a
  ///   directory cannot be packed.
  package static func digest(of submission: FilePath) throws -> Digest {
    try check(submission)
    if submission.isDirectory {
      return try Temporary.withDirectory { directory in
        try Archive.pack(directory: submission, to: directory.appending("submission.tar")).content
      }
    }
    do {
      return try Archive.contentDigest(of: submission)
    } catch let error as ForgeError where error.code.name.hasPrefix("archive.") {
      return try Digest(ofFile: submission)
    }
  }

  /// Refuses what is there and cannot be one: opening a FIFO would wait for ever.
  ///
  /// - Throws: `grade.not-a-submission`.
  static func check(_ path: FilePath) throws {
    guard !path.isDirectory, !path.isRegularFile else { return }
    let what = path.exists ? "This is neither a directory nor a file" : "There is nothing here"
    throw ForgeError(
      .notASubmission, "\(what); give a directory with \(SubmissionBuilder.script) or a tar archive of one.",
      path: path.string)
  }
}

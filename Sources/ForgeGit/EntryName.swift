/// Which names in a tree no checkout may write.
enum EntryName {
  /// Why a name is refused; nil for a good one.
  ///
  /// Besides `.git` as written, the spellings that other file systems take for it: any case, with characters that HFS+
  /// ignores, and as NTFS abbreviates or cuts it (git's `verify_path`).
  static func objection(to name: [UInt8]) -> String? {
    if name.isEmpty { return "its name is empty" }
    if name.count > 255 { return "its name is longer than 255 bytes" }
    if name.contains(0x2F) { return "its name has a slash in it" }
    for part in name.split(separator: 0x5C, omittingEmptySubsequences: false) {
      if part.elementsEqual("..".utf8) || (part.elementsEqual(".".utf8) && part.count == name.count) {
        return "its name leads out of its directory"
      }
      if isGit(part) { return "a checkout may hold no .git" }
    }
    return nil
  }

  private static func isGit(_ name: ArraySlice<UInt8>) -> Bool {
    if name.elementsEqual(".git".utf8) { return true }
    guard name.count >= 4 else { return false }
    let visible = String(decoding: name, as: UTF8.self).unicodeScalars.filter { !isIgnorable($0) }
    if String(String.UnicodeScalarView(visible)).lowercased() == ".git" { return true }
    var short = String(decoding: name.prefix { $0 != 0x3A }, as: UTF8.self).lowercased()[...]
    while short.hasSuffix(" ") || short.hasSuffix(".") { short.removeLast() }
    return short == ".git" || short == "git~1"
  }

  private static func isIgnorable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF: true
    default: false
    }
  }
}

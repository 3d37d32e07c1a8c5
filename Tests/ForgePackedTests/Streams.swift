import Foundation
import ForgePacked

/// What the tools of the formats wrote for ``text``, each with options that show in its header.
enum Streams {
  /// Forty lines of which every encoder makes less than half.
  static let text = Array((1...40).map { "line \($0) of the text\n" }.joined().utf8)

  /// One stream.
  struct Sample: Sendable, CustomStringConvertible {
    let container: Container
    /// As `name: value`.
    let fields: [String]
    let bytes: [UInt8]
    var description: String { container.rawValue }

    init(_ container: Container, _ fields: [String], _ base64: String) {
      self.container = container
      self.fields = fields
      bytes = Array(Data(base64Encoded: base64)!)
    }
  }

  static let samples = [
    Sample(
      .gzip, [],
      """
      H4sIAAAAAAAAA23SMQ6DQBBD0Z5T7BGwDSE50EZBQtBskeOjlNH89lfz5Dn2sze1693Gp7fRv2M6fsk1paalprWmR01bTc+a\
      XjVphgb3CwACgYAgMAgQAoWAIXAYHKYdwGFwGBwGh8FhcBgcBkfAEXCEHgocAUfAEXAEHAFHwLH8O27iIuEYFwMAAA==
      """),
    Sample(
      .zlib, [],
      """
      eJxt0jEOg0AQQ9GeU+wRsA0hOdBGQULQbJHjo5TR/PZX8+Q59rM3tevdxqe30b9jOn7JNaWmpaa1pkdNW03Pml41aYYG9wsA\
      AoGAIDAIEAKFgCFwGBymHcBhcBgcBofBYXAYHAZHwBFwhB4KHAFHwBFwBBwBR8Cx/Dtu4j4AXA==
      """),
    Sample(
      .bzip2, ["block size: 200k"],
      """
      QlpoMjFBWSZTWRgnD98AAP/ZgAAQQAB/4ANlhEAgAIQSlN6qb1J/6pR6QNAqVJ/qpoMI02k/AUaAo7a2vju58edcLhVVtWKq\
      7t3d3kCjkCi85zjmTBRJibFEklUSSEkltttttq28iOBH0RgRkIwI5EYEaCOhGQR8EfxdyRThQkBgnD98
      """),
    Sample(
      .xz, ["check: crc32"],
      """
      /Td6WFoAAAFpIt42AgAhARYAAAB0L+Wj4AMWAG5dADYaSh8IoCuxbQad+LKKIkUYs3IS1S1yry2jLlHthoLsbjxnWgiTpq7L\
      xJUwop+Yelu1VhhxSdKgsAABbaGj5o2VKZYVB+bwNTeSFIHuVo8j5zaNhVDZbuTeWHICihFT0uaFwapZPx/rzhyHoR3oAAAA\
      4iLhGAABhgGXBgAAB6/GEj4wDYsCAAAAAAFZWg==
      """),
    Sample(
      .lzma, [],
      """
      XQAAgAD//////////wA2GkofCKArsW0GnfiyiiJFGLNyEtUtcq8toy5R7YaC7G48Z1oIk6auy8SVMKKfmHpbtVYYcUnSoLAA\
      AW2ho+aNlSmWFQfm8DU3khSB7laPI+c2jYVQ2W7k3lhyAooRU9LmhcGqWT8f684ciRZ/I///OsYAAA==
      """),
    Sample(
      .zstd, ["checksum: present"],
      """
      KLUv/QRonQIA4oMMEMB3cNRgaflnbbKbbAcdMAum782riWf53ryaeIbvzauJZ/fevJoIUAqowkAlTl0FQ0ooqBGgu/8G8OUR\
      NATPEEb6Aak+1J+PPwJWykZbkxo9Xq4O
      """),
    Sample(
      .lz4, ["content checksum: present"],
      """
      BCJNGGRAp9UAAADxBGxpbmUgMSBvZiB0aGUgdGV4dAoTAB4yEwAeMxMAHjQTAB41EwAeNhMAHjcTAB44EwAeORMALzEwFAAA\
      D8AAAB8xwQAAHzHCAAAfMcMAAB8xxAAAHzHFAAAfMcYAAB8xxwAAHzHIAAAfMsgAAB8yiAEBD8gAAB8yyAAAHzLIAAAfMsgA\
      AB8yyAAAHzLIAAAfMsgAAB8yyAAAHzPIAAAfM8gAAB8zUQIBD8gAAB8zyAAAHzPIAAAfM8gAAB8zyAAAHzPIAAAfM8gAABU0\
      yABQdGV4dAoAAAAA0jQITQ==
      """),
    Sample(
      .lzip, [],
      """
      TFpJUAEQADYaSh8IoCuxbQad+LKKIkUYs3IS1S1yry2jLlHthoLsbjxnWgiTpq7LxJUwop+Yelu1VhhxSdKgsAABbaGj5o2V\
      KZYVB+bwNTeSFIHuVo8j5zaNhVDZbuTeWHICihFT0uaFwapZPx/rzhyJFn8j//86xgAA4iLhGBcDAAAAAAAAjwAAAAAAAAA=
      """),
    Sample(
      .zip, ["member: notes.txt, 791 bytes"],
      """
      UEsDBBQAAAAIAIMYIlDiIuEYeQAAABcDAAAJAAAAbm90ZXMudHh0bdIxDoNAEEPRnlPsEbANITnQRkFC0GyR46OU0fz2V/Pk\
      OfazN7Xr3cant9G/Yzp+yTWlpqWmtaZHTVtNz5peNWmGBvcLAAKBgCAwCBAChYAhcBgcph3AYXAYHAaHwWFwGBwGR8ARcIQe\
      ChwBR8ARcAQcAUfAsfw7blBLAQIUAxQAAAAIAIMYIlDiIuEYeQAAABcDAAAJAAAAAAAAAAAAAACAAQAAAABub3Rlcy50eHRQ\
      SwUGAAAAAAEAAQA3AAAAoAAAAAAA
      """),
    Sample(
      .compress, ["bits: 9"],
      """
      H52JbNK4KQMiBog3ZkDQQUOQThk8dBQEHAhCxsGECxs+jDiR4IyLChkq3ChRIEEaIDOOhFiSYo2UIh2y7AjCBkyNM02CuHFz\
      JUedOHrK/Ekxh1CSNGPAOJqTYgyDCEPiJEowhsWoKoe2rPoRa0ykOmOg9Dp1a8GXZH2ajWEzrdakPN2CdRpUbtOqRu1SrbhU\
      r1kZUDF+vVvxquCyNGV0Paw28VjGb3XKQAt5LkEZbSsTlhFX814ZdT3/zSua5oy+pXXOCCy1sWrDrSNTnLE4tmUQMx7bJjyD\
      8u69MzL/Njuj83DToY+rJq2cIg3UwwE=
      """),
  ]
}

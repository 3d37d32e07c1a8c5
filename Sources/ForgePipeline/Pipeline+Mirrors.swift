import ForgeCore
import ForgeDebian
import ForgeGit

extension Pipeline.Options {
  /// What is wrong with a template of mirrors, to be put behind it; nil where nothing is.
  package static func complaint(aboutMirror template: String) -> String? {
    do {
      _ = try MirrorTemplate(template)
      return nil
    } catch {
      return "is refused: \((error as? ForgeError)?.message ?? "\(error)")"
    }
  }

  /// What is wrong with how a snapshot's moment is written; nil where nothing is.
  package static func complaint(aboutSnapshot moment: String) -> String? {
    MirrorChoice.complaint(aboutSnapshot: moment)
  }
}

import ForgeCore
import ForgePacked

/// Inputs in a container, for programs that unpack what they read, whether any text says so or not.
extension HelpSource {
  /// A run that worked, and one of its inputs.
  struct Fed {
    enum Part: Hashable {
      case stdin
      /// By its place in the tree.
      case file(Int)
    }

    let invocation: Invocation
    let outcome: Outcome
    let part: Part
    let family: String
    /// Whether noise in the input's place showed something else.
    var matters = false
    /// Forms in which the input did what it does as it is.
    var forms: [Packer.Form] = []
    /// Forms that did so without their magic number too, so that nothing was unpacked.
    var refuted: Set<Packer.Form> = []

    var content: ByteString {
      switch part {
      case .stdin: invocation.stdin
      case .file(let place):
        if case .file(let bytes, _) = invocation.files[place].content { bytes } else { ByteString() }
      }
    }

    /// The kind that the input's name tells; nil for standard input.
    var kind: Recipe.InputKind? {
      if case .file(let place) = part { Recipe.InputKind(fileName: invocation.files[place].path) } else { nil }
    }

    /// What tells one use of inputs from another.
    var use: String {
      switch part {
      case .stdin: "\(family) stdin"
      case .file(let place): "\(family) " + (kind?.rawValue ?? invocation.files[place].path)
      }
    }

    func with(_ content: [UInt8]) -> Invocation {
      var changed = invocation
      switch part {
      case .stdin: changed.stdin = ByteString(content)
      case .file(let place):
        if case .file(_, let mode) = changed.files[place].content {
          changed.files[place].content = .file(ByteString(content), mode: mode)
        }
      }
      return changed
    }
  }

  /// What stands in the place of an input that worked.
  enum Stand: Hashable {
    case noise
    case packed(Packer.Form)
    /// The same with another magic number: what knows it by that refuses it.
    case spoilt(Packer.Form)
  }

  /// Runs that are tried, of all that worked: one of each use of an input.
  private static let mostFed = 64
  /// What no program takes for anything.
  static let noise: [UInt8] = [0xFF, 0, 0xFE, 1, 0xFD, 2, 0xFC, 3, 0xFB, 4, 0xFA, 5, 0xF9, 6, 0xF8, 7]

  /// Remembers what worked.
  mutating func noteFed(_ trial: Trial) {
    let (invocation, outcome) = (trial.proposal.invocation, trial.observation.outcome)
    guard trial.succeeded, !outcome.stdout.isEmpty || !outcome.files.isEmpty else { return }
    let parts = [Fed.Part.stdin] + invocation.files.indices.prefix(2).map(Fed.Part.file)
    for part in parts {
      let one = Fed(invocation: invocation, outcome: outcome, part: part, family: trial.proposal.family)
      guard one.content.count > 4 else { continue }
      if let place = usesFed[one.use] {
        // What is short is hardly compressed, and then tells nothing.
        if fed[place].content.count < Self.enough, one.content.count > fed[place].content.count { fed[place] = one }
      } else if fed.count < Self.mostFed {
        usesFed[one.use] = fed.count
        fed.append(one)
      }
    }
  }

  /// Bytes of text that every form makes something else of.
  private static let enough = 400
  /// The longest part of an input that its packed form may hold as it is.
  private static let mostShown = 8

  /// An input in a form that hides it: where its text stands in the container as it is, a program that skips what it does
  /// not know reads the same in both.
  static func hidden(_ content: [UInt8], as form: Packer.Form) -> [UInt8]? {
    guard let packed = Packer.pack(content, as: form, name: "input") else { return nil }
    let width = min(mostShown, content.count)
    let shown = Set((0...(content.count - width)).map { Array(content[$0..<($0 + width)]) })
    let isHidden =
      packed.count < width
      || (0...(packed.count - width)).allSatisfy { place in
        !shown.contains(Array(packed[place..<(place + width)]))
      }
    return isHidden ? packed : nil
  }

  /// Each input in every form, whole and with another magic number, and noise in its place; these runs only tell something.
  mutating func planPacked() {
    for place in fed.indices {
      batches.append([])
      let one = fed[place]
      propose(one.with(Self.noise), family: one.family, candidate: false, intent: .packed(place, .noise))
      for form in Packer.Form.allCases {
        guard let packed = Self.hidden(one.content.bytes, as: form) else { continue }
        let spoilt = packed.prefix(2).map { $0 ^ 0x55 } + packed.dropFirst(2)
        propose(one.with(packed), family: one.family, candidate: false, intent: .packed(place, .packed(form)))
        propose(one.with(spoilt), family: one.family, candidate: false, intent: .packed(place, .spoilt(form)))
      }
    }
  }

  mutating func absorbPacked(_ trial: Trial, _ place: Int, _ stand: Stand) {
    let isSame = trial.observation.outcome == fed[place].outcome
    switch stand {
    case .noise: fed[place].matters = !isSame
    case .packed(let form): if isSame { fed[place].forms.append(form) }
    case .spoilt(let form): if isSame { fed[place].refuted.insert(form) }
    }
  }

  /// Where a packed input did what the input itself does, it is proposed whole and damaged, and packed inputs of its kind
  /// are inputs like others from then on.
  mutating func planUnpacked() {
    for one in fed where one.matters {
      batches.append([])
      let kind = one.kind ?? pool.kind(of: one.content)
      let others =
        kind.map { pool.samples(of: $0).filter { $0.variant != .malformed && !$0.isPacked }.map(\.bytes) } ?? []
      // Whoever opens a zip archive opens members that are not compressed.
      let opened = one.forms.filter { !one.refuted.contains($0) }
      for form in opened + (opened.contains(.zip) && !opened.contains(.stored) ? [.stored] : []) {
        if let kind { pool.addPacked(kind, as: form) }
        for content in [one.content] + others.filter({ $0 != one.content }).prefix(3) {
          let input = SampleInput(kind: kind, variant: .normal, label: "", fileName: "input", bytes: content)
          guard let packed = input.packed(as: form) else { continue }
          for changed in [packed] + packed.damaged {
            propose(one.with(changed.bytes.bytes), family: one.family)
          }
        }
      }
    }
    (fed, usesFed) = ([], [:])
  }
}

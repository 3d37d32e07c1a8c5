import ForgeMutants
import Testing

/// What can be done to known encodings; bytes as GNU as writes them.
@Suite struct OperatorTests {
  /// An instruction, and what mutations make of it: letters for the operator, then the bytes.
  struct Sample: Sendable, CustomTestStringConvertible {
    var text: String
    var bytes: [UInt8]
    var mutations: [String]

    init(_ text: String, _ bytes: [UInt8], _ mutations: [String]) {
      self.text = text
      self.bytes = bytes
      self.mutations = mutations
    }
    var testDescription: String { text }
  }

  static let samples: [Sample] = [
    Sample("je .+5", [0x74, 0x03], ["jump 7503"]),
    Sample("jg near", [0x0F, 0x8F, 0x10, 0, 0, 0], ["jump 0f8e10000000"]),
    Sample("sete %al", [0x0F, 0x94, 0xC0], ["value 0f95c0"]),
    Sample("setb %r8b", [0x41, 0x0F, 0x92, 0xC0], ["value 410f93c0"]),
    Sample("cmovne %rax,%rbx", [0x48, 0x0F, 0x45, 0xD8], ["value 480f44d8"]),
    Sample("cmp $10,%eax", [0x83, 0xF8, 0x0A], ["comparison 83f80b", "comparison 83f809"]),
    Sample("cmp $127,%eax", [0x83, 0xF8, 0x7F], ["comparison 83f87e"]),
    Sample("cmp $-128,%eax", [0x83, 0xF8, 0x80], ["comparison 83f881"]),
    Sample("cmpb $47,(%rdi)", [0x80, 0x3F, 0x2F], ["comparison 803f30", "comparison 803f2e"]),
    Sample("cmp $255,%eax", [0x3D, 0xFF, 0, 0, 0], ["comparison 3d00010000", "comparison 3dfe000000"]),
    Sample("cmp $0x1ff,%ax", [0x66, 0x3D, 0xFF, 0x01], ["comparison 663d0002", "comparison 663dfe01"]),
    Sample("test $4,%dil", [0x40, 0xF6, 0xC7, 0x04], ["comparison 40f6c705", "comparison 40f6c703"]),
    Sample("mov $1,%eax", [0xB8, 1, 0, 0, 0], ["constant b800000000"]),
    Sample("mov $2,%eax", [0xB8, 2, 0, 0, 0], ["constant b803000000", "constant b801000000"]),
    Sample(
      "movabs $256,%rdx", [0x48, 0xBA, 0, 1, 0, 0, 0, 0, 0, 0],
      ["constant 48ba0101000000000000", "constant 48baff00000000000000"]),
    // A mark of an error is asked for its sign.
    Sample("mov $-1,%eax", [0xB8, 0xFF, 0xFF, 0xFF, 0xFF], ["constant b800000000"]),
    Sample(
      "cmp $-1,%eax", [0x83, 0xF8, 0xFF], ["comparison 83f800", "comparison 83f8fe"]),
    Sample("movb $0,(%rax)", [0xC6, 0x00, 0x00], ["constant c60001"]),
    Sample("add $8,%rdi", [0x48, 0x83, 0xC7, 0x08], ["sum 4883ef08", "constant 4883c709", "constant 4883c707"]),
    Sample("sub $1,%r12", [0x49, 0x83, 0xEC, 0x01], ["sum 4983c401", "constant 4983ec02", "constant 4983ec00"]),
    Sample("add %r13d,%ebx", [0x44, 0x01, 0xEB], ["sum 4429eb"]),
    Sample("sub (%rsi),%rax", [0x48, 0x2B, 0x06], ["sum 480306"]),
    Sample("incl (%rax)", [0xFF, 0x00], ["sum ff08"]),
    Sample("dec %r9", [0x49, 0xFF, 0xC9], ["sum 49ffc1"]),
    // What is left alone.
    Sample("sub $24,%rsp", [0x48, 0x83, 0xEC, 0x18], []),
    Sample("add %rax,%rsp", [0x48, 0x01, 0xC4], []),
    Sample("sub %rsp,%rax", [0x48, 0x29, 0xE0], ["sum 4801e0"]),
    Sample("mov %rax,%rbx", [0x48, 0x89, 0xC3], []),
    Sample("call near", [0xE8, 1, 2, 3, 4], []),
    Sample("call *%rax", [0xFF, 0xD0], []),
    Sample("and $15,%eax", [0x83, 0xE0, 0x0F], []),
    Sample("vaddps", [0xC5, 0xF4, 0x58, 0xC2], []),
    Sample("lock addl $1,(%rdi)", [0xF0, 0x83, 0x07, 0x01], []),
    Sample("ret", [0xC3], []),
    Sample("a cut-off movabs", [0x48, 0xBA, 0, 1], []),
  ]

  @Test(arguments: samples) func mutations(_ sample: Sample) {
    let names: [MutationOperator: String] = [
      .jump: "jump", .value: "value", .comparison: "comparison", .constant: "constant", .sum: "sum",
    ]
    let found = MutationOperator.mutations(of: sample.bytes).map { mutation in
      names[mutation.kind]! + " "
        + mutation.bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
    #expect(found == sample.mutations)
  }

  @Test func addressesAreLeftAlone() {
    let text: [UInt8] = [0xBF, 0x10, 0x20, 0x40, 0]
    #expect(MutationOperator.mutations(of: text, addresses: 0x400000..<0x500000).isEmpty)
    #expect(MutationOperator.mutations(of: text).count == 2)
  }

  @Test func linesOfObjdump() {
    let line = "  401136:\t74 05                \tje     40113d <main+0x7>"
    let instruction = Instruction(objdump: line.utf8)
    #expect(
      instruction == Instruction(address: 0x401136, bytes: [0x74, 5], text: "je     40113d <main+0x7>"))
    for other in [
      "0000000000401136 <main>:", "", "/build/in:     file format elf64-x86-64", "\t...",
      "  401136:\tzz 05                \tje", "  401136:\t(bad)",
    ] {
      #expect(Instruction(objdump: other.utf8) == nil, "\(other)")
    }
  }

  @Test func roomIsLeftAlone() {
    func sites(_ call: String) -> [UInt64] {
      let instructions = [
        Instruction(address: 1, bytes: [0xBE, 1, 0, 0, 0], text: "mov    $0x1,%esi"),
        Instruction(address: 6, bytes: [0x48, 0x83, 0xC7, 0x08], text: "add    $0x8,%rdi"),
        Instruction(address: 10, bytes: [0xE8, 0, 0, 0, 0], text: call),
        Instruction(address: 15, bytes: [0xBF, 1, 0, 0, 0], text: "mov    $0x1,%edi"),
      ]
      return CandidateSites(addresses: 0..<0, own: .all).places(in: instructions).sites.map(\.instruction.address)
    }
    #expect(sites("call   401030 <calloc@plt>") == [15])
    #expect(sites("call   401030 <__libc_calloc>") == [15])
    // What is below the size of anything may be a flag of a program's own wrapper.
    #expect(sites("call   401030 <my_realloc>") == [1, 15])
    #expect(sites("call   401030 <realloc@plt>") == [6, 15])
    #expect(sites("call   401030 <malloc>") == [1, 15])
    #expect(sites("call   401030 <alloc_node>") == [1, 6, 15])
    #expect(sites("call   401030 <js_dealloc>") == [1, 6, 15])
    #expect(sites("call   401030 <callout>") == [1, 6, 15])
    #expect(sites("jmp    401030 <malloc>") == [1, 6, 15])
  }

  /// The sites among instructions given as bytes and text, four bytes apart in their addresses.
  private func sites(_ lines: [(bytes: [UInt8], text: String)]) -> [Int] {
    let instructions = lines.enumerated().map { place, line in
      Instruction(address: UInt64(4 * place), bytes: line.bytes, text: line.text)
    }
    return CandidateSites(addresses: 0..<0, own: .all).places(in: instructions).sites.map {
      Int($0.instruction.address) / 4
    }
  }

  @Test func whetherMemoryIsGivenBackIsLeftAlone() {
    let move: (bytes: [UInt8], text: String) = ([0x48, 0x89, 0xC7], "mov    %rax,%rdi")
    let jump: (bytes: [UInt8], text: String) = ([0x74, 0x08], "je     c <f+0xc>")
    func call(_ name: String) -> (bytes: [UInt8], text: String) { ([0xE8, 0, 0, 0, 0], "call   401030 <\(name)>") }
    #expect(sites([jump, move, call("free@plt"), move]).isEmpty)
    #expect(sites([jump, move, call("fclose"), move]) == [0])
    // Backwards, or with a way out of what is skipped.
    #expect(sites([move, move, move, move, jump, move, call("free")]) == [4])
    #expect(sites([jump, ([0x75, 0x08], "jne    40 <f+0x40>"), call("free"), move]) == [0, 1])
  }

  @Test func sizesOfBuffersAreLeftAlone() {
    func move(_ constant: String, _ register: String = "edx") -> (bytes: [UInt8], text: String) {
      ([0xBA, 0x10, 0x40, 0, 0], "mov    $\(constant),%\(register)")
    }
    func call(_ name: String) -> (bytes: [UInt8], text: String) { ([0xE8, 0, 0, 0, 0], "call   401030 <\(name)>") }
    for size in ["0x400", "0x4000"] { #expect(sites([move(size), call("read@plt")]).isEmpty) }
    for size in ["0x200", "0x4001"] { #expect(sites([move(size), call("read@plt")]) == [0]) }
    #expect(sites([move("0x4000", "esi"), call("read")]) == [0])
    // A power of two that goes anywhere else may be a flag or a length that is seen.
    #expect(sites([move("0x4000"), call("lookup")]) == [0])
    #expect(sites([([0xC7, 0x40, 0x10, 0, 0x40, 0, 0], "movl   $0x4000,0x10(%rax)"), call("malloc")]) == [0])
    #expect(sites([([0x3D, 0, 0x40, 0, 0], "cmp    $0x4000,%eax")]) == [0])
  }

  /// An amount that is put anywhere else, or overwritten, is not the call's alone.
  @Test func onlyTheAmountOfACallIsLeftAlone() {
    let size: (bytes: [UInt8], text: String) = ([0xBF, 0x18, 0, 0, 0], "mov    $0x18,%edi")
    let call: (bytes: [UInt8], text: String) = ([0xE8, 0, 0, 0, 0], "call   401030 <malloc@plt>")
    func between(_ text: String) -> [Int] { sites([size, ([0x90, 0x90], text), call]) }
    #expect(between("mov    %rax,%rbx").isEmpty)
    #expect(between("mov    %rdi,0x8(%rbx)") == [0])
    #expect(between("lea    0x8(%rdi),%rdi") == [0])
    #expect(between("mov    %al,%dil") == [0])
    #expect(between("jne    40 <f+0x40>") == [0])
    #expect(sites([([0xBE, 0x18, 0, 0, 0], "mov    $0x18,%esi"), call]) == [0])
    #expect(sites([([0x41, 0xB8, 0x18, 0, 0, 0], "mov    $0x18,%r8d"), call]) == [0])
  }

  @Test func whatIsLeftAloneIsCounted() {
    let instructions = [
      Instruction(address: 1, bytes: [0xBF, 0x18, 0, 0, 0], text: "mov    $0x18,%edi"),
      Instruction(address: 6, bytes: [0xE8, 0, 0, 0, 0], text: "call   401030 <malloc@plt>"),
      Instruction(address: 11, bytes: [0xBF, 0x18, 0, 0, 0], text: "mov    $0x18,%edi"),
    ]
    let places = CandidateSites(addresses: 0..<0, own: .all).places(in: instructions)
    #expect(places.room == 1 && places.sites.map(\.instruction.address) == [11])
  }

  @Test func roundingOfSizesIsLeftAlone() {
    let add: (bytes: [UInt8], text: String) = ([0x48, 0x83, 0xC0, 0x17], "add    $0x17,%rax")
    let align: (bytes: [UInt8], text: String) = ([0x48, 0x83, 0xE0, 0xF0], "and    $0xfffffffffffffff0,%rax")
    #expect(sites([add, align]).isEmpty)
    #expect(sites([align, add]) == [1])
    // To a power of two.
    let fold =
      ["shr    %eax", "or     %eax,%edx"]
      + [0x2, 0x4, 0x8, 0x10].flatMap { ["shr    $0x\(String($0, radix: 16)),%eax", "or     %eax,%edx"] }
    let folding = fold.map { (bytes: [UInt8]([0x09, 0xC2]), text: $0) }
    #expect(sites([add] + folding + [add]).isEmpty)
    #expect(sites([add] + folding.dropLast(2) + [add]) == [0, 9])
    // Bits that are counted are shifted as far, and nothing is joined.
    let counting = folding.map { (bytes: $0.bytes, text: $0.text.replacing("or ", with: "and")) }
    #expect(sites([add] + counting) == [0])
  }

  @Test func whatACompilerAddsIsLeftAlone() {
    let stack: [Instruction] = [
      Instruction(address: 1, bytes: [0x64, 0x48, 0x2B, 0x14, 0x25, 0x28, 0, 0, 0], text: "sub    %fs:0x28,%rdx"),
      Instruction(address: 10, bytes: [0x75, 0x10], text: "jne    30"),
      Instruction(address: 12, bytes: [0x75, 0x10], text: "jne    40"),
    ]
    let sites = CandidateSites(addresses: 0..<0, own: .all).places(in: stack).sites
    #expect(sites.map(\.instruction.address) == [12])
    let growth: [Instruction] = [
      Instruction(address: 1, bytes: [0x49, 0x3B, 0x66, 0x10], text: "cmp    0x10(%r14),%rsp"),
      Instruction(address: 5, bytes: [0x76, 0x10], text: "jbe    30"),
      Instruction(address: 7, bytes: [0x76, 0x10], text: "jbe    40"),
    ]
    #expect(
      CandidateSites(addresses: 0..<0, own: .modules([])).places(in: growth).sites.map(\.instruction.address) == [7])
    #expect(CandidateSites(addresses: 0..<0, own: .all).places(in: growth).sites.count == 2)
  }
}

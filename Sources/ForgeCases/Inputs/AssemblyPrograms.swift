extension InputGenerator {
  /// x86-64 assembly in the syntax of AT&T, each about one group of instructions or directives.
  static func assemblyPrograms() -> [Draft] {
    assemblyGroups.enumerated().map { .normal("a\($0.offset)", $0.element) }
      + assemblyMistakes.enumerated().map { .bad("a\($0.offset)", $0.element + "\n") }
  }

  private static let assemblyGroups = [
    "mov %al, %bl\nmovb $1, %ah\nmovw $2, %cx\nmovl $3, %edx\nmovq $4, %rsi\nmovabs $0x123456789abcdef0, %r9\nmovl (%rax), %ebx\nmovq %r8, 8(%rsp)\nmovzbl %al, %ecx\nmovswl %dx, %edi\nmovsbq %bl, %r10\nlea 4(%rax,%rbx,8), %rcx\nxchg %rax, %rbx\nbswap %edx\npushq %rbp\npopq %rbp\npushq $10\n",
    "add $1, %eax\nadcl %ebx, %ecx\nsubq $0x1000, %rsp\nsbb %al, %bl\nincl %eax\ndecq %rbx\nnegl %ecx\nnotq %rdx\nimul %ebx, %eax\nimull $3, %ecx, %edx\nmull %ebx\ndivq %rcx\nidivl %esi\ncmpl $5, %eax\ntestb $1, %al\nandl $-16, %esp\norq %rax, %rbx\nxorl %eax, %eax\n",
    "shl $3, %eax\nshrq %cl, %rbx\nsarl $1, %ecx\nrolb $2, %al\nrorw $3, %dx\nrcl $1, %eax\nshldl $4, %ebx, %eax\nshrdq %cl, %rax, %rbx\nbt $3, %eax\nbtsl %ecx, %edx\nbtrq $5, %rax\nbsf %eax, %ebx\nbsrq %rcx, %rdx\ncltq\ncqto\ncwtl\ncltd\n",
    "start:\njmp start\nje 1f\njne start\nja 1f\njbe 1f\njl 1f\njge 1f\njs 1f\njo 1f\n1: jmp *%rax\ncall start\ncall *8(%rbx)\nret\nloop 1b\njrcxz 1b\nsete %al\nsetg %bl\ncmovel %eax, %ebx\ncmovgeq %rcx, %rdx\nleave\nint $0x80\nsyscall\nhlt\nnop\n",
    ".globl main\n.type main, @function\nmain:\n  pushq %rbp\n  movq %rsp, %rbp\n  subq $16, %rsp\n  movl $0, -4(%rbp)\n.L1: incl -4(%rbp)\n  cmpl $10, -4(%rbp)\n  jl .L1\n  leaq msg(%rip), %rdi\n  call puts\n  xorl %eax, %eax\n  leave\n  ret\n.size main, . - main\n.data\nmsg: .string \"hello\"\n.text\n",
    ".data\na: .byte 1, 2, 'x'\n.short 300\n.int 70000, -1\n.quad 0x123456789, a\n.ascii \"abc\"\n.asciz \"d\\n\\t\\\"\"\n.string \"e\"\n.space 5\n.skip 3, 0xff\n.zero 2\n.align 8\n.p2align 2\nb = 5\n.set c, b + 3 * 2\n.int c, b - 1, a - b\n.long (1 << 4) | 3, ~0, -5 / 2, 7 % 3, 6 & 3, 6 ^ 3\n.bss\nbuf: .skip 64\n.text\n",
    ".section .rodata\nr: .quad 1\n.section .mine, \"aw\", @progbits\nm: .int 2\n.previous\n.text\n.globl f\n.weak w\n.hidden h\nf: ret\nw: ret\nh: ret\n.comm shared, 16\n.lcomm local, 8\n.org 0x40\n.fill 4, 2, 7\n.rept 3\nnop\n.endr\n.file \"x.s\"\n.ident \"me\"\n",
    "movss %xmm0, %xmm1\nmovsd (%rax), %xmm2\naddss %xmm1, %xmm0\nmulsd %xmm3, %xmm2\nsubps %xmm1, %xmm0\ndivpd %xmm1, %xmm0\nsqrtsd %xmm1, %xmm2\ncvtsi2sd %eax, %xmm0\ncvttss2si %xmm0, %eax\nucomiss %xmm1, %xmm0\nmovaps %xmm0, %xmm1\nmovups (%rax), %xmm2\npxor %xmm0, %xmm0\npaddd %xmm1, %xmm2\nmovd %eax, %xmm0\nmovq %xmm0, %rax\n",
    "fld %st(1)\nflds (%rax)\nfldl 8(%rax)\nfildl (%rbx)\nfadd %st(1), %st\nfmulp %st, %st(1)\nfsubrp %st, %st(1)\nfdivl (%rcx)\nfchs\nfabs\nfsqrt\nfsin\nfld1\nfldpi\nfldz\nfxch %st(2)\nfstpl (%rax)\nfistpll (%rbx)\nfcomip %st(1), %st\nfnstcw (%rax)\nfldcw (%rax)\nfninit\n",
    "rep movsb\nrepe cmpsb\nrepne scasb\nstosl\nlodsq\ncld\nstd\ncli\nsti\nclc\nstc\ncmc\nlahf\nsahf\npushfq\npopfq\nlock incl (%rax)\nlock cmpxchgl %ecx, (%rbx)\nxaddl %eax, (%rdx)\ncpuid\nrdtsc\npause\nmfence\nud2\nxlat\nenter $16, $0\n",
    "/* C comment */ # line comment\n.macro_free_label:\n1: nop; 2: nop\njmp 1b; jmp 3f\n3: .byte 1b - 2b, 'a', '\\n'\nmovl $sym, %eax\nmovl sym+4, %ebx\nmovq sym(%rip), %rcx\nmovb %fs:0x28, %al\nmovq %gs:(%rax), %rbx\naddr32 nop\n.code64\n",
  ]

  private static let assemblyMistakes = [
    "movl %eax",
    "foo %eax",
    "movl %eax, %bogus",
    "movq $1, $2",
    ".byte",
    "jmp",
    "1: jmp 9f",
    "movl (%rax,%rbx,3), %ecx",
    "addl %eax %ebx",
    ".string \"open",
    ".unknown 5",
    "lea %eax, %ebx",
    "shl %bl, %eax",
    "push %al",
    ".org -1",
    "movl $(1 +, %eax",
  ]
}

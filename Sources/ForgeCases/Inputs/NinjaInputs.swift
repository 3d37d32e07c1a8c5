extension InputGenerator {
  /// Build files of ninja: rules, edges of every kind, pools, dependencies found while building, and mistakes.
  static func ninja() -> [Draft] {
    [
      .normal(
        "copy",
        "rule cp\n  command = cp $in $out\n  description = COPY $out\n\nbuild out.txt: cp in.txt\ndefault out.txt\n"),
      .normal(
        "chain",
        "cflags = -O2\nbuilddir = b\n\nrule cc\n  command = echo cc $cflags $in > $out\n  description = CC $out\nrule link\n  command = cat $in > $out\n\nbuild a.o: cc a.c\n  cflags = -g\nbuild c.o: cc b.c | hdr.h\nbuild app: link a.o c.o || order\nbuild order: phony\nbuild all: phony app\ndefault all\n"
      ),
      .normal("phony", "build a: phony b c\nbuild b: phony\nbuild c: phony\ndefault a\n"),
      .normal(
        "restat",
        "rule touch\n  command = touch $out\n  restat = 1\n  generator = 1\npool p\n  depth = 2\nbuild x y: touch\n  pool = p\nbuild z: touch x | y\n"
      ),
      .normal(
        "fails",
        "rule fail\n  command = echo failing; exit 3\nbuild f: fail\nrule ok\n  command = echo fine > $out\nbuild g: ok\n"
      ),
      .edge("empty", ""), .edge("comment", "# nothing\n"),
      .edge("escapes", "x = a$ b$:c$$d\nrule e\n  command = echo '$x' $\n    > $out\nbuild o$ 1: e\n"),
      .bad("rule", "build a: nope b\n"), .bad("cycle", "build a: phony b\nbuild b: phony a\n"),
      .bad("missing", "rule cp\n  command = cp $in $out\nbuild a: cp not-there\n"),
      .bad("syntax", "rule\n"), .bad("tab", "rule a\n\tcommand = x\n"),
      .bad("duplicate", "rule r\n  command = c\nbuild a: r\nbuild a: r\n"), .bad("nocommand", "rule r\nbuild a: r\n"),
    ] + ninjaPrograms.enumerated().map { .normal("n\($0.offset)", $0.element) }
      + ninjaMistakes.enumerated().map { .bad("n\($0.offset)", $0.element + "\n") }
  }

  private static let ninjaPrograms = [
    "rule w\n  command = echo $in > $out\nbuild a: w\nbuild b: w a\nbuild c: w a | b || a\nbuild d e: w c\nbuild all: phony d e\ndefault all b\n",
    "rule rsp\n  command = cat $rspfile > $out\n  rspfile = $out.rsp\n  rspfile_content = $in $in_newline\nbuild x: w\nbuild y: w\nbuild z: rsp x y\nrule w\n  command = echo $in > $out\n",
    "rule dep\n  command = echo made > $out && echo '$out: h1.h h2.h' > $out.d\n  depfile = $out.d\n  deps = gcc\n  description = DEP $out\nbuild o1: dep\nbuild o2: dep o1\n",
    "rule dep\n  command = echo made > $out && printf '$out: \\\\\\n  h1.h\\\\\\n' > d\n  depfile = d\nbuild o: dep\n",
    "rule msvc\n  command = echo 'Note: including file: a.h' && echo x > $out\n  deps = msvc\n  msvc_deps_prefix = Note: including file:\nbuild o: msvc\n",
    "a = 1\nb = ${a}2$a\nrule r\n  command = echo $b $x ${x}y $$ > $out\n  description = $out gets $b\nx = global\nbuild o1: r\nbuild o2: r\n  x = local$b\n  description =\n",
    "pool heavy\n  depth = 1\nrule r\n  command = echo $out > $out\n  pool = heavy\nrule c\n  command = echo on the console; touch $out\n  pool = console\nbuild a: r\nbuild b: r\n  pool =\nbuild c: c a b\n",
    "ninja_required_version = 1.3\nbuilddir = .\nrule cat\n  command = cat $in > $out\n  restat = 1\nbuild mid: cat build.in\nbuild out: cat mid\nrule gen\n  command = echo generated > $out\n  generator = 1\nbuild build.in: gen\n",
    "rule fail\n  command = echo to stdout; echo to stderr >&2; exit 2\nrule ok\n  command = echo ok > $out\nbuild f1: fail\nbuild f2: fail\nbuild g: ok\nbuild all: phony f1 g f2\n",
    "rule r\n  command = echo $in -> $out; touch $out\nbuild a$ b: r\nbuild c$:d: r a$ b\nbuild e$\n   f: r c$:d $\n    | a$ b\nbuild ./x/../g: r\n",
    "rule r\n  command = mkdir -p sub && echo x > $out\nbuild sub/a: r\nbuild sub/b: r sub/a |@ v\nbuild v: r\nbuild top: phony sub/b\ndefault top\n",
    "rule dd\n  command = printf 'ninja_dyndep_version = 1\\nbuild out: dyndep | extra\\n' > $out\nrule r\n  command = echo r > $out\nbuild out: r || dd\n  dyndep = dd\nbuild dd: dd\nbuild extra: r\n",
    "rule r\n  command = true\n  description = nothing is made\nbuild never: r\nbuild always: phony\nbuild x: r always\n",
    "rule color\n  command = printf '\\033[31mred\\033[0m %s\\n' $out; touch $out\nbuild a: color\nrule long\n  command = echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa > $out\nbuild b: long\n",
    "rule sig\n  command = kill -TERM $$$$\nbuild s: sig\nrule slow\n  command = sleep 0.1 && touch $out\nbuild t: slow\n",
    "rule r\n  command = touch $out\nbuild f0: r\nbuild f1: r f0\nbuild f2: r f1\nbuild f3: r f2\nbuild f4: r f3\nbuild f5: r f4\nbuild f6: r f5\nbuild f7: r f6\nbuild f8: r f7\nbuild f9: r f8\nbuild f10: r f9\nbuild f11: r f10\nbuild all: phony f11 f5\n",
  ]

  private static let ninjaMistakes = [
    "build",
    "build a",
    "build a:",
    "build a: phony |",
    "build a: phony ||",
    "build a: phony b |@",
    "rule r\n  command = x\n  unknown = y",
    "rule r\n  command = x\nrule r\n  command = y",
    "pool p",
    "pool p\n  depth = -1",
    "pool p\n  depth = x",
    "rule r\n  command = x\n  pool = none\nbuild a: r",
    "default nothing",
    "default",
    "include missing.ninja",
    "subninja missing.ninja",
    "x = $",
    "x = ${open",
    "x = $%",
    "  indented = 1",
    "build a: phony\n x = 1\n   y = 2",
    "ninja_required_version = 99.0",
    "rule r\n  command = x\n  rspfile = a\nbuild a: r",
    "rule r\n  command = x\n  deps = what\n  depfile = d\nbuild a: r",
    "rule r\n  command = touch a\nbuild a: r\n  dyndep = missing",
    "build a: phony a",
    "build $: phony",
    "build a | : phony",
    "=",
    "a b c",
    "rule r\n  depfile = $out\n  command = echo bad > $out\nbuild a: r",
    "rule r\n  command = touch $out\nbuild a: r b\nbuild b: r c\nbuild c: r a",
  ]
}

extension InputGenerator {
  static func cSource() -> [Draft] {
    [
      .normal("hello", "#include <stdio.h>\n\nint main(void)\n{\n  printf(\"hello %d\\n\", 6 * 7);\n  return 0;\n}\n"),
      .normal(
        "plain", "int puts(const char *);\nint main(int argc, char **argv) { puts(\"plain\"); return argc - 1; }\n"),
      .normal(
        "logic",
        "static int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }\nint main() {\n  int a[4] = {1, 2, 3};\n  for (int i = 0; i < 4; i++) { if (a[i] == 2) continue; a[i] <<= 1; }\n  switch (fib(5)) { case 5: break; default: return 1; }\n  return a[0];\n}\n"
      ),
      .normal(
        "types",
        "struct s { int x : 3; union { float f; unsigned char b[4]; } u; struct s *next; };\nenum e { A, B = 4, C };\ntypedef int (*op)(int, int);\nstatic int add(int a, int b) { return a + b; }\nop table[] = { add };\nint main(void) { struct s v = { .x = 1 }; return table[0](v.x, C) - 6; }\n"
      ),
      .normal(
        "macros",
        "#define MAX(a, b) ((a) > (b) ? (a) : (b))\n#define STR(x) #x\n#define CAT(a, b) a##b\n#ifdef DEBUG\nint debug = 1;\n#else\nint debug = 0;\n#endif\nint CAT(va, lue) = MAX(3, 4);\nconst char *s = STR(a b);\n"
      ),
      .normal(
        "bugs",
        "#include <stdlib.h>\nvoid f(int *p) { int a[2]; int unused; a[2] = 0; if (p) {} *p = 1; char *m = malloc(4); }\nint g(int x) { int y; if (x = 1) return y; return x / 0; }\n"
      ),
      .edge("empty", ""), .edge("comment", "/* only */ // this\n"), .edge("nofinal", "int x;"),
      .edge("strings", "char *s = \"a\\x41\\n\" \"b\\\"\"; char c = '\\'';\n"),
      .edge("numbers", "long a = 0x7fL, b = 0777, c = 1e-3f, d = 'ab', e = 0b11, f = 10ULL;\n"),
      .bad("brace", "int main() { return 0;\n"),
      .bad("semicolon", "int main() { int x = 1 return x; }\n"), .bad("type", "foo bar(baz) { return; }\n"),
      .bad("undeclared", "int main(void) { return nope + missing(); }\n"),
      .bad("directive", "#if 1\nint x;\n#include \"nope.h\"\n"), .bad("string", "char *s = \"open;\n"),
      .bad("include", "#include <missing.h>\nint x;\n"),
    ] + cPrograms()
  }

  static func cppSource() -> [Draft] {
    [
      .normal("hello", "#include <iostream>\nint main() { std::cout << \"hello\" << std::endl; }\n"),
      .normal(
        "class",
        "#include <string>\nclass A {\npublic:\n  explicit A(int x) : x_(x) {}\n  virtual ~A() {}\n  int get() const { return x_; }\nprivate:\n  int x_;\n  std::string unused_;\n};\n"
      ),
      .normal(
        "template", "template <typename T> T add(T a, T b) { return a + b; }\nnamespace n { int v = add<int>(1, 2); }\n"
      ),
      .normal(
        "bugs",
        "#include <vector>\nint f(std::vector<int> v) {\n  int *p = 0;\n  int x;\n  std::vector<int>::iterator it = v.begin();\n  v.push_back(1);\n  if (v.size() >= 0) x++;\n  delete p; *p = *it;\n  char b[4]; b[7] = 0;\n  return x;\n}\n"
      ),
      .normal(
        "lambda",
        "auto f = [](int x) { return x * 2; };\nint main() { try { throw 1; } catch (int e) { return f(e); } }\n"),
      .edge("empty", ""),
      .edge("raw", "const char *s = R\"(a \"b\" )\";\n"), .bad("brace", "class A { void f() { }\n"),
      .bad("template", "template <class T void f(T);\n"),
      .bad("string", "const char *s = \"open;\n"),
    ]
  }

  static func lua() -> [Draft] {
    [
      .normal("hello", "print(\"hello\", 1 + 2, 7 // 2, 2^10, \"a\" .. 1)\n"),
      .normal(
        "tables",
        "local t = {3, 1, 2, x = 'y'}\ntable.sort(t)\nfor i, v in ipairs(t) do print(i, v) end\nprint(#t, t.x, next({}))\nprint(table.concat(t, ','), table.unpack(t))\n"
      ),
      .normal(
        "strings",
        "local s = 'Hello World'\nprint(s:upper(), s:len(), s:sub(-5), s:rep(2, '-'), s:find('o W'))\nprint((s:gsub('%w+', string.reverse)), string.format('%5.2f|%-4d|%q|%x', 3.14159, 42, 'a\\n', 255))\nfor w in s:gmatch('%a+') do io.write(w, ';') end print()\n"
      ),
      .normal(
        "functions",
        "local function fib(n) if n < 2 then return n end return fib(n-1) + fib(n-2) end\nprint(fib(15), select('#', 1, nil, nil), (function(...) return ... end)(1, 2))\nlocal mt = setmetatable({}, {__index = function(_, k) return k .. '!' end, __call = function(_, a) return a * 2 end, __tostring = function() return 'obj' end})\nprint(mt.key, mt(21), tostring(mt))\n"
      ),
      .normal(
        "coroutines",
        "local co = coroutine.wrap(function(a) for i = 1, 3 do a = coroutine.yield(a * i) end return 'done' end)\nprint(co(1), co(2), co(3), co(4))\nprint(pcall(error, {code = 1}), pcall(error, 'msg', 0), select(2, pcall(function() local x = nil; return x.y end)))\n"
      ),
      .normal(
        "numbers",
        "print(10 / 3, 10 % 3, -7 // 2, -7 % 3, 5.5 // 2, 1e15, 2^53, math.maxinteger, math.pi, 0x10, 1 << 4, 7 & 3, ~0, math.type(1.0), tostring(0/0), math.floor(-3.5), tonumber('0x1p4'), tonumber('z', 36))\n"
      ),
      .normal("arguments", "print(#arg, arg[1], ...)\nos.exit(arg[1] and 3 or 0)\n"),
      .normal("reader", "for line in io.lines() do print(#line, line) end\n"),
      .normal(
        "goto",
        "for i = 1, 3 do for j = 1, 3 do if j == 2 then goto continue end print(i, j) ::continue:: end end\nlocal i = 0 repeat i = i + 1 until i > 4 while i > 0 do i = i - 2 end print(i)\n"
      ),
      .edge("empty", ""), .edge("comment", "--[[ a\nb ]] -- c\n"), .edge("shebang", "#!/usr/bin/lua\nprint 'ok'\n"),
      .edge("long", "print([==[\nlong ]] text]==], '\\65\\x41\\u{48}\\z\n   end')\n"),
      .edge("nofinal", "return 5"), .bad("syntax", "print('a'\nx = = 1\n"), .bad("open", "if true then print(1)\n"),
      .bad("string", "x = 'open\n"),
      .bad("runtime", "local t = nil\nprint(t.x)\n"), .bad("error", "error('boom')\n"),
      .bad("call", "undefined_function(1)\n"), .bad("arith", "print({} + 1)\n"),
    ] + luaPrograms()
  }

  static func javascript() -> [Draft] {
    let log = "var print = typeof print === 'function' ? print : console.log;\n"
    return [
      .normal("hello", "console.log('hello', 1 + 2, [1, 2, 3].map(x => x * 2).join());\n"),
      .normal(
        "objects",
        "const o = {a: 1, b: [2, {c: 3}], get d() { return 4; }};\nconst {a, b: [x], ...rest} = o;\nconsole.log(JSON.stringify(o), a, x, Object.keys(rest), {...o, e: 5}.e);\n"
      ),
      .normal(
        "classes",
        "class A { #p = 1; static s = 2; constructor(x) { this.x = x; } get p() { return this.#p; } *g() { yield 1; yield* [2, 3]; } }\nclass B extends A { toString() { return `B(${this.x})`; } }\nconst b = new B(5);\nconsole.log(String(b), b.p, A.s, [...b.g()], b instanceof A);\n"
      ),
      .normal(
        "strings",
        "const s = 'Hello World';\nconsole.log(s.replace(/o/g, '0'), s.split(' ').reverse().join('|'), s.padEnd(14, '.'), s.match(/(\\w+) (\\w+)/).slice(1), s.at(-1), 'a\\u{1F600}b'.length);\n"
      ),
      .normal(
        "numbers",
        "console.log(0.1 + 0.2, 7 % -3, -7 % 3, 2 ** 10, 10 / 3, (255).toString(16), parseInt('12px'), Number('x'), 1 / 0, -0, 1e21, (1.005).toFixed(2), Math.max(1, 3, 2), 10n ** 20n, 5 >>> 1, ~5);\n"
      ),
      .normal(
        "errors",
        "try { null.x } catch (e) { console.log(e.name, e instanceof TypeError) } finally { console.log('f') }\nlabel: for (let i = 0; i < 3; i++) { for (;;) { if (i == 1) break label; break; } console.log(i); }\nswitch (3) { case 3: console.log('three'); default: console.log('d') }\n"
      ),
      .normal(
        "collections",
        "const m = new Map([['a', 1], ['b', 2]]), s = new Set([1, 1, 2]);\nconsole.log([...m.keys()], s.size, [3, 1, 2].sort(), [1, 2, 3, 4].filter(x => x % 2).reduce((a, b) => a + b), Array.from({length: 3}, (_, i) => i * i), [1, [2, [3]]].flat(Infinity));\nPromise.resolve(1).then(v => console.log('p', v));\n"
      ),
      .normal(
        "json",
        log
          + "print(JSON.stringify({a: [1, null, undefined], d: new Date(0)}, null, 2), JSON.parse('{\"x\":[1]}').x[0], encodeURIComponent('a b&c'));\n"
      ),
      .edge("empty", ""), .edge("comment", "// a\n/* b */\n"), .edge("nofinal", "console.log(1)"),
      .edge("asi", "let a = 1\nlet b = a\n++b\nconsole.log(a, b)\n"),
      .bad("syntax", "let x = ;\n"), .bad("open", "function f() { return 1;\n"),
      .bad("throw", "throw new Error('boom');\n"), .bad("reference", "console.log(missing);\n"),
      .bad("type", "undefined.x;\n"), .bad("string", "let s = 'open\n"), .bad("const", "const a = 1; a = 2;\n"),
    ] + javascriptPrograms()
  }

  static func jqProgram() -> [Draft] {
    let normal = [
      ".", ".[]", ".a", "keys", "length", "map(.)", ".[0]", "type", "to_entries", "..", ".a.b.c",
      "[.[] | select(. > 1)]", "sort", "add", "tostring", "@csv", "paths", "group_by(.id)",
      "{a: 1, b: .}", "if type == \"array\" then length else 0 end", "reduce .[]? as $x (0; . + 1)",
      "def f(x): x * 2; [1, 2] | map(f(.))", "\"a-\\(.)\"", "try error(\"x\") catch .", "[limit(3; repeat(1))]",
      ".a //= 3",
      "[.[]? | strings | test(\"a\")]", "@base64", "ascii_downcase? // \"none\"", "[range(0; 10; 3)]",
      "input_line_number", "env | type", "$__loc__", "ltrimstr(\"a\")", "tojson | fromjson", "unique", "min, max",
      "del(.a)", "to_entries | from_entries", "splits(\", \")?", "walk(.)", "limit(1; .[]?)",
    ]
    let bad = [
      ".a | ", "{a:", "foo(1)", "$x", ".[1:2:3]", "\"open", "1 +", "if . then 1", ".a.[", "error(\"boom\")",
      ". as [$a, {b: $c}] | $d",
    ]
    return normal.enumerated().map { .normal("n\($0.offset)", $0.element + "\n") } + [
      .edge("empty", ""), .edge("comment", "# note\n.\n"),
    ]
      + bad.enumerated().map { .bad("b\($0.offset)", $0.element + "\n") }
  }

  static func shell() -> [Draft] {
    [
      .normal(
        "script",
        "#!/bin/sh\nset -e\nname=${1:-world}\nfor i in 1 2 3; do\n  echo \"hello $name $i\" | tr a-z A-Z\ndone\nif [ -f x ]; then cat x; fi\n"
      ),
      .normal(
        "functions",
        "f() { local a=$1; case $a in x*) return 1;; *) printf '%s\\n' \"$((a + 1))\";; esac; }\nf 3 && f x || echo no\ncat <<EOF\n$(f 1)\nEOF\n"
      ),
      .edge("empty", ""), .edge("comment", "# x\n"), .bad("quote", "echo \"open\n"), .bad("if", "if true; then\n"),
    ]
  }

  static func python() -> [Draft] {
    [
      .normal(
        "script",
        "import sys\n\ndef f(x, *, y=1):\n    \"\"\"Doc.\"\"\"\n    return [i * y for i in range(x) if i % 2]\n\nclass A:\n    def __init__(self):\n        self.v = f'{f(5)!r}'\n\nprint(A().v, sys.argv[1:])\n"
      ),
      .normal(
        "flow",
        "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    print(e)\nwith open('x') as fh:\n    for line in fh: print(line)\n"
      ), .edge("empty", ""), .edge("comment", "# x\n"),
      .bad("indent", "def f():\nreturn 1\n"), .bad("open", "print((1, 2\n"),
    ]
  }
}

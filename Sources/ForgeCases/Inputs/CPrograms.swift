extension InputGenerator {
  /// Small translation units, each about one part of C.
  ///
  /// Types, expressions, statements, initialisers, the preprocessor, and what compilers warn about. They need no header,
  /// so that they compile wherever a compiler is.
  static func cPrograms() -> [Draft] {
    (cDeclarations + cCode + cPreprocessor).enumerated().map { .normal("c\($0.offset)", $0.element + "\n") }
      + cMistakes.enumerated().map { .bad("c\($0.offset)", $0.element + "\n") }
  }

  private static let cDeclarations = [
    #"char c; signed char sc; unsigned char uc; short s; unsigned short us; int i; unsigned u; long l; unsigned long ul; long long ll; unsigned long long ull; float f; double d; long double ld; _Bool b; void *p; unsigned long n[] = {sizeof(c), sizeof(s), sizeof(i), sizeof(l), sizeof(ll), sizeof(f), sizeof(d), sizeof(ld), sizeof(b), sizeof(p)};"#,
    #"struct a { char c; int i; short s; double d; }; struct b { char c[3]; struct a a; unsigned x : 3, y : 5, : 0, z : 7; }; union u { int i; float f; char b[sizeof(struct b)]; }; unsigned long sizes[] = {sizeof(struct a), sizeof(struct b), sizeof(union u), (unsigned long)&((struct b *)0)->a.d}; struct b v = {.c = "ab", .a = {1, 2, 3, 4.5}, .x = 5, .z = 100};"#,
    #"int a[3] = {1, 2}, b[] = {[4] = 5, 6, [1] = 2}, m[2][3] = {{1}, {2, 3}}; char s[] = "text", t[4] = "abcd", *u = "a" "b\x41\101\n", v[2][4] = {"ab", {'c'}}; struct p { int x, y; } ps[] = {{1, 2}, {.y = 3}, [3].x = 4}; int *q = &b[2], (*r)[3] = m + 1; unsigned long n[] = {sizeof b, sizeof s, sizeof t, sizeof ps};"#,
    #"enum e { A, B = 5, C, D = -1, E = C * 2 + (1 << 3) }; enum e x = E; int (*fp)(int, char *); int *(*afp[2])(void); int (*(*ffp)(int))(double); typedef int T[3]; typedef int F(int); T t = {1, 2, 3}; F f; int f(int a) { return a; } F *g = f; const volatile int *const cp = &t[1]; extern int ext; static int st = 4;"#,
    #"static inline int sq(int x) { return x * x; } int use(void) { return sq(4); } extern int shared; int shared = 3; int tentative; int tentative; int noargs(); int variadic(const char *f, ...); int (*pick(int n))(int) { return n ? sq : 0; } _Static_assert(sizeof(int) == 4, "int"); _Alignas(16) char aligned[3]; int al = _Alignof(double);"#,
    #"struct list { struct list *next; int v; }; struct list a, b = {&a, 2}, c = {.next = &b, .v = 3}; struct outer { int k; struct { int in; union { int u1; char u2; }; }; } o = {1, {2, {3}}}; int sum(struct list *l) { int s = 0; for (; l; l = l->next) s += l->v; return s + o.in + o.u2; } struct flex { int n; char data[]; }; unsigned long fs = sizeof(struct flex);"#,
    #"long a = 0x7fffffffffffffffL, b = 0777, c = 0b101, d = 'ab', e = L'x', f = 1e3, g = 0x1p4, h = -1u > 0, i = 10 / 3 * 3 % 4, j = ~0 ^ 5, k = 1 << 4 >> 2, l = !5 || 3 && 2, m = 5 > 3 ? 7 : 8; double x = 1.5e-3, y = .5f, z = 3.L, w = 1.0 / 3; unsigned char t = 300; float q = 16777217; long long big = 1LL << 40;"#,
    #"typedef struct { float x, y; } vec; vec add(vec a, vec b) { vec r = {a.x + b.x, a.y + b.y}; return r; } double mix(int a, float b, long c, double d, char e) { return a + b * c - d / e; } struct big { long a[5]; } ret(struct big b, int i) { b.a[i] = 7; return b; } vec use(void) { return add((vec){1, 2}, (vec){.y = 3}); } long double ldf(long double a) { return a * 2 + 1; }"#,
  ]

  private static let cCode = [
    #"int f(int n) { int s = 0; for (int i = 0; i < n; i++) { if (i % 2) continue; if (i > 10) break; s += i; } while (n-- > 0) s ^= n; do s <<= 1; while (s < 100); return s; }"#,
    #"int f(int c) { switch (c) { case 1: return 10; case 2: case 3: c *= 2; break; case 'a' ... 'z': c = 0; default: c--; } switch (c & 3) { default: c = 9; case 0: { int d = c; c = d + 1; } } return c; }"#,
    #"int f(int n) { int i = 0; again: if (i++ < n) goto again; goto end; i = 100; end: return i; } int g(int x) { static void *t[] = {&&a, &&b}; goto *t[x]; a: return 1; b: return 2; }"#,
    #"int f(int a, int b) { int c = a, d; c += b; c -= 1; c *= 3; c /= 2; c %= 7; c <<= 2; c >>= 1; c &= 0xff; c |= 8; c ^= 5; d = c++ + ++c; d = c-- - --c; d = (a, b); return -d + +c + ~a + !b; }"#,
    #"unsigned long f(unsigned a, int b, long c, unsigned char d) { return a / 3 + a % 5 + (a >> 2) + (unsigned)(b >> 1) + (c << 3) + b / -2 + (long)d * b + (a > (unsigned)b) + (b < c) + (d == 200) + (short)a + (signed char)b; }"#,
    #"double f(double a, float b, int i, unsigned long u) { double r = a * b + i / a - u; if (a < b || a >= 2.5 && !(b != 1.0f)) r = -r; i = (int)r; u = (unsigned long)a; b = u; return a > 0 ? r : i + (float)b; } int g(double a, double b) { return (a < b) + (a <= b) + (a == b) + (a != b) + (a > b) + (a >= b); }"#,
    #"int f(int *p, int n) { int *e = p + n, s = 0; while (p < e) s += *p++; return s + *(p - 1) + p[-2] + (int)(e - p) + !p + (p == e); } char *g(char *d, const char *s) { char *r = d; while ((*d++ = *s++)); return r; } void h(int **a, int (*m)[3]) { **a = m[1][2]; *a = *m; (*a)[1] = 5; }"#,
    #"int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); } int gcd(int a, int b) { return b ? gcd(b, a % b) : a; } int even(int); int odd(int n) { return n ? even(n - 1) : 0; } int even(int n) { return n ? odd(n - 1) : 1; } int apply(int (*f)(int), int x) { return f(x) + (*f)(x) + (**f)(x); } int u(void) { return apply(fib, 5) + apply(&even, 4); }"#,
    #"int f(int n) { int v[n], m[n][n]; v[0] = n; m[n - 1][0] = sizeof v; { int n = 3; char v[n]; v[1] = n; return v[1] + sizeof(v) + m[0][0]; } } int g(int n, int a[n]) { return a[n - 1]; } int h(int a[static 3]) { return a[2]; }"#,
    #"int vsum(int n, ...) { __builtin_va_list a; int s = 0; __builtin_va_start(a, n); while (n--) s += __builtin_va_arg(a, int); double d = __builtin_va_arg(a, double); __builtin_va_end(a); return s + d; } int u(void) { return vsum(3, 1, 2, 3, 4.5); }"#,
    #"int f(int x) { return ({ int y = x * 2; y + 1; }) + (x ?: 5) + __builtin_constant_p(3) + sizeof(typeof(x)) + __builtin_types_compatible_p(int, long) + _Generic(x, int: 1, long: 2, default: 3) + __alignof__(x); } struct __attribute__((packed)) p { char c; int i; }; int n[sizeof(struct p)]; void w(void) __attribute__((weak, section(".mine"))); void w(void) {} int al __attribute__((aligned(32)));"#,
    #"struct s { int a : 4; unsigned b : 12, c : 1; long d : 40; }; int f(struct s *p) { p->a = -3; p->b += 5; p->c = !p->c; p->d |= 1L << 35; return p->a + p->b++ + p->c; } struct s g(void) { struct s x = {1, 2, 1, 4}, y = x; y.a--; return y; } _Bool h(int x) { _Bool b = x; b = 5; b &= x > 2; return b; }"#,
    #"int g, *p = &g; int f(void) { static int n = 1; static char buf[8]; extern int g; g++; buf[n & 7] = 'x'; { int g = 5; n += g; } return n++ + *p; } int main(int argc, char **argv) { int r = 0; for (char **a = argv; *a; a++) r += **a; return argc > 1 ? f() : r; }"#,
    #"int f(int x) { asm("nop"); asm volatile("addl %1, %0" : "+r"(x) : "r"(3) : "cc"); __asm__("movl $5, %%eax\n\tmovl %%eax, %0" : "=m"(x) : : "eax", "memory"); return x; } asm(".globl mark\nmark: ret"); long t(void) { long r; asm("lea 4(%1,%2,8), %0" : "=r"(r) : "r"(1L), "r"(2L)); return r; }"#,
    #"unsigned f(unsigned long long a, long long b) { unsigned long long c = a * b + a / (b | 1) - a % 1000; c = c << 33 >> 5; c = (c & 0xffff0000ffffULL) | (a ^ ~b); return c > a ? c : (unsigned)(c >> 32) + (a == (unsigned long long)b) + (b < -5LL); }"#,
    #"void swap(void *a, void *b, unsigned long n) { char *x = a, *y = b; while (n--) { char t = *x; *x++ = *y; *y++ = t; } } void sort(int *v, int n) { for (int i = 1; i < n; i++) for (int j = i; j > 0 && v[j - 1] > v[j]; j--) swap(&v[j], &v[j - 1], sizeof *v); } int hash(const char *s) { unsigned h = 5381; for (; *s; s++) h = h * 33 ^ (unsigned char)*s; return h % 1009; }"#,
  ]

  private static let cPreprocessor = [
    #"#define N 3"#
      + "\n#define F(x) ((x) * N)\n#define G(x, ...) F(x) + H(__VA_ARGS__)\n#define H(a, b) a - b\n#define S(x) #x\n#define X(x) S(x)\n#define C(a, b) a ## b\nint C(v, 1) = G(2, 3, 4); char *s = S(a \"b\" '\\n'), *t = X(N); int C(d, e);\n#undef N\n#define N F\nint w = N(1);",
    "#if defined(A) || !defined B && (1 + 2 * 3 == 7)\nint yes;\n#elif 0\nint no;\n#else\nint other;\n#endif\n#ifdef __x86_64__\nint x86;\n#endif\n#ifndef Z\n#define Z\n#endif\n#if 1 ? 0x10 > 'a' : -1 < 0u\nint a;\n#else\nint b;\n#endif\n#if 0\n#if 1\n#error no\n#endif\n# else\nint nested;\n#endif",
    "int line = __LINE__; char *file = __FILE__;\n#line 100 \"other.c\"\nint l2 = __LINE__; char *f2 = __FILE__;\nconst char *fn(void) { return __func__; }\nint std = __STDC__, c = __COUNTER__ + __COUNTER__;\n#pragma once\n#pragma pack(push, 1)\nstruct p { char a; int b; };\n#pragma pack(pop)\n_Pragma(\"weird\") int after;",
    "#define REC REC + 1\n#define A B\n#define B A\n#define EMPTY\n#define LP (\n#define f(x) <x>\n#define g f\n#define t(x,y,z) x ## y ## z\nREC A B f EMPTY (1) g(2) f LP 3)\nt(1,2,3) t(,4,5) t(6,,7) t(8,9,) t(,,)\n#define v(fmt, ...) p(fmt, ##__VA_ARGS__)\nv(\"a\") v(\"b\", 1, 2)\n#define str(s) # s\nstr(a  /* c */  b) str(\"q\\n\" '\"') str(@\\n)",
    "#if __has_include(\"none.h\")\nint has;\n#endif\nint after_include; // comment \\\nstill comment\nint x /* in */ = /* a\nb */ 3; int t\\\nw = 5; char *u = \"a\\\nb\";",
    "#warning careful\n#define M(a) a\n#define M(a) a\n#define DEFER(x) x EMPTY\n#define CAT2(a, b) a##b\n#define CAT(a, b) CAT2(a, b)\n#define REP(m) m(1) m(2) m(3)\n#define DECL(n) int CAT(v, n) = n;\nREP(DECL)\n#define XS X(a) X(b) X(c)\n#define X(n) n,\nenum { XS last };\n#undef X\n#define X(n) #n,\nchar *names[] = { XS 0 };",
  ]

  private static let cMistakes = [
    "int f(void) { return x; }", "int a; char a;", "int f(int a) { int a; return a; }", "struct s v;",
    "int f() { 5 = 3; }",
    "int a[-1];", "void v;", "int f() { break; }", "int f() { case 1: ; }", "int f() { goto nowhere; }",
    "struct s { int a; }; int f(struct s *p) { return p->b; }", "int f(int); int g() { return f(1, 2); }",
    "int f() { int *p; return *p.x; }", "int f() { return *5; }", "#define F(a, b) a\nint x = F(1);", "#define\n",
    "#if (1\n#endif\n", "#else\n", "#endif\n", "#include nothing\n", "#unknown\n", "#error stop here",
    "#if 1 / 0\n#endif",
    "char c = 'abcde", "char *s = \"\\xz\";", "int x = 08;", "int x = 1.2.3;", "int x = 0xg;", "int f( {", "struct {",
    "enum {",
    "int a[] = {1, 2", "int f() { if (1) else }", "int f() { while }", "int f() { for (;;", "int f() { return 1 + ; }",
    "typedef int T; T T;", "int f() { switch (1) { case 1: case 1: ; } }", "const int c = 1; void f() { c = 2; }",
    "int x = {1, 2};", "int f() { int x = \"s\" * 2; }", "_Static_assert(0, \"no\");", "int f() { continue; }", "@",
    "int $ = 1;`",
    "static int f(void); int g(void) { return f(); }", "int f(int a, char b) { return a.b; }", "auto x;",
    "long long long x;",
  ]
}

/// The runtime of the instrumented variant: counts edges into memory that a cell hands over for one run.
///
/// clang and gcc call it by their sanitizer coverage (<https://clang.llvm.org/docs/SanitizerCoverage.html>), which is what
/// AFL++'s own PCGUARD mode is made from. AFL++'s wrappers were tried first, and left: they define
/// `FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION` behind every `-U`, so that programs leave out checksums and limits; their
/// runtime finds its segment by a variable that the program sees and may print; and the segment would be in a namespace
/// that all cases share. This one finds its memory as a descriptor, which it closes before the program begins.
package enum EdgeRuntime {
  /// The name of the source beside the compiler wrappers.
  package static let fileName = ".edges.c"

  /// The source, which needs no header and no library: a program may define such names as `close` itself.
  ///
  /// Descriptor, size and seals are those of `Sources/Cell/edges.h`. clang's code counts by itself, in bytes of one section
  /// of the program; the cell's memory is laid over them, page by page, and so a run is hardly slower for being counted
  /// (with a call at each edge jq takes 2.1 times as long). A page of this file's own, which the wrappers link last, makes
  /// the section begin and end where pages do; in a shared library the pages at its ends are not counted. Where clang calls
  /// at each edge, it numbers them from 1; gcc says only where it is, so that a block's address, by Fibonacci hashing, is
  /// its number.
  package static let source = #"""
    typedef unsigned char u8;
    typedef unsigned int u32;
    typedef unsigned long u64;
    enum { DESCRIPTOR = 198, COUNTERS = 1 << 18, SEALS = 7, PAGE = 4096 };

    static u8 *counters;
    static u8 tried;

    static long call(long number, long a, long b, long c, long d, long e, long f) {
      long value;
      register long r10 __asm__("r10") = d;
      register long r8 __asm__("r8") = e;
      register long r9 __asm__("r9") = f;
      __asm__ volatile("syscall"
                       : "=a"(value)
                       : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                       : "rcx", "r11", "memory");
      return value;
    }

    /* Outside a measured run the descriptor is not there, or something else that has no such seals. */
    static void attach(void) {
      if (tried) return;
      tried = 1;
      if (call(72 /* fcntl */, DESCRIPTOR, 1034 /* F_GET_SEALS */, 0, 0, 0, 0) != SEALS) return;
      if (call(8 /* lseek */, DESCRIPTOR, 0, 2 /* SEEK_END */, 0, 0, 0) != COUNTERS) return;
      long base = call(9 /* mmap */, 0, COUNTERS, 3 /* read, write */, 1 /* shared */, DESCRIPTOR, 0);
      call(3 /* close */, DESCRIPTOR, 0, 0, 0, 0, 0);
      if (base > 0 || base < -4095) counters = (u8 *)base;
    }

    __attribute__((section("__sancov_cntrs"), aligned(PAGE), used)) static u8 last_page[PAGE];

    void __sanitizer_cov_8bit_counters_init(u8 *start, u8 *stop) {
      static u64 taken;
      attach();
      u64 from = ((u64)start + PAGE - 1) & -(u64)PAGE, to = (u64)stop & -(u64)PAGE;
      if (!counters || from >= to || taken >= COUNTERS) return;
      u64 size = to - from < COUNTERS - taken ? to - from : COUNTERS - taken;
      /* With an old size of nothing the pages are in both places: others may count in the first. */
      call(25 /* mremap */, (long)(counters + taken), 0, (long)size, 3 /* may move, to here */, (long)from, 0);
      taken += size;
    }

    static inline void count(u32 edge) {
      u8 *counter = counters + (edge & (COUNTERS - 1));
      u8 next = (u8)(*counter + 1);
      *counter = next ? next : 255;
    }

    void __sanitizer_cov_trace_pc_guard_init(u32 *start, u32 *stop) {
      static u32 edges;
      attach();
      if (!counters || start == stop || *start) return;
      while (start < stop) *start++ = ++edges;
    }

    void __sanitizer_cov_trace_pc_guard(u32 *guard) {
      if (*guard) count(*guard);
    }

    extern char __executable_start;
    void __sanitizer_cov_trace_pc(void) {
      if (!counters) return;
      u32 place = (u32)((u64)__builtin_return_address(0) - (u64)&__executable_start);
      count(place * 0x9E3779B1u >> 14);
    }

    __attribute__((constructor(101))) static void begin(void) { attach(); }

    """#
}

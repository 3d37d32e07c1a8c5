import ForgeCore
import SystemPackage

/// The script that stands before `rustc` in a coverage or instrumented build.
///
/// Cargo gives `RUSTFLAGS` to every crate; the script gives the options to upstream's own alone, which are those in the
/// checkout and not below `vendor`. Build scripts and procedural macros run in the compiler and not in
/// the program, so they stay as they are.
package struct RustWrapper: Sendable, Hashable {
  /// The absolute path of rustc inside the root.
  package var real: String
  /// The absolute path of the C compiler there, which rustc links with and which compiles the runtime of edges.
  package var cCompiler: String
  /// What is built.
  package var variant: Variant

  /// Describes a wrapper.
  package init(real: String, cCompiler: String, variant: Variant) {
    self.real = real
    self.cCompiler = cCompiler
    self.variant = variant
  }

  /// The wrapper for a plan in a root; nil where the plan builds as upstream does, or there is no rustc.
  static func find(in root: FilePath?, plan: CompilePlan) -> RustWrapper? {
    guard plan.language == .rust, plan.variant == .coverage || plan.variant == .instrumented,
      let real = ContainedPath.find("rustc", in: root)
    else { return nil }
    return RustWrapper(
      real: real, cCompiler: ContainedPath.find("cc", in: root) ?? "/usr/bin/cc", variant: plan.variant)
  }

  /// The script's text.
  package var script: String {
    """
    #!/bin/sh
    tf_real='\(real)'
    tf_cc='\(cCompiler)'
    tf_variant=\(variant.rawValue)
    tf_source='\(BuildLayout.source)'
    tf_notes='\(BuildLayout.notes)'
    tf_edges='\(BuildLayout.wrappers)/\(EdgeRuntime.fileName)'

    """ + Self.body
  }

  /// Debian leaves the profiler's runtime out of some of its rustc packages; clang's of the same LLVM is the same code.
  static let body = #"""
    case $PWD/ in
    */vendor/*) exec "$tf_real" "$@" ;;
    "$tf_source"/*) ;;
    *) exec "$tf_real" "$@" ;;
    esac
    tf_name= tf_type= tf_value=
    for tf_arg; do
      case $tf_value in
      --crate-name) tf_name=$tf_arg ;;
      --crate-type) tf_type="$tf_type $tf_arg" ;;
      esac
      tf_value=
      case $tf_arg in
      --crate-name | --crate-type) tf_value=$tf_arg ;;
      --crate-name=*) tf_name=${tf_arg#*=} ;;
      --crate-type=*) tf_type="$tf_type ${tf_arg#*=}" ;;
      --test) tf_type="$tf_type bin" ;;
      vendor/*.rs | */vendor/*.rs) exec "$tf_real" "$@" ;;
      --print | --print=* | -vV | -V | --version | -) exec "$tf_real" "$@" ;;
      esac
    done
    case $tf_name/$tf_type in
    /* | build_script_* | */*proc-macro*) exec "$tf_real" "$@" ;;
    esac
    printf 'counted the crate %s\n' "$tf_name" >>"$tf_notes/flags"
    if [ "$tf_variant" = coverage ]; then
      set -- "$@" -C instrument-coverage
      tf_sysroot=$("$tf_real" --print sysroot)
      if ! ls "$tf_sysroot"/lib/rustlib/*/lib/libprofiler_builtins-* >/dev/null 2>&1; then
        tf_llvm=$("$tf_real" -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
        tf_runtime=$(ls "/usr/lib/llvm-$tf_llvm"/lib/clang/*/lib/linux/libclang_rt.profile-x86_64.a 2>/dev/null | head -n 1)
        if [ -z "$tf_runtime" ]; then
          echo "rustc has no runtime to count lines with: add libclang-rt-$tf_llvm-dev to packages" >&2
          exit 1
        fi
        export RUSTC_BOOTSTRAP=1
        set -- "$@" -Z no-profiler-runtime
        set -- "$@" -C link-arg=-u__llvm_profile_runtime -C "link-arg=$tf_runtime" -C link-arg=-lc
      fi
      exec "$tf_real" "$@"
    fi
    set -- "$@" -C passes=sancov-module -C llvm-args=-sanitizer-coverage-level=3
    set -- "$@" -C llvm-args=-sanitizer-coverage-inline-8bit-counters
    case $tf_type in
    *bin*)
      # Several links may make it at once; each puts a whole one in place.
      tf_runtime=$tf_notes/edges.o
      if [ ! -e "$tf_runtime" ]; then
        "$tf_cc" -x c -O2 -fPIC -c -o "$tf_runtime.$$" "$tf_edges" && mv -f "$tf_runtime.$$" "$tf_runtime"
      fi
      set -- "$@" -C "link-arg=$tf_runtime"
      ;;
    esac
    exec "$tf_real" "$@"

    """#
}

extension CompilerWrapper {
  /// The common body, for any POSIX shell.
  ///
  /// - Parameters:
  ///   - date: What `__DATE__` stands for, for compilers that do not read `SOURCE_DATE_EPOCH` (clang before 16).
  ///   - time: What `__TIME__` stands for there.
  /// - Returns: The text that every wrapper reads.
  package static func body(date: String, time: String) -> String {
    settings(date: date, time: time) + reading + adding + running
  }

  private static func settings(date: String, time: String) -> String {
    """
    # Read by the compiler wrappers in this directory; see build.json for what they changed.
    tf_date='\(date)'
    tf_time='\(time)'
    tf_top='\(BuildLayout.top)'
    tf_source='\(BuildLayout.source)'
    tf_notes='\(BuildLayout.notes)'
    tf_edges='\(BuildLayout.wrappers)/\(EdgeRuntime.fileName)'

    """
  }

  /// Goes through the arguments once: keeps, leaves out or replaces each, and learns what is being asked.
  private static let reading = #"""
    tf_note() { printf '%s\n' "$1" >>"$tf_notes/flags"; }
    [ -e "$tf_notes/used-$tf_name" ] || : >"$tf_notes/used-$tf_name"

    # One flag can hide a file from the first pass, so what kind of call this is comes first.
    tf_input= tf_stdin= tf_link=1 tf_shared= tf_probe= tf_m32= tf_output= tf_file= tf_language= tf_value=
    for tf_arg; do
      if [ -n "$tf_value" ]; then
        case $tf_value in -o) tf_output=$tf_arg ;; -x) tf_language=$tf_arg ;; esac
        tf_value=
        continue
      fi
      case $tf_arg in
      -o | -x | -I | -L | -D | -U | -l | -B | -T | -u | -z | -e | -A | -G | -include | -imacros | -isystem | -iquote | \
        -idirafter | -iprefix | -iwithprefix | -isysroot | -MF | -MT | -MQ | -Xlinker | -Xassembler | -Xpreprocessor | \
        -Xclang | -mllvm | -target | --param | -aux-info | -dumpbase | -dumpdir | -wrapper) tf_value=$tf_arg ;;
      -o*) tf_output=${tf_arg#-o} ;;
      -x*) tf_language=${tf_arg#-x} ;;
      -c | -S | -E | -M | -MM | -fsyntax-only) tf_link= ;;
      -shared | -r | -Wl,-shared | -Wl,-r) tf_shared=1 ;;
      -m32 | -mx32 | -m16) tf_m32=1 ;;
      -) tf_input=1 tf_stdin=1 ;;
      -*) ;;
      *)
        tf_input=1
        [ -n "$tf_file" ] || tf_file=$tf_arg
        case $tf_arg in
        conftest* | */conftest* | *cmTC_* | *CMakeFiles/CMakeTmp/* | *CMakeScratch/* | *CompilerId* | *meson-private/*)
          tf_probe=1
          ;;
        esac
        ;;
      esac
    done
    case $PWD in *CMakeFiles/CMakeTmp* | *CMakeScratch* | *CompilerId* | *meson-private*) tf_probe=1 ;; esac
    [ -n "$tf_input" ] || exec "$tf_real" "$@"
    tf_foreign=
    [ "$tf_variant" = reference ] || [ -n "$tf_probe" ] || tf_foreign=1

    tf_left=$# tf_isa= tf_value=
    while [ "$tf_left" -gt 0 ]; do
      tf_arg=$1
      shift
      tf_left=$((tf_left - 1))
      if [ -n "$tf_value" ]; then
        tf_value=
        set -- "$@" "$tf_arg"
        continue
      fi
      case $tf_arg in
      -o | -x | -I | -L | -D | -U | -l | -B | -T | -u | -z | -e | -A | -G | -include | -imacros | -isystem | -iquote | \
        -idirafter | -iprefix | -iwithprefix | -isysroot | -MF | -MT | -MQ | -Xlinker | -Xassembler | -Xpreprocessor | \
        -Xclang | -mllvm | -target | --param | -aux-info | -dumpbase | -dumpdir | -wrapper) tf_value=$tf_arg ;;
      -march=native | -mtune=native | -mcpu=*)
        tf_note "left out $tf_arg"
        continue
        ;;
      -march=x86-64 | -march=x86-64-v2 | -march=core2 | -march=nehalem | -march=k8 | -march=nocona) ;;
      -march=* | -mavx* | -mfma* | -mbmi* | -mlzcnt | -mabm | -mf16c | -mmovbe | -maes | -mpclmul | -msha* | -mvaes | \
        -mvpclmulqdq | -mgfni | -mrdrnd | -mrdseed | -madx | -mxsave* | -mamx* | -msse4a | -mxop | -mtbm | -mlwp | \
        -mclflushopt | -mclwb | -mprfchw | -mfsgsbase | -msm3 | -msm4)
        if [ -z "$tf_m32" ] && [ "${TASKFORGE_ISA-}" != keep ]; then
          tf_isa="$tf_isa $tf_arg"
          continue
        fi
        tf_note "kept $tf_arg"
        ;;
      -O*)
        if [ -n "$tf_foreign" ] && [ -n "$tf_level" ]; then
          [ "$tf_arg" != "$tf_level" ] || [ -z "$tf_other_level" ] || tf_level=$tf_other_level
          continue
        fi
        ;;
      -Werror | -Werror=* | -pedantic-errors) [ -z "$tf_foreign" ] || continue ;;
      -static | -static-libasan | -Wl,-static | -Wl,-Bstatic | -Wl,-dn)
        if [ -n "$tf_foreign" ] && [ "$tf_variant" = sanitized ]; then
          tf_note "left out $tf_arg"
          continue
        fi
        ;;
      -flto | -flto=* | -ffat-lto-objects | -fno-fat-lto-objects | -fuse-linker-plugin | -fwhole-program)
        if [ -n "$tf_foreign" ]; then
          tf_note "left out $tf_arg"
          continue
        fi
        ;;
      -pie | -static-pie | -Wl,-Bdynamic | -Wl,-dy)
        if [ -n "$tf_static" ] && [ -n "$tf_link" ] && [ -z "$tf_shared" ]; then continue; fi
        ;;
      -*) ;;
      *.so | *.so.[0-9]*)
        if [ -n "$tf_static" ] && [ -n "$tf_link" ] && [ -z "$tf_shared" ] && [ -e "${tf_arg%.so*}.a" ]; then
          tf_note "linked ${tf_arg%.so*}.a for $tf_arg"
          tf_arg=${tf_arg%.so*}.a
        fi
        ;;
      esac
      set -- "$@" "$tf_arg"
    done

    """#

  /// Puts the build's and the variant's own options behind the rest.
  private static let adding = #"""
    [ -n "$tf_m32" ] || set -- "$@" -march=x86-64-v2 -mtune=generic
    [ -z "$tf_link" ] || set -- "$@" -Wl,--build-id=none
    if [ -n "$tf_static" ] && [ -n "$tf_link" ] && [ -z "$tf_shared" ]; then set -- "$@" -static; fi
    if [ "$tf_variant" != coverage ]; then
      set -- "$@" "-ffile-prefix-map=$tf_top/=" "-ffile-prefix-map=$tf_source=."
    fi
    if [ "$tf_dialect" = gcc ]; then
      tf_seed=${tf_output:-$tf_file}
      [ -z "$tf_seed" ] || set -- "$@" "-frandom-seed=$tf_seed"
    else
      set -- "$@" -Wno-builtin-macro-redefined "-D__DATE__=\"$tf_date\"" "-D__TIME__=\"$tf_time\""
      set -- "$@" -Qunused-arguments -Wno-unknown-warning-option -Wno-ignored-optimization-argument
      # Before clang 16 the default of C++ was C++14, where gcc has had C++17 since 11; a later -std wins.
      if [ -n "$tf_swapped" ] && [ -n "$tf_cxx" ] && [ -z "$tf_language" ]; then set -- -std=gnu++17 "$@"; fi
    fi
    if [ -n "$tf_foreign" ]; then
      [ -z "$tf_level" ] || set -- "$@" "$tf_level"
      # What one compiler warns about, the other refuses.
      if [ -n "$tf_swapped" ] && [ -z "$tf_cxx" ]; then
        set -- "$@" -Wno-error=implicit-function-declaration -Wno-error=int-conversion
        [ "$tf_dialect" = gcc ] || set -- "$@" -Wno-error=implicit-int -Wno-error=incompatible-function-pointer-types
      fi
      case $tf_variant in
      control) set -- "$@" -ftrivial-auto-var-init=pattern ;;
      # Undefined behaviour is told and survived: what runs the executable says whether it may be. Some is done alike by all
      # builds but in rare cases: loads at any address are what the machine has, gcc defines left shifts of a signed number
      # into its sign, and copies of no bytes from null read nothing (C2y allows them, WG14 N3322). No check asks for the
      # number of bytes, so null goes unseen where it is not read; a compiler that takes tests of it away after such a call
      # shows in the control build.
      sanitized)
        set -- "$@" -fsanitize=address,undefined -fno-sanitize=alignment,shift-base,nonnull-attribute \
          -fsanitize-recover=undefined -fno-omit-frame-pointer -U_FORTIFY_SOURCE
        ;;
      instrumented)
        if [ "$tf_dialect" = gcc ]; then
          set -- "$@" -fsanitize-coverage=trace-pc
        else
          set -- "$@" -fsanitize-coverage=inline-8bit-counters -fno-sanitize-link-runtime
        fi
        if [ -n "$tf_link" ] && [ -z "$tf_shared" ] && [ -z "$tf_m32" ]; then
          # Several links may make it at once; each puts a whole one in place.
          tf_runtime=$tf_notes/edges.o
          if [ ! -e "$tf_runtime" ]; then
            "$tf_real" -x c -O2 -fPIC -c -o "$tf_runtime.$$" "$tf_edges" && mv -f "$tf_runtime.$$" "$tf_runtime"
          fi
          set -- "$@" -x none "$tf_runtime"
        fi
        ;;
      coverage) set -- "$@" --coverage -fprofile-update=atomic -fprofile-abs-path -U_FORTIFY_SOURCE ;;
      esac
    fi

    """#

  /// Runs the compiler, a second time where the first failed for want of something that was left out.
  private static let running = #"""
    if [ -n "$tf_stdin" ] || { [ -z "$tf_isa" ] && { [ -z "$tf_swapped" ] || [ -n "$tf_probe" ]; }; }; then
      [ -z "$tf_isa" ] || tf_note "left out$tf_isa"
      exec "$tf_real" "$@"
    fi
    tf_errors=${TMPDIR:-/tmp}/taskforge-cc.$$
    "$tf_real" "$@" 2>"$tf_errors"
    tf_status=$?
    if [ "$tf_status" -eq 0 ]; then
      cat "$tf_errors" >&2
      rm -f "$tf_errors"
      [ -z "$tf_isa" ] || tf_note "left out$tf_isa"
      exit 0
    fi
    tf_unknown=
    if [ -n "$tf_swapped" ] && [ -z "$tf_probe" ]; then
      tf_unknown=$(sed -n -E "s/.*(unknown argument:|unsupported option|unrecognized command.line option) ['‘]([^'’]*)['’].*/\2/p" "$tf_errors")
    fi
    if [ -z "$tf_isa" ] && [ -z "$tf_unknown" ]; then
      cat "$tf_errors" >&2
      rm -f "$tf_errors"
      exit "$tf_status"
    fi
    rm -f "$tf_errors"
    if [ -n "$tf_unknown" ]; then
      tf_left=$#
      while [ "$tf_left" -gt 0 ]; do
        tf_arg=$1
        shift
        tf_left=$((tf_left - 1))
        tf_drop=
        while IFS= read -r tf_line; do [ "$tf_line" != "$tf_arg" ] || tf_drop=1; done <<END
    $tf_unknown
    END
        if [ -n "$tf_drop" ]; then tf_note "left out $tf_arg, unknown to $tf_real"; else set -- "$@" "$tf_arg"; fi
      done
    fi
    # A later -march takes all of the earlier one's place, so what was left out goes last.
    # shellcheck disable=SC2086
    [ -z "$tf_isa" ] || set -- "$@" $tf_isa
    "$tf_real" "$@"
    tf_status=$?
    if [ -n "$tf_isa" ]; then
      if [ "$tf_status" -eq 0 ]; then
        tf_note "kept$tf_isa for $tf_file, which does not compile without"
      else
        tf_note "left out$tf_isa"
      fi
    fi
    exit "$tf_status"

    """#
}

/// The scripts that stand before tools which would put the moment or the machine into a build.
package enum ToolWrapper {
  /// `date`: asked for the present, it answers with the commit's time.
  package static let date = #"""
    #!/bin/sh
    for tf_arg; do
      case $tf_arg in
      -I*) ;;
      --date* | --reference* | --set* | --file* | --help | --version | -[!-]*[drsf]* | -[drsf]*) exec /usr/bin/date "$@" ;;
      esac
    done
    printf 'date answers with the time of the commit\n' >>/build/notes/flags
    exec /usr/bin/date -d "@$SOURCE_DATE_EPOCH" "$@"

    """#

  /// `git`: knows the version that the recipe gives and is otherwise in a checkout without history.
  ///
  /// - Parameter version: What `git describe` says.
  /// - Returns: The script.
  package static func git(version: String) -> String {
    #"""
    #!/bin/sh
    tf_version='\#(version.replacing("'", with: #"'\''"#))'
    while [ $# -gt 0 ]; do
      case $1 in
      -C | -c | --git-dir | --work-tree) shift 2 ;;
      --version)
        echo 'git version 2.39.5'
        exit 0
        ;;
      -*) shift ;;
      *) break ;;
      esac
    done
    printf 'git %s is answered from the recipe\n' "${1-}" >>/build/notes/flags
    case "${1-}" in
    describe) printf '%s\n' "$tf_version" ;;
    submodule | diff | diff-index | diff-files | update-index | status) ;;
    log | show)
      for tf_arg; do
        case $tf_arg in *%ct* | *%at*) exec printf '%s\n' "$SOURCE_DATE_EPOCH" ;; esac
      done
      exec /usr/bin/date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%d
      ;;
    *)
      echo 'fatal: not a git repository (or any of the parent directories): .git' >&2
      exit 128
      ;;
    esac

    """#
  }

  /// `go`: adds to the linker's and the compiler's flags instead of having the command line replace `GOFLAGS`.
  ///
  /// - Parameters:
  ///   - real: The absolute path of the tool inside the root.
  ///   - compilerFlags: What every package is compiled with besides, such as `-N -l`; empty for nothing.
  ///   - counting: What ``GoCounters`` counts in upstream's packages; nil for nothing.
  /// - Returns: The script.
  package static func go(real: String, compilerFlags: String, counting: GoCounters.Kind? = nil) -> String {
    #"""
    #!/bin/sh
    tf_real='\#(real)'
    tf_compiler='\#(compilerFlags)'
    tf_counted='\#(counting?.rawValue ?? "")'
    case "${1-}" in
    build | install) ;;
    test) [ "$tf_counted" = lines ] || exec "$tf_real" "$@" ;;
    *) exec "$tf_real" "$@" ;;
    esac
    tf_verb=$1
    shift
    if [ -n "$tf_counted" ]; then
      tf_place='\#(GoCounters.directory)'
      if [ ! -x "$tf_place/tool" ]; then
        mkdir -p "$tf_place"
        env GO111MODULE=off GOFLAGS= CGO_ENABLED=0 "$tf_real" build -o "$tf_place/tool.$$" \
          '\#(BuildLayout.wrappers)/\#(GoCounters.fileName)' || exit
        mv -f "$tf_place/tool.$$" "$tf_place/tool"
      fi
      tf_overlay=$("$tf_place/tool" "$tf_real" "$tf_counted" '\#(BuildLayout.source)' "$tf_place" "$@") || exit
      set -- "-overlay=$tf_overlay" "$@"
      [ "$tf_verb" != test ] || exec "$tf_real" test "$@"
    fi
    tf_left=$# tf_linker= tf_next=
    while [ "$tf_left" -gt 0 ]; do
      tf_arg=$1
      shift
      tf_left=$((tf_left - 1))
      if [ -n "$tf_next" ]; then
        tf_linker=$tf_arg
        tf_next=
        continue
      fi
      case $tf_arg in
      -ldflags | --ldflags) tf_next=1 ;;
      -ldflags=* | --ldflags=*) tf_linker=${tf_arg#*=} ;;
      *) set -- "$@" "$tf_arg" ;;
      esac
    done
    [ -z "$tf_compiler" ] || set -- "-gcflags=all=$tf_compiler" "$@"
    exec "$tf_real" "$tf_verb" "-ldflags=-buildid= $tf_linker" "$@"

    """#
  }
}

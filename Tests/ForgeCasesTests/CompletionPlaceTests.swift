import Testing

@testable import ForgeCases

/// Options belong to the subcommand that a function or a branch of a completion script is about.
@Suite struct CompletionPlaceTests {
  private func names(_ text: String) -> [String: Set<String>] {
    let said = CompletionReader(programs: ["shelf", "shelf-tool"]).read(text)
    return Dictionary(
      said.map { ($0.key.joined(separator: " "), Set($0.value.options.flatMap(\.names))) },
      uniquingKeysWith: { $0.union($1) }
    ).filter { !$0.value.isEmpty }
  }

  private func subcommands(_ text: String) -> [[String]: [String]] {
    CompletionReader(programs: ["shelf"]).read(text).mapValues { $0.subcommands.map(\.name) }.filter {
      !$0.value.isEmpty
    }
  }

  private static let clapZsh = """
    #compdef shelf
    _shelf() {
        local context curcontext="$curcontext" state line
        _arguments "${_arguments_options[@]}" : \\
    '-q[Say nothing]' \\
    '--root=[Where books stand]:DIR:_files -/' \\
    ":: :_shelf_commands" \\
    "*::: :->shelf" \\
    && ret=0
        case $state in
        (shelf)
            words=($line[1] "${words[@]}")
            curcontext="${curcontext%:*:*}:shelf-command-$line[1]:"
            case $line[1] in
                (add)
    _arguments "${_arguments_options[@]}" : \\
    '--as=[What it is]:KIND:(novel essay)' \\
    && ret=0
    ;;
    (put-back)
    _arguments "${_arguments_options[@]}" : \\
    '-f[Now]' \\
    ":: :_shelf__put-back_commands" \\
    "*::: :->put-back" \\
    && ret=0

        case $state in
        (put-back)
            case $line[1] in
                (all)
    _arguments "${_arguments_options[@]}" : \\
    '--sorted[In order]' \\
    && ret=0
    ;;
            esac
        ;;
    esac
    ;;
            esac
        ;;
    esac
    }
    (( $+functions[_shelf_commands] )) ||
    _shelf_commands() {
        local commands; commands=(
    'add:Put a book there' \\
    'put-back:Bring one back' \\
        )
        _describe -t commands 'shelf commands' commands "$@"
    }
    (( $+functions[_shelf__put-back_commands] )) ||
    _shelf__put-back_commands() {
        local commands; commands=(
    'all:Bring all back' \\
        )
        _describe -t commands 'shelf put-back commands' commands "$@"
    }
    """

  @Test func clapForZsh() {
    #expect(
      names(Self.clapZsh) == [
        "": ["-q", "--root"], "add": ["--as"], "put-back": ["-f"], "put-back all": ["--sorted"],
      ])
    #expect(subcommands(Self.clapZsh) == [[]: ["add", "put-back"], ["put-back"]: ["all"]])
  }

  @Test(arguments: ["prog__add", "prog__subcmd__add"])
  func clapForBash(_ word: String) {
    let text = """
      _shelf() {
          local i cur prev opts cmd
          for i in "${COMP_WORDS[@]:0:COMP_CWORD}"
          do
              case "${cmd},${i}" in
                  ",$1")
                      cmd="shelf"
                      ;;
                  shelf,add)
                      cmd="\(word)"
                      ;;
                  shelf,put-back)
                      cmd="shelf__put__back"
                      ;;
                  shelf__put__back,all)
                      cmd="shelf__put__back__all"
                      ;;
                  *)
                      ;;
              esac
          done
          case "${cmd}" in
              shelf)
                  opts="-q --root add put-back"
                  if [[ ${cur} == -* || ${COMP_CWORD} -eq 1 ]] ; then
                      COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                      return 0
                  fi
                  case "${prev}" in
                      --root)
                          COMPREPLY=($(compgen -d "${cur}"))
                          return 0
                          ;;
                      *)
                          COMPREPLY=()
                          ;;
                  esac
                  return 0
                  ;;
              \(word))
                  opts="--as"
                  case "${prev}" in
                      --as)
                          COMPREPLY=($(compgen -W "novel essay" -- "${cur}"))
                          return 0
                          ;;
                  esac
                  ;;
              shelf__put__back__all)
                  opts="--sorted"
                  ;;
          esac
      }
      complete -F _shelf -o nosort shelf
      """
    #expect(names(text) == ["": ["-q", "--root"], "add": ["--as"], "put-back all": ["--sorted"]])
    #expect(subcommands(text) == [[]: ["add", "put-back"], ["put-back"]: ["all"]])
    let said = CompletionReader(programs: ["shelf"]).read(text)
    #expect(said[["add"]]?.options.first?.values.first?.shape == .choice(["novel", "essay"]))
    #expect(said[[]]?.options.first { $0.names == ["--root"] }?.values.first?.shape == .directory)
  }

  /// cobra's scripts for bash have a function for each subcommand.
  @Test func cobraForBash() {
    let text = """
      __shelf_handle_flag()
      {
          flagname=${flagname%"="*}
      }
      _shelf_book_add()
      {
          last_command="shelf_book_add"
          commands=()
          flags+=("--as=")
          two_word_flags+=("--as")
      }
      _shelf_book()
      {
          last_command="shelf_book"
          commands=()
          commands+=("add")
          flags+=("--all")
          flags+=("-a")
      }
      _shelf_root_command()
      {
          last_command="shelf"
          commands=()
          commands+=("book")
          flags+=("--quiet")
      }
      complete -o default -F __start_shelf shelf
      """
    #expect(names(text) == ["": ["--quiet"], "book": ["--all", "-a"], "book add": ["--as"]])
    #expect(subcommands(text) == [[]: ["book"], ["book"]: ["add"]])
  }

  @Test func branchesAndFunctionsWrittenByHand() {
    let zsh = """
      #compdef shelf
      _shelf-add () {
        _arguments '--as=[what it is]:kind:(novel essay)'
      }
      function _shelf_drop {
        _arguments '--all[every one]'
      }
      _shelf_files() { _files }
      local -a commands
      commands=('add:put a book there' 'drop:take one away' 'list:show all of them' 'ls:show all of them')
      _shelf() {
      _arguments '(-q --quiet)'{-q,--quiet}'[say nothing]' '1: :->cmds' '*::arg:->args'
      case $state in
        cmds) _describe 'command' commands ;;
        args)
          case $words[1] in
            list|ls) _arguments '--by[order]:order:(title year)' ;;
            *) _files ;;
          esac ;;
      esac
      _arguments '--version[say which]'
      }
      """
    #expect(
      names(zsh) == [
        "": ["-q", "--quiet", "--version"], "add": ["--as"], "drop": ["--all"], "list": ["--by"], "ls": ["--by"],
      ])
    let bash = """
      _shelf() {
        case "${COMP_WORDS[1]}" in
          "add") COMPREPLY=($(compgen -W "--as --force" -- "$cur")) ;;
          drop|rm) opts="--all"; COMPREPLY=($(compgen -W "$opts" -- "$cur")) ;;
          *) COMPREPLY=($(compgen -W '--quiet' -- "$cur")) ;;
        esac
      }
      complete -F _shelf shelf
      """
    #expect(names(bash) == ["": ["--quiet"], "add": ["--as", "--force"], "drop": ["--all"], "rm": ["--all"]])
  }
}

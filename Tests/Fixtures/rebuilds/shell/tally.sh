#!/bin/sh
# tally: small questions about delimited tables, in sh and awk, for cells on one line.
LC_ALL=C
export LC_ALL

usage() {
  printf 'tally: %s\n' "$2" >&2
  if [ -n "$1" ]; then
    printf "Try 'tally help %s' for its options.\n" "$1" >&2
  else
    echo "Try 'tally help' for a list of commands." >&2
  fi
  exit 2
}

commands() {
  cat <<'end'
convert|Write the table in another format|[file]|dHlnotR|0|1
count|Count rows, all of them or by group|[file]|bdHilorRW|0|1
filter|Keep the rows for which a condition holds|[file]|dHiloRvW|0|1
histogram|Count the numbers of a column in bins of equal width|[file]|cdgHioRwW|0|1
join|Put the rows of two tables together that have the same key|left right|dHikloOR|2|2
select|Write some columns, in the order given|[file]|cdHloR|0|1
sort|Put the rows in order, equal ones as they were|[file]|dHiklnorR|0|1
split|Write the rows of each group into a file of its own|[file]|bdDHR|0|1
stats|Write figures about the numbers in columns|[file]|bcdHioRW|0|1
unique|Drop rows that were there before|[file]|cdHiloRv|0|1
end
}

options() {
  cat <<'end'
b|by|COLUMNS|group by these columns
c|columns|COLUMNS|use these columns; '-A,B' means all but A and B
d|delimiter|CHARACTER|cells are separated by this, or by 'tab'
D|directory|DIRECTORY|write files there, which must exist
g|bars||draw a bar behind each count
H|no-header||the first row is data; columns are c1, c2 and so on
i|ignore-case||letters of ASCII are equal in both cases
k|key|COLUMNS|the key
n|numeric||compare as numbers, other cells first
l|limit|N|write at most N rows
o|output|FILE|write there instead of to standard output
O|outer||keep rows of the left table without a partner
r|reverse||the other way round
R|ragged||fill rows that are too short with empty cells
t|to|FORMAT|csv, tsv, json or markdown
v|invert||keep what would be dropped
w|width|NUMBER|the width of a bin (default 10)
W|where|CONDITION|keep rows for which this holds
end
}

overview() {
  printf 'Usage: tally COMMAND [options] [file]\n\nAsk small questions about delimited tables.\n\nCommands:\n'
  commands | awk -F'|' '{ printf "  %-10s %s\n", $1, $2 }'
  printf '\n  help       Show this list, or the options of a command\n\n'
  echo "Without a file, or with '-', the table is read from standard input."
  echo "Try 'tally help COMMAND' for the options of a command."
}

# Sets the fields of a command.
find_command() {
  line=$(commands | awk -F'|' -v name="$1" '$1 == name')
  [ -n "$line" ] || usage '' "unknown command '$1'"
  old=$IFS
  IFS='|'
  set -f
  set -- $line
  set +f
  IFS=$old
  command=$1 summary=$2 operands=$3 accepts=$4 least=$5 most=$6
}

command_help() {
  printf 'Usage: tally %s [options] %s\n\n%s.\n\nOptions:\n' "$command" "$operands" "$summary"
  options | awk -F'|' -v accepts="$accepts" 'index(accepts, $1) {
    printf "  %-28s %s\n", "-" $1 ", --" $2 ($3 == "" ? "" : " " $3), $4 }'
}

# Finds an option that the command takes, by letter or by name; fails where there is none.
find_option() {
  found=$(options | awk -F'|' -v field="$1" -v word="$2" -v accepts="$accepts" \
    '$field == word && index(accepts, $1) { print $1 "|" $2 "|" $3 }')
  [ -n "$found" ] || return 1
  letter=${found%%|*}
  rest=${found#*|}
  long=${rest%%|*}
  argument=${rest#*|}
}

take() {
  case $1 in
    b) by=$2 has_by=1 ;;
    c) columns=$2 has_columns=1 ;;
    d)
      delimiter=$2
      [ "$2" = tab ] && delimiter='	'
      case $delimiter in
        '"' | '' | ??*) usage "$command" "'$2' cannot be a delimiter" ;;
      esac
      ;;
    H) header=0 ;;
    i) fold=1 ;;
    k) has_key=1 ;;
    l)
      case $2 in
        '' | *[!0-9]*) usage "$command" "'$2' is not a number of rows" ;;
      esac
      limit=$2
      ;;
    n) numeric=1 ;;
    o) output=$2 ;;
    r) reverse=1 ;;
    R) ragged=1 ;;
    t) to=$2 has_to=1 ;;
    v) invert=1 ;;
    W) where=$2 has_where=1 ;;
  esac
}

[ $# -gt 0 ] || { overview >&2; exit 2; }
case $1 in
  --version | -V) echo 'tally 1.4.0'; exit 0 ;;
  --help | -h | help)
    [ $# -le 2 ] || usage '' 'help takes one command'
    [ $# -eq 2 ] || { overview; exit 0; }
    find_command "$2"
    command_help
    exit 0
    ;;
esac
find_command "$1"
shift
if [ $# -eq 1 ] && [ "$1" = --help ]; then command_help; exit 0; fi

delimiter=, header=1 fold=0 limit=-1 reverse=0 ragged=0 invert=0 numeric=0 output=-
has_by= has_columns= has_key= has_to= has_where= columns= by= where= to=
count=0 file= only=
while [ $# -gt 0 ]; do
  word=$1
  shift
  case $only$word in
    --) only=operands ;;
    operands* | - | [!-]* | '')
      count=$((count + 1))
      [ "$count" -le "$most" ] || usage "$command" "too many operands: '$word'"
      [ "$count" -eq 1 ] && file=$word
      ;;
    --*)
      name=${word#--}
      name=${name%%=*}
      find_option 2 "$name" || usage "$command" "unknown option '$word'"
      case $word in
        *=*)
          [ -n "$argument" ] || usage "$command" "option '--$long' takes no value"
          take "$letter" "${word#*=}"
          ;;
        *)
          if [ -n "$argument" ]; then
            [ $# -gt 0 ] || usage "$command" "option '--$long' needs a value"
            take "$letter" "$1"
            shift
          else
            take "$letter" ''
          fi
          ;;
      esac
      ;;
    -*)
      letters=${word#-}
      while [ -n "$letters" ]; do
        rest_of_word=${letters#?}
        one=${letters%"$rest_of_word"}
        find_option 1 "$one" || usage "$command" "unknown option '-$one'"
        letters=$rest_of_word
        if [ -n "$argument" ]; then
          if [ -z "$letters" ]; then
            [ $# -gt 0 ] || usage "$command" "option '-$one' needs a value"
            letters=$1
            shift
          fi
          take "$letter" "$letters"
          letters=
        else
          take "$letter" ''
        fi
      done
      ;;
  esac
done
[ "$count" -ge "$least" ] || usage "$command" "$command needs $operands"
case $command in
  convert) [ -n "$has_to" ] || usage convert 'convert needs --to' ;;
  filter) [ -n "$has_where" ] || usage filter 'filter needs --where' ;;
  histogram | select) [ -n "$has_columns" ] || usage "$command" "$command needs --columns" ;;
  join) [ -n "$has_key" ] || usage join 'join needs --key' ;;
  split) [ -n "$has_by" ] || usage split 'split needs --by' ;;
esac
if [ "$command" = convert ]; then
  case $to in
    csv | tsv | json | markdown) ;;
    *) usage convert "unknown format '$to'" ;;
  esac
fi
case $command in
  convert | count | filter | select) ;;
  *) echo "tally: $command is not done yet" >&2; exit 1 ;;
esac

name=$file
if [ -z "$file" ] || [ "$file" = - ]; then
  file=/dev/stdin name='standard input'
elif [ ! -e "$file" ]; then
  echo "tally: $file: No such file or directory" >&2
  exit 1
elif [ -d "$file" ]; then
  echo "tally: $file: Is a directory" >&2
  exit 1
fi
[ "$output" = - ] && output=/dev/stdout

export name delimiter columns by where to output
awk -v header="$header" -v fold="$fold" -v limit="$limit" -v reverse="$reverse" -v ragged="$ragged" \
  -v invert="$invert" -v command="$command" -v has_by="$has_by" -v has_where="$has_where" '
function broken(text) {
  printf "tally: %s\n", text | "cat >&2"
  close("cat >&2")
  status = 1
  exit 1
}
function is_number(text) { return text ~ /^ *[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)? *$/ }
function column(text,   i) {
  for (i = 1; i <= width; i++) if (head[i] == text) return i
  if (text ~ /^#[1-9][0-9]*$/) {
    if (substr(text, 2) + 0 <= width) return substr(text, 2) + 0
    broken(ENVIRON["name"] ": no column " text ", there are " width)
  }
  broken(ENVIRON["name"] ": no column \047" text "\047")
}
function columns_of(text, into,   parts, n, i, j, kept, named, without) {
  without = substr(text, 1, 1) == "-"
  n = split(without ? substr(text, 2) : text, parts, ",")
  if (n == 0) broken("empty column name in \047" text "\047")
  for (i = 1; i <= n; i++) {
    if (parts[i] == "") broken("empty column name in \047" text "\047")
    into[i] = column(parts[i])
    named[into[i]] = 1
  }
  if (!without) return n
  kept = 0
  for (j = 1; j <= width; j++) if (!(j in named)) into[++kept] = j
  if (kept == 0) broken("\047" text "\047 leaves no column")
  return kept
}
function quoted(text, alone, sign) {
  if (text == "") return alone ? "\"\"" : ""
  if (text ~ /^ | $|["\r\n]/ || index(text, sign)) { gsub(/"/, "\"\"", text); return "\"" text "\"" }
  return text
}
function put(text) { printf "%s", text > ENVIRON["output"] }
function put_row(cells, picked, n, sign,   i, line) {
  line = ""
  for (i = 1; i <= n; i++) line = line (i > 1 ? sign : "") quoted(cells[picked[i]], n == 1, sign)
  put(line "\n")
}
# A value test value; parentheses are not done.
function value(row,   word, quote, rest, place) {
  sub(/^[ \t]+/, "", left_over)
  quote = substr(left_over, 1, 1)
  if (quote == "\047" || quote == "\"") {
    rest = substr(left_over, 2)
    place = index(rest, quote)
    word = substr(rest, 1, place - 1)
    left_over = substr(rest, place + 1)
    return word
  }
  match(left_over, /^[-A-Za-z0-9_.+#]+/)
  word = substr(left_over, 1, RLENGTH)
  left_over = substr(left_over, RLENGTH + 1)
  return is_number(word) ? word : table[row, column(word)]
}
function test(row,   a, b, sign, x, y, negated) {
  while (match(left_over, /^[ \t]*not[^-A-Za-z0-9_.+#]/)) { negated = !negated; left_over = substr(left_over, RLENGTH) }
  a = value(row)
  sub(/^[ \t]+/, "", left_over)
  match(left_over, /^(!=|<=|>=|=|<|>|~)/)
  sign = substr(left_over, 1, RLENGTH)
  left_over = substr(left_over, RLENGTH + 1)
  b = value(row)
  if (fold) { x = tolower(a); y = tolower(b) } else { x = a; y = b }
  if (sign == "~") return negated != (index(x, y) > 0 || y == "")
  if (is_number(a) && is_number(b)) { x = a + 0; y = b + 0 } else { x = x ""; y = y "" }
  if (sign == "=") return negated != (x == y)
  if (sign == "!=") return negated != (x != y)
  if (sign == "<") return negated != (x < y)
  if (sign == "<=") return negated != (x <= y)
  if (sign == ">") return negated != (x > y)
  return negated != (x >= y)
}
function holds(row,   any, all) {
  left_over = ENVIRON["where"]
  any = 0
  all = test(row)
  while (left_over ~ /^[ \t]*(and|or)[^-A-Za-z0-9_.+#]/) {
    sub(/^[ \t]+/, "", left_over)
    if (substr(left_over, 1, 3) == "and") {
      left_over = substr(left_over, 4)
      all = test(row) && all
    } else {
      left_over = substr(left_over, 3)
      any = any || all
      all = test(row)
    }
  }
  return any || all
}
BEGIN { sign = ENVIRON["delimiter"] }
{
  line = $0
  sub(/\r$/, "", line)
  if (line == "") next
  n = 0
  for (;;) {
    if (substr(line, 1, 1) == "\"") {
      text = ""
      line = substr(line, 2)
      while ((place = index(line, "\"")) > 0 && substr(line, place + 1, 1) == "\"") {
        text = text substr(line, 1, place)
        line = substr(line, place + 2)
      }
      if (place == 0) broken(ENVIRON["name"] ":" NR ": quote is never closed")
      cell[++n] = text substr(line, 1, place - 1)
      line = substr(line, place + 1)
      if (line == "") break
      if (substr(line, 1, 1) != sign) broken(ENVIRON["name"] ":" NR ": text behind a closing quote")
      line = substr(line, 2)
      continue
    }
    place = index(line, sign)
    text = place ? substr(line, 1, place - 1) : line
    if (index(text, "\"")) broken(ENVIRON["name"] ":" NR ": quote inside an unquoted cell")
    cell[++n] = text
    if (!place) break
    line = substr(line, place + 1)
  }
  if (!seen++) {
    width = n
    for (i = 1; i <= n; i++) head[i] = header ? cell[i] : "c" i
    if (header) { last = NR; next }
  }
  if (n != width && (!ragged || n > width)) {
    broken(ENVIRON["name"] ":" (last + 1) ": " n " cells where there should be " width)
  }
  last = NR
  rows++
  for (i = 1; i <= width; i++) table[rows, i] = i <= n ? cell[i] : ""
}
END {
  if (status) exit status
  if (!seen) broken(ENVIRON["name"] ": no rows")
  rows += 0
  for (i = 1; i <= width; i++) every[i] = i
  if (has_where) {
    kept = 0
    for (r = 1; r <= rows; r++) if (holds(r) != invert) {
      kept++
      for (i = 1; i <= width; i++) table[kept, i] = table[r, i]
    }
    rows = kept
  }
  if (command == "count") {
    if (!has_by) { put(rows "\n"); exit }
    n = columns_of(ENVIRON["by"], picked)
    for (r = 1; r <= rows; r++) {
      group = table[r, picked[1]]
      for (i = 2; i <= n; i++) group = group "/" table[r, picked[i]]
      if (!(group in counts)) names[++groups] = group
      counts[group]++
    }
    for (i = 2; i <= groups; i++) for (j = i; j > 1 && names[j - 1] "" > names[j] ""; j--) {
      swap = names[j]; names[j] = names[j - 1]; names[j - 1] = swap
    }
    put("group" sign "count\n")
    for (i = 1; i <= groups && (limit < 0 || i <= limit); i++) {
      group = names[reverse ? groups + 1 - i : i]
      put(quoted(group, 0, sign) sign counts[group] "\n")
    }
    exit
  }
  n = width
  for (i = 1; i <= width; i++) picked[i] = i
  if (command == "select") { delete picked; n = columns_of(ENVIRON["columns"], picked) }
  to = ENVIRON["to"]
  if (limit >= 0 && limit < rows) rows = limit
  if (command == "convert" && to == "json") { put("not done yet\n"); exit }
  for (r = 0; r <= rows; r++) {
    if (r == 0 && !header && to != "markdown") continue
    for (i = 1; i <= width; i++) row[i] = r == 0 ? head[i] : table[r, i]
    if (to == "tsv") {
      line = ""
      for (i = 1; i <= width; i++) { gsub(/[\t\r]/, " ", row[i]); line = line (i > 1 ? "\t" : "") row[i] }
      put(line "\n")
    } else if (to == "markdown") {
      line = "|"
      for (i = 1; i <= width; i++) { gsub(/\|/, "\\|", row[i]); line = line " " row[i] " |" }
      put(line "\n")
      if (r == 0) { line = "|"; for (i = 1; i <= width; i++) line = line " --- |"; put(line "\n") }
    } else {
      put_row(row, picked, n, to == "csv" ? "," : sign)
    }
  }
}' "$file"

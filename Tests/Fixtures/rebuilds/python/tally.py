#!/usr/bin/python3 -IS
"""tally: small questions about delimited tables.

Texts are bytes held as latin-1, so that they compare and print as they are.
"""
import math
import os
import re
import sys

OPTIONS = [
    ("b", "by", "COLUMNS", "group by these columns"),
    ("c", "columns", "COLUMNS", "use these columns; '-A,B' means all but A and B"),
    ("d", "delimiter", "CHARACTER", "cells are separated by this, or by 'tab'"),
    ("D", "directory", "DIRECTORY", "write files there, which must exist"),
    ("g", "bars", None, "draw a bar behind each count"),
    ("H", "no-header", None, "the first row is data; columns are c1, c2 and so on"),
    ("i", "ignore-case", None, "letters of ASCII are equal in both cases"),
    ("k", "key", "COLUMNS", "the key"),
    ("n", "numeric", None, "compare as numbers, other cells first"),
    ("l", "limit", "N", "write at most N rows"),
    ("o", "output", "FILE", "write there instead of to standard output"),
    ("O", "outer", None, "keep rows of the left table without a partner"),
    ("r", "reverse", None, "the other way round"),
    ("R", "ragged", None, "fill rows that are too short with empty cells"),
    ("t", "to", "FORMAT", "csv, tsv, json or markdown"),
    ("v", "invert", None, "keep what would be dropped"),
    ("w", "width", "NUMBER", "the width of a bin (default 10)"),
    ("W", "where", "CONDITION", "keep rows for which this holds"),
]
COMMANDS = [
    ("convert", "Write the table in another format", "[file]", "dHlnotR", 0, 1),
    ("count", "Count rows, all of them or by group", "[file]", "bdHilorRW", 0, 1),
    ("filter", "Keep the rows for which a condition holds", "[file]", "dHiloRvW", 0, 1),
    ("histogram", "Count the numbers of a column in bins of equal width", "[file]", "cdgHioRwW", 0, 1),
    ("join", "Put the rows of two tables together that have the same key", "left right", "dHikloOR", 2, 2),
    ("select", "Write some columns, in the order given", "[file]", "cdHloR", 0, 1),
    ("sort", "Put the rows in order, equal ones as they were", "[file]", "dHiklnorR", 0, 1),
    ("split", "Write the rows of each group into a file of its own", "[file]", "bdDHR", 0, 1),
    ("stats", "Write figures about the numbers in columns", "[file]", "bcdHioRW", 0, 1),
    ("unique", "Drop rows that were there before", "[file]", "cdHiloRv", 0, 1),
]


def end(status, text):
    sys.stdout.buffer.flush()
    sys.stderr.buffer.write(("tally: " + text + "\n").encode("latin-1"))
    sys.stderr.buffer.flush()
    os._exit(status)


def usage(command, text):
    hint = f"Try 'tally help {command}' for its options." if command else "Try 'tally help' for a list of commands."
    end(2, text + "\n" + hint)


def broken(text):
    end(1, text)


NUMBER = re.compile(r" *([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?) *\Z")


def number(text):
    match = NUMBER.match(text)
    if not match:
        return None
    value = float(match[1])
    return value if math.isfinite(value) else None


def written(value):
    if value == 0:
        value = 0.0
    if math.isinf(value):
        return "-overflow" if value < 0 else "overflow"
    return "%.10g" % value


def folded(text):
    return "".join(c.lower() if "A" <= c <= "Z" else c for c in text)


class Table:
    def __init__(self, name, header, rows):
        self.name, self.header, self.rows = name, header, rows

    def column(self, name):
        if name in self.header:
            return self.header.index(name)
        match = re.match(r"#([1-9][0-9]*)\Z", name)
        if match:
            if int(match[1]) <= len(self.header):
                return int(match[1]) - 1
            broken(f"{self.name}: no column {name}, there are {len(self.header)}")
        broken(f"{self.name}: no column '{name}'")

    def columns(self, text):
        without = text.startswith("-")
        found = []
        for name in text[without:].split(","):
            if not name:
                broken(f"empty column name in '{text}'")
            found.append(self.column(name))
        if not without:
            return found
        rest = [i for i in range(len(self.header)) if i not in found]
        if not rest:
            broken(f"'{text}' leaves no column")
        return rest


def cells_of(text, name, delimiter):
    """Rows with the line each begins on."""
    at, line, size = 0, 1, len(text)
    while True:
        start, row, length = line, [], 0
        while True:
            cell = []
            if at < size and text[at] == '"':
                opened = line
                at += 1
                while True:
                    if at >= size:
                        broken(f"{name}:{opened}: quote is never closed")
                    c = text[at]
                    at += 1
                    if c == "\0":
                        broken(f"{name}:{line}: NUL byte in text")
                    if c == "\n":
                        line += 1
                    if c == '"':
                        if at < size and text[at] == '"':
                            at += 1
                        else:
                            break
                    cell.append(c)
                if at < size and text[at] == "\r":
                    at += 1
                if at < size and text[at] == "\0":
                    broken(f"{name}:{line}: NUL byte in text")
                if at < size and text[at] not in (delimiter, "\n"):
                    broken(f"{name}:{line}: text behind a closing quote")
            else:
                while at < size and text[at] not in (delimiter, "\n"):
                    if text[at] == "\0":
                        broken(f"{name}:{line}: NUL byte in text")
                    if text[at] == '"':
                        broken(f"{name}:{line}: quote inside an unquoted cell")
                    cell.append(text[at])
                    at += 1
                if (at >= size or text[at] != delimiter) and cell and cell[-1] == "\r":
                    cell.pop()
            row.append("".join(cell))
            length += len(cell)
            sign = text[at] if at < size else ""
            at += 1
            if sign != delimiter:
                break
        empty = len(row) == 1 and length == 0
        if sign == "\n":
            line += 1
            if not empty:
                yield start, row
        else:
            if not empty:
                yield start, row
            return


def read(path, options):
    standard = path is None or path == "-"
    name = "standard input" if standard else path
    try:
        if standard:
            data = sys.stdin.buffer.read()
        else:
            with open(path.encode("latin-1"), "rb") as file:
                data = file.read()
    except OSError as error:
        broken(f"{path}: {os.strerror(error.errno)}")
    if data[:1] == b"\xef":
        data = data[3:]
    table = None
    # An empty line counts for the row behind it.
    line = 1
    reader = cells_of(data.decode("latin-1"), name, options["delimiter"])
    for start, row in reader:
        if table is None:
            if not options["no-header"]:
                table = Table(name, row, [])
                continue
            table = Table(name, [f"c{i + 1}" for i in range(len(row))], [])
        width = len(table.header)
        if len(row) != width:
            if not options["ragged"] or len(row) > width:
                broken(f"{name}:{start}: {len(row)} cells where there should be {width}")
            row = row + [""] * (width - len(row))
        table.rows.append(row)
    if table is None:
        broken(f"{name}: no rows")
    return table


def quoted(row, delimiter):
    cells = []
    for text in row:
        plain = not text or not (
            text[0] == " " or text[-1] == " " or any(c in text for c in (delimiter, '"', "\n", "\r")))
        if plain and not (len(row) == 1 and not text):
            cells.append(text)
        else:
            cells.append('"' + text.replace('"', '""') + '"')
    return delimiter.join(cells) + "\n"


class Output:
    def __init__(self, options):
        self.name = options["output"]
        if self.name is None or self.name == "-":
            self.file = sys.stdout.buffer
            return
        try:
            self.file = open(self.name.encode("latin-1"), "wb")
        except OSError as error:
            broken(f"{self.name}: {os.strerror(error.errno)}")

    def write(self, text):
        self.file.write(text.encode("latin-1"))

    def close(self):
        self.file.flush()


def write_table(table, options):
    out = Output(options)
    if not options["no-header"]:
        out.write(quoted(table.header, options["delimiter"]))
    for row in table.rows[: options["limit"]]:
        out.write(quoted(row, options["delimiter"]))
    out.close()


class Condition:
    """any := all {or all}; all := one {and one}; one := not one | ( any ) | value test value."""

    WORD = re.compile(r"[A-Za-z0-9_.+#\x80-\xff-]")

    def __init__(self, text, table, fold):
        self.text, self.table, self.fold, self.at, self.depth = text, table, fold, 0, 0
        self.holds = self.any()
        self.blanks()
        if self.at < len(text):
            self.refuse("the end must be here")

    def refuse(self, what):
        broken(f"condition '{self.text}': {what} at character {self.at + 1}")

    def blanks(self):
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self.at += 1

    def word(self, word):
        self.blanks()
        rest = self.text[self.at + len(word):]
        if not self.text.startswith(word, self.at) or self.WORD.match(rest):
            return False
        self.at += len(word)
        return True

    def sign(self, sign):
        self.blanks()
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def any(self):
        parts = [self.all()]
        while self.word("or"):
            parts.append(self.all())
        return lambda row: any(part(row) for part in parts)

    def all(self):
        parts = [self.one()]
        while self.word("and"):
            parts.append(self.one())
        return lambda row: all(part(row) for part in parts)

    def one(self):
        self.depth += 1
        if self.depth > 100:
            self.refuse("too deeply nested")
        if self.word("not"):
            inner = self.one()
            result = lambda row: not inner(row)
        elif self.sign("("):
            result = self.any()
            if not self.sign(")"):
                self.refuse("a closing parenthesis must be here")
        else:
            left = self.value()
            for sign in ("!=", "<=", ">=", "=", "<", ">", "~"):
                if self.sign(sign):
                    break
            else:
                self.refuse("a comparison must be here")
            right = self.value()
            result = lambda row: self.test(sign, left(row), right(row))
        self.depth -= 1
        return result

    def value(self):
        self.blanks()
        quote = self.text[self.at: self.at + 1]
        if quote in ("'", '"') and quote:
            close = self.text.find(quote, self.at + 1)
            if close < 0:
                self.refuse("quote is never closed")
            text = self.text[self.at + 1: close]
            self.at = close + 1
            return lambda row: text
        start = self.at
        while self.at < len(self.text) and self.WORD.match(self.text[self.at]):
            self.at += 1
        if self.at == start:
            self.refuse("something is missing" if not quote else "a column, number or text must be here")
        word = self.text[start: self.at]
        if number(word) is not None:
            return lambda row: word
        column = self.table.column(word)
        return lambda row: row[column]

    def test(self, sign, left, right):
        fold = folded if self.fold else (lambda text: text)
        if sign == "~":
            return fold(right) in fold(left)
        a, b = number(left), number(right)
        if a is None or b is None:
            a, b = fold(left), fold(right)
        return {"=": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]


def drop_unwanted(table, options):
    if options["where"] is not None:
        condition = Condition(options["where"], table, options["ignore-case"])
        table.rows = [row for row in table.rows if condition.holds(row)]


def groups_of(table, columns):
    groups = {}
    for row in table.rows:
        groups.setdefault("/".join(row[c] for c in columns), []).append(row)
    return sorted(groups.items())


def run_select(options, path):
    if options["columns"] is None:
        usage("select", "select needs --columns")
    table = read(path, options)
    columns = table.columns(options["columns"])
    table.header = [table.header[c] for c in columns]
    table.rows = [[row[c] for c in columns] for row in table.rows]
    write_table(table, options)


def run_filter(options, path):
    if options["where"] is None:
        usage("filter", "filter needs --where")
    table = read(path, options)
    condition = Condition(options["where"], table, options["ignore-case"])
    table.rows = [row for row in table.rows if condition.holds(row) != options["invert"]]
    write_table(table, options)


def run_sort(options, path):
    table = read(path, options)
    columns = table.columns(options["key"]) if options["key"] is not None else range(len(table.header))
    fold = folded if options["ignore-case"] else (lambda text: text)

    def key(cell):
        value = number(cell) if options["numeric"] else None
        return (0, fold(cell)) if value is None else (1, value)

    table.rows.sort(key=lambda row: [key(row[c]) for c in columns], reverse=options["reverse"])
    write_table(table, options)


def run_unique(options, path):
    table = read(path, options)
    columns = table.columns(options["columns"]) if options["columns"] is not None else range(len(table.header))
    fold = folded if options["ignore-case"] else (lambda text: text)
    seen, kept = set(), []
    for row in table.rows:
        key = tuple(fold(row[c]) for c in columns)
        if (key in seen) == options["invert"]:
            kept.append(row)
        seen.add(key)
    table.rows = kept
    write_table(table, options)


def run_join(options, left_path, right_path):
    if options["key"] is None:
        usage("join", "join needs --key")
    left, right = read(left_path, options), read(right_path, options)
    one, other = left.column(options["key"]), right.column(options["key"])
    fold = folded if options["ignore-case"] else (lambda text: text)
    rest = lambda row: row[:other] + row[other + 1:]
    rows = []
    for row in left.rows:
        partners = [with_ for with_ in right.rows if fold(with_[other]) == fold(row[one])]
        rows += [row + rest(with_) for with_ in partners]
        if not partners and options["outer"]:
            rows.append(row + [""] * (len(right.header) - 1))
    write_table(Table(left.name, left.header + rest(right.header), rows), options)


def run_split(options, path):
    if options["by"] is None:
        usage("split", "split needs --by")
    table = read(path, options)
    groups = groups_of(table, [table.column(options["by"])])
    for name, _ in groups:
        if not name:
            broken("an empty group has no file name")
        if name[0] == ".":
            broken(f"'{name}' would be a hidden file")
        if "/" in name:
            broken(f"'{name}' is no file name")
        if len(name) > 200:
            broken(f"'{name[:20]}...' is too long for a file name")
    for name, rows in groups:
        place = f"{options['directory'] or '.'}/{name}.csv"
        if options["directory"] == "":
            place = f"/{name}.csv"
        out = Output({"output": place})
        if not options["no-header"]:
            out.write(quoted(table.header, options["delimiter"]))
        for row in rows:
            out.write(quoted(row, options["delimiter"]))
        out.file.close()
        sys.stdout.buffer.write(f"{place}\t{len(rows)}\n".encode("latin-1"))


def run_count(options, path):
    table = read(path, options)
    drop_unwanted(table, options)
    columns = table.columns(options["by"]) if options["by"] is not None else None
    out = Output(options)
    if columns is None:
        out.write(f"{len(table.rows)}\n")
    else:
        out.write(quoted(["group", "count"], options["delimiter"]))
        groups = groups_of(table, columns)
        if options["reverse"]:
            groups.reverse()
        for name, rows in groups[: options["limit"]]:
            out.write(quoted([name, str(len(rows))], options["delimiter"]))
    out.close()


def figures(name, texts):
    values = sorted(value for value in map(number, texts) if value is not None)
    cells = [name, str(len(values)), str(len(texts) - len(values))] + [""] * 6
    if values:
        count = len(values)
        total = 0.0
        for value in values:
            total += value
        mean = total / count
        middle = values[count // 2]
        if count % 2 == 0:
            middle = values[count // 2 - 1] / 2 + middle / 2
        cells[3:8] = [written(value) for value in (values[0], values[-1], total, mean, middle)]
        if count > 1:
            squares = 0.0
            for value in values:
                squares += (value - mean) * (value - mean)
            cells[8] = written(math.sqrt(squares / (count - 1)))
    return cells


def run_stats(options, path):
    table = read(path, options)
    drop_unwanted(table, options)
    columns = table.columns(options["columns"]) if options["columns"] is not None else None
    count = len(table.header) if columns is None else len(columns)
    if options["by"] is not None and count != 1:
        usage("stats", "stats --by needs exactly one column in --columns")
    for row in table.rows:
        for column in columns or []:
            if row[column] and number(row[column]) is None:
                broken(f"{table.name}: '{row[column]}' in column '{table.header[column]}' is not a number")
    keys = table.columns(options["by"]) if options["by"] is not None else None
    out = Output(options)
    head = ["count", "missing", "min", "max", "sum", "mean", "median", "deviation"]
    out.write(quoted(["column" if keys is None else "group"] + head, options["delimiter"]))
    columns = range(len(table.header)) if columns is None else columns
    if keys is None:
        lines = [figures(table.header[c], [row[c] for row in table.rows]) for c in columns]
    else:
        lines = [figures(name, [row[columns[0]] for row in rows]) for name, rows in groups_of(table, keys)]
    for cells in lines:
        out.write(quoted(cells, options["delimiter"]))
    out.close()


def run_histogram(options, path):
    if options["columns"] is None:
        usage("histogram", "histogram needs --columns")
    table = read(path, options)
    drop_unwanted(table, options)
    column = table.column(options["columns"])
    width = options["width"]
    quotients = [value / width for value in (number(row[column]) for row in table.rows) if value is not None]
    bins = [float(math.floor(q)) if math.isfinite(q) else q for q in quotients]
    if not bins:
        broken(f"{table.name}: no numbers in column '{options['columns']}'")
    low, high = min(bins), max(bins)
    if not high - low < 1000:
        broken("more than 1000 bins; choose a larger --width")
    counts = [0] * (int(high - low) + 1)
    for value in bins:
        counts[int(value - low)] += 1
    largest = max(counts)
    out = Output(options)
    for index, count in enumerate(counts):
        line = "%10s .. %-10s %6d" % (written((low + index) * width), written((low + index + 1) * width), count)
        if options["bars"] and count:
            line += "  " + "#" * (count if largest <= 40 else (count * 40 + largest - 1) // largest)
        out.write(line + "\n")
    out.close()


def json_text(text):
    shown = ['"']
    for char in text.encode("latin-1").decode("utf-8", "surrogateescape"):
        if "\udc80" <= char <= "\udcff":
            shown.append("\ufffd")
        elif char in '"\\':
            shown.append("\\" + char)
        elif char in "\n\r\t":
            shown.append({"\n": "\\n", "\r": "\\r", "\t": "\\t"}[char])
        elif char < " ":
            shown.append("\\u%04x" % ord(char))
        else:
            shown.append(char)
    return ("".join(shown) + '"').encode("utf-8").decode("latin-1")


def json_value(text, numeric):
    if numeric and not text:
        return "null"
    value = number(text) if numeric else None
    return json_text(text) if value is None else written(value)


def run_convert(options, path):
    form = options["to"]
    if form is None:
        usage("convert", "convert needs --to")
    if form not in ("csv", "tsv", "json", "markdown"):
        usage("convert", f"unknown format '{form}'")
    table = read(path, options)
    rows = table.rows[: options["limit"]]
    out = Output(options)
    if form == "json":
        lines = [
            "  {" + ", ".join(
                json_text(name) + ": " + json_value(cell, options["numeric"])
                for name, cell in zip(table.header, row)) + "}" for row in rows]
        out.write("[" + ",".join("\n" + line for line in lines) + ("\n]\n" if lines else "]\n"))
    else:
        if not (options["no-header"] and form != "markdown"):
            rows = [table.header] + rows
        for index, row in enumerate(rows):
            if form == "csv":
                out.write(quoted(row, ","))
            elif form == "tsv":
                out.write("\t".join(re.sub("[\t\n\r]", " ", cell) for cell in row) + "\n")
            else:
                shown = [c.replace("|", "\\|").replace("\n", "<br>").replace("\r", "") for c in row]
                out.write("|" + "".join(f" {cell} |" for cell in shown) + "\n")
                if index == 0:
                    out.write("|" + " --- |" * len(row) + "\n")
    out.close()


def overview(out):
    text = "Usage: tally COMMAND [options] [file]\n\nAsk small questions about delimited tables.\n\nCommands:\n"
    text += "".join("  %-10s %s\n" % command[:2] for command in COMMANDS)
    text += "\n  help       Show this list, or the options of a command\n\n"
    text += "Without a file, or with '-', the table is read from standard input.\n"
    text += "Try 'tally help COMMAND' for the options of a command.\n"
    out.write(text)


def command_named(name):
    for command in COMMANDS:
        if command[0] == name:
            return command
    usage(None, f"unknown command '{name}'")


def command_help(command):
    text = f"Usage: tally {command[0]} [options] {command[2]}\n\n{command[1]}.\n\nOptions:\n"
    for letter, name, value, words in OPTIONS:
        if letter in command[3]:
            text += "  %-28s %s\n" % (f"-{letter}, --{name}" + (f" {value}" if value else ""), words)
    sys.stdout.write(text)


def show_help(words):
    if len(words) > 1:
        usage(None, "help takes one command")
    if words:
        command_help(command_named(words[0]))
    else:
        overview(sys.stdout)


def take(options, command, name, value):
    if name == "delimiter":
        value = "\t" if value == "tab" else value
        if len(value) != 1 or value in '"\n\r':
            usage(command, f"'{value}' cannot be a delimiter")
    elif name == "limit":
        if not re.match(r"[ \t\n\v\f\r]*[+-]?[0-9]+\Z", value) or not 0 <= int(value) < 1 << 63:
            usage(command, f"'{value}' is not a number of rows")
        value = int(value)
    elif name == "width":
        width = number(value)
        if width is None or width <= 0:
            usage(command, f"'{value}' is not a width")
        value = width
    options[name] = value


def read_options(command, words):
    options = {name: None if value else False for _, name, value, _ in OPTIONS}
    options.update(delimiter=",", width=10.0)
    operands, only_operands, at = [], False, 0
    accepted = [option for option in OPTIONS if option[0] in command[3]]
    while at < len(words):
        word = words[at]
        at += 1
        if only_operands or word[:1] != "-" or word == "-":
            operands.append(word)
        elif word == "--":
            only_operands = True
        elif word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            option = next((o for o in accepted if o[1] == name), None)
            if option is None:
                usage(command[0], f"unknown option '{word}'")
            if option[2] is None and equals:
                usage(command[0], f"option '--{name}' takes no value")
            if option[2] is not None and not equals:
                if at >= len(words):
                    usage(command[0], f"option '--{name}' needs a value")
                value = words[at]
                at += 1
            take(options, command[0], name, value if option[2] else True)
        else:
            for place, letter in enumerate(word[1:], 2):
                option = next((o for o in accepted if o[0] == letter), None)
                if option is None:
                    usage(command[0], f"unknown option '-{letter}'")
                if option[2] is None:
                    take(options, command[0], option[1], True)
                    continue
                value = word[place:]
                if not value:
                    if at >= len(words):
                        usage(command[0], f"option '-{letter}' needs a value")
                    value = words[at]
                    at += 1
                take(options, command[0], option[1], value)
                break
    if len(operands) < command[4]:
        usage(command[0], f"{command[0]} needs {command[2]}")
    if len(operands) > command[5]:
        usage(command[0], f"too many operands: '{operands[command[5]]}'")
    return options, operands


def main(words):
    if not words:
        overview(sys.stderr)
        return 2
    name = words[0]
    if name in ("--version", "-V"):
        print("tally 1.4.0")
    elif name in ("--help", "-h", "help"):
        show_help(words[1:])
    else:
        command = command_named(name)
        if words[1:] == ["--help"]:
            command_help(command)
        else:
            options, operands = read_options(command, words[1:])
            run = globals()["run_" + name]
            if command[5] == 2:
                run(options, *operands)
            else:
                run(options, operands[0] if operands else None)
    return 0


if __name__ == "__main__":
    sys.exit(main([os.fsencode(word).decode("latin-1") for word in sys.argv[1:]]))

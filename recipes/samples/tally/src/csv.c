#include <errno.h>
#include <string.h>

#include "tally.h"

struct reader {
  FILE *file;
  const char *name;
  int delimiter;
  size_t line;
  char *text; /* of the cell being read */
  size_t length;
  size_t room;
};

static void cell_add(struct reader *reader, int byte) {
  if (reader->length == reader->room) {
    size_t room = reader->room == 0 ? 64 : reader->room * 2;
    reader->text = take_more(reader->text, reader->length, room);
    reader->room = room;
  }
  reader->text[reader->length++] = (char)byte;
}

static int next_byte(struct reader *reader) {
  int byte = getc(reader->file);
  if (byte == '\0') fail_data("%s:%zu: NUL byte in text", reader->name, reader->line);
  if (byte == EOF && ferror(reader->file)) fail_data("%s: %s", reader->name, strerror(errno));
  return byte;
}

/* Reads one cell and gives the byte behind it: the delimiter, a line feed or EOF. */
static int read_cell(struct reader *reader) {
  reader->length = 0;
  int byte = next_byte(reader);
  if (byte == '"') {
    size_t start = reader->line;
    for (;;) {
      byte = next_byte(reader);
      if (byte == EOF) fail_data("%s:%zu: quote is never closed", reader->name, start);
      if (byte == '\n') reader->line++;
      if (byte == '"') {
        byte = next_byte(reader);
        if (byte != '"') break;
      }
      cell_add(reader, byte);
    }
    if (byte == '\r') byte = next_byte(reader);
    if (byte != reader->delimiter && byte != '\n' && byte != EOF) {
      fail_data("%s:%zu: text behind a closing quote", reader->name, reader->line);
    }
    return byte;
  }
  while (byte != reader->delimiter && byte != '\n' && byte != EOF) {
    if (byte == '"') fail_data("%s:%zu: quote inside an unquoted cell", reader->name, reader->line);
    cell_add(reader, byte);
    byte = next_byte(reader);
  }
  if (byte != reader->delimiter && reader->length > 0 && reader->text[reader->length - 1] == '\r') reader->length--;
  return byte;
}

/* Reads one row; 0 at the end. Lines without any text are no rows. */
static int read_row(struct reader *reader, struct row *row) {
  size_t room = 0;
  for (;;) {
    row->cells = NULL;
    row->count = room = 0;
    int end;
    size_t bytes = 0;
    do {
      end = read_cell(reader);
      if (row->count == room) {
        size_t more = room == 0 ? 8 : room * 2;
        row->cells = take_more(row->cells, room * sizeof *row->cells, more * sizeof *row->cells);
        room = more;
      }
      row->cells[row->count++] = take_text(reader->text, reader->length);
      bytes += reader->length;
    } while (end == reader->delimiter);
    int empty = row->count == 1 && bytes == 0;
    if (end == '\n') {
      reader->line++;
      if (empty) continue;
      return 1;
    }
    return !empty;
  }
}

static struct row numbered_header(size_t count) {
  struct row row = {take((count + 1) * sizeof(char *)), count};
  for (size_t i = 0; i < count; i++) {
    char name[32];
    int length = snprintf(name, sizeof name, "c%zu", i + 1);
    row.cells[i] = take_text(name, (size_t)length);
  }
  return row;
}

static void fit(struct row *row, size_t count) {
  char **cells = take((count + 1) * sizeof *cells);
  for (size_t i = 0; i < count; i++) cells[i] = i < row->count ? row->cells[i] : take_text("", 0);
  row->cells = cells;
  row->count = count;
}

static void skip_mark(FILE *file) {
  int byte = getc(file);
  if (byte != 0xef) {
    ungetc(byte, file);
    return;
  }
  /* What begins like a byte order mark and is none is too rare to be told apart. */
  (void)getc(file);
  (void)getc(file);
}

struct table *csv_read(const char *path, const struct options *options) {
  int standard = path == NULL || strcmp(path, "-") == 0;
  struct reader reader = {.name = standard ? "standard input" : path, .delimiter = (unsigned char)options->delimiter, .line = 1};
  reader.file = standard ? stdin : fopen(path, "rb");
  if (reader.file == NULL) fail_data("%s: %s", path, strerror(errno));
  skip_mark(reader.file);

  struct table *table = take(sizeof *table);
  table->name = reader.name;
  struct row row;
  size_t line = reader.line;
  int have_header = 0;
  while (read_row(&reader, &row)) {
    if (!have_header) {
      have_header = 1;
      if (!options->no_header) {
        table->header = row;
        line = reader.line;
        continue;
      }
      table->header = numbered_header(row.count);
    }
    if (row.count != table->header.count) {
      if (!options->ragged || row.count > table->header.count) {
        fail_data("%s:%zu: %zu cells where there should be %zu", reader.name, line, row.count, table->header.count);
      }
      fit(&row, table->header.count);
    }
    table_add(table, row);
    line = reader.line;
  }
  if (!standard) fclose(reader.file);
  if (!have_header) fail_data("%s: no rows", reader.name);
  return table;
}

static int needs_quotes(const char *text, char delimiter) {
  size_t length = strlen(text);
  if (length == 0) return 0;
  if (text[0] == ' ' || text[length - 1] == ' ') return 1;
  for (const char *at = text; *at != '\0'; at++) {
    if (*at == delimiter || *at == '"' || *at == '\n' || *at == '\r') return 1;
  }
  return 0;
}

void csv_write_row(FILE *out, struct row row, char delimiter) {
  for (size_t i = 0; i < row.count; i++) {
    if (i > 0) fputc(delimiter, out);
    const char *text = row.cells[i];
    /* A row of one empty cell would read as no row. */
    if (!needs_quotes(text, delimiter) && !(row.count == 1 && text[0] == '\0')) {
      fputs(text, out);
      continue;
    }
    fputc('"', out);
    for (; *text != '\0'; text++) {
      if (*text == '"') fputc('"', out);
      fputc(*text, out);
    }
    fputc('"', out);
  }
  fputc('\n', out);
}

FILE *output_open(const struct options *options) {
  if (options->output == NULL || strcmp(options->output, "-") == 0) return stdout;
  FILE *out = fopen(options->output, "wb");
  if (out == NULL) fail_data("%s: %s", options->output, strerror(errno));
  return out;
}

void output_close(FILE *out, const char *name) {
  int failed = ferror(out);
  if (out == stdout) {
    failed |= fflush(out) != 0;
  } else {
    failed |= fclose(out) != 0;
  }
  if (failed) fail_data("%s: cannot be written", name == NULL ? "standard output" : name);
}

#include <string.h>

#include "tally.h"

/* The number of bytes of the UTF-8 character at `text`; 0 where there is none. */
static size_t character(const unsigned char *text) {
  if (text[0] < 0x80) return 1;
  size_t length = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
  if (text[0] < 0xc2 || text[0] > 0xf4) return 0;
  for (size_t i = 1; i < length; i++) {
    if (text[i] < 0x80 || text[i] > 0xbf) return 0;
  }
  if (text[0] == 0xe0 && text[1] < 0xa0) return 0;
  if (text[0] == 0xed && text[1] > 0x9f) return 0;
  if (text[0] == 0xf0 && text[1] < 0x90) return 0;
  if (text[0] == 0xf4 && text[1] > 0x8f) return 0;
  return length;
}

static void write_string(FILE *out, const char *text) {
  const unsigned char *at = (const unsigned char *)text;
  fputc('"', out);
  while (*at != '\0') {
    size_t length = character(at);
    if (length == 0) {
      fputs("\xef\xbf\xbd", out);
      at++;
      continue;
    }
    switch (*at) {
      case '"': fputs("\\\"", out); break;
      case '\\': fputs("\\\\", out); break;
      case '\n': fputs("\\n", out); break;
      case '\r': fputs("\\r", out); break;
      case '\t': fputs("\\t", out); break;
      default:
        if (*at < 0x20) {
          fprintf(out, "\\u%04x", *at);
        } else {
          fwrite(at, 1, length, out);
        }
    }
    at += length;
  }
  fputc('"', out);
}

static void write_value(FILE *out, const char *text, int numeric) {
  double value;
  if (numeric && text[0] == '\0') {
    fputs("null", out);
  } else if (numeric && number_read(text, &value)) {
    char number[64];
    number_write(number, sizeof number, value);
    fputs(number, out);
  } else {
    write_string(out, text);
  }
}

static void write_json(FILE *out, const struct table *table, size_t count, int numeric) {
  fputc('[', out);
  for (size_t i = 0; i < count; i++) {
    fputs(i == 0 ? "\n  {" : ",\n  {", out);
    for (size_t j = 0; j < table->header.count; j++) {
      if (j > 0) fputs(", ", out);
      write_string(out, table->header.cells[j]);
      fputs(": ", out);
      write_value(out, table->rows[i].cells[j], numeric);
    }
    fputc('}', out);
  }
  fputs(count == 0 ? "]\n" : "\n]\n", out);
}

/* Cells of a tab-separated table hold no tabs or line feeds: both become blanks. */
static void write_tsv(FILE *out, struct row row) {
  for (size_t i = 0; i < row.count; i++) {
    if (i > 0) fputc('\t', out);
    for (const char *at = row.cells[i]; *at != '\0'; at++) {
      fputc(*at == '\t' || *at == '\n' || *at == '\r' ? ' ' : *at, out);
    }
  }
  fputc('\n', out);
}

static void write_markdown(FILE *out, struct row row) {
  fputc('|', out);
  for (size_t i = 0; i < row.count; i++) {
    fputc(' ', out);
    for (const char *at = row.cells[i]; *at != '\0'; at++) {
      if (*at == '|') {
        fputs("\\|", out);
      } else if (*at == '\n') {
        fputs("<br>", out);
      } else if (*at != '\r') {
        fputc(*at, out);
      }
    }
    fputs(" |", out);
  }
  fputc('\n', out);
}

void run_convert(const struct options *options) {
  if (options->to == NULL) fail_usage(options->command, "convert needs --to");
  static const char *const formats[] = {"csv", "tsv", "json", "markdown"};
  size_t format = 0;
  while (format < 4 && strcmp(formats[format], options->to) != 0) format++;
  if (format == 4) fail_usage(options->command, "unknown format '%s'", options->to);

  struct table *table = csv_read(options->operand_count > 0 ? options->operands[0] : NULL, options);
  size_t count = table->count;
  if (options->limit >= 0 && (size_t)options->limit < count) count = (size_t)options->limit;
  FILE *out = output_open(options);
  if (format == 2) {
    write_json(out, table, count, options->numeric);
    output_close(out, options->output);
    return;
  }
  for (size_t i = 0; i <= count; i++) {
    if (i == 0 && options->no_header && format != 3) continue;
    struct row row = i == 0 ? table->header : table->rows[i - 1];
    if (format == 0) csv_write_row(out, row, ',');
    if (format == 1) write_tsv(out, row);
    if (format == 3) write_markdown(out, row);
    if (format == 3 && i == 0) {
      fputc('|', out);
      for (size_t j = 0; j < row.count; j++) fputs(" --- |", out);
      fputc('\n', out);
    }
  }
  output_close(out, options->output);
}

#include <string.h>

#include "tally.h"

/*
 *   any  := all { "or" all }
 *   all  := one { "and" one }
 *   one  := "not" one | "(" any ")" | value test value
 *   test := "=" | "!=" | "<" | "<=" | ">" | ">=" | "~"
 *   value := number | 'text' | "text" | column
 */
enum kind { ANY, ALL, NOT, TEST };
enum test { EQUAL, UNEQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, CONTAINS };

struct value {
  const char *text; /* NULL for a column */
  size_t column;
};

struct where {
  enum kind kind;
  enum test test;
  struct value left, right;
  struct where *first, *second;
  int ignore_case;
};

struct parser {
  const char *text;
  const char *at;
  const struct table *table;
  int ignore_case;
  int depth;
};

static struct where *read_any(struct parser *parser);

static void refuse(const struct parser *parser, const char *what) {
  fail_data("condition '%s': %s at character %zu", parser->text, what, (size_t)(parser->at - parser->text) + 1);
}

static void skip_blanks(struct parser *parser) { parser->at += strspn(parser->at, " \t"); }

static int is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '-' || c == '+' || c == '#' || (unsigned char)c >= 0x80;
}

static int take_word(struct parser *parser, const char *word) {
  skip_blanks(parser);
  size_t length = strlen(word);
  if (strncmp(parser->at, word, length) != 0 || is_word(parser->at[length])) return 0;
  parser->at += length;
  return 1;
}

static int take_sign(struct parser *parser, const char *sign) {
  skip_blanks(parser);
  if (strncmp(parser->at, sign, strlen(sign)) != 0) return 0;
  parser->at += strlen(sign);
  return 1;
}

static struct value read_value(struct parser *parser) {
  skip_blanks(parser);
  char quote = *parser->at;
  if (quote == '\'' || quote == '"') {
    const char *start = parser->at + 1;
    const char *end = strchr(start, quote);
    if (end == NULL) refuse(parser, "quote is never closed");
    parser->at = end + 1;
    return (struct value){.text = take_text(start, (size_t)(end - start))};
  }
  const char *start = parser->at;
  while (is_word(*parser->at)) parser->at++;
  if (parser->at == start) refuse(parser, *start == '\0' ? "something is missing" : "a column, number or text must be here");
  char *word = take_text(start, (size_t)(parser->at - start));
  double number;
  if (number_read(word, &number)) return (struct value){.text = word};
  return (struct value){.column = column_find(parser->table, word)};
}

static enum test read_test(struct parser *parser) {
  static const struct {
    const char *sign;
    enum test test;
  } tests[] = {{"!=", UNEQUAL}, {"<=", LESS_EQUAL}, {">=", GREATER_EQUAL}, {"=", EQUAL},
               {"<", LESS},     {">", GREATER},     {"~", CONTAINS}};
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
    if (take_sign(parser, tests[i].sign)) return tests[i].test;
  }
  refuse(parser, "a comparison must be here");
  return EQUAL;
}

static struct where *make(enum kind kind, struct where *first, struct where *second) {
  struct where *where = take(sizeof *where);
  where->kind = kind;
  where->first = first;
  where->second = second;
  return where;
}

static struct where *read_one(struct parser *parser) {
  if (++parser->depth > 100) refuse(parser, "too deeply nested");
  struct where *where;
  if (take_word(parser, "not")) {
    where = make(NOT, read_one(parser), NULL);
  } else if (take_sign(parser, "(")) {
    where = read_any(parser);
    if (!take_sign(parser, ")")) refuse(parser, "a closing parenthesis must be here");
  } else {
    where = make(TEST, NULL, NULL);
    where->left = read_value(parser);
    where->test = read_test(parser);
    where->right = read_value(parser);
    where->ignore_case = parser->ignore_case;
  }
  parser->depth--;
  return where;
}

static struct where *read_all(struct parser *parser) {
  struct where *where = read_one(parser);
  while (take_word(parser, "and")) where = make(ALL, where, read_one(parser));
  return where;
}

static struct where *read_any(struct parser *parser) {
  struct where *where = read_all(parser);
  while (take_word(parser, "or")) where = make(ANY, where, read_all(parser));
  return where;
}

struct where *where_read(const char *text, const struct table *table, int ignore_case) {
  struct parser parser = {.text = text, .at = text, .table = table, .ignore_case = ignore_case};
  struct where *where = read_any(&parser);
  skip_blanks(&parser);
  if (*parser.at != '\0') refuse(&parser, "the end must be here");
  return where;
}

static int lower(int c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; }

int text_compare(const char *left, const char *right, int ignore_case) {
  for (;; left++, right++) {
    int a = (unsigned char)*left, b = (unsigned char)*right;
    if (ignore_case) {
      a = lower(a);
      b = lower(b);
    }
    if (a != b) return a < b ? -1 : 1;
    if (a == '\0') return 0;
  }
}

static int contains(const char *text, const char *part, int ignore_case) {
  size_t length = strlen(part);
  for (;; text++) {
    size_t i = 0;
    while (i < length && text[i] != '\0') {
      int a = (unsigned char)text[i], b = (unsigned char)part[i];
      if (ignore_case ? lower(a) != lower(b) : a != b) break;
      i++;
    }
    if (i == length) return 1;
    if (*text == '\0') return 0;
  }
}

static const char *value_of(const struct value *value, struct row row) {
  return value->text != NULL ? value->text : row.cells[value->column];
}

static int test_holds(const struct where *where, struct row row) {
  const char *left = value_of(&where->left, row);
  const char *right = value_of(&where->right, row);
  if (where->test == CONTAINS) return contains(left, right, where->ignore_case);
  double a, b;
  int order;
  if (number_read(left, &a) && number_read(right, &b)) {
    order = a < b ? -1 : a > b;
  } else {
    order = text_compare(left, right, where->ignore_case);
  }
  switch (where->test) {
    case EQUAL: return order == 0;
    case UNEQUAL: return order != 0;
    case LESS: return order < 0;
    case LESS_EQUAL: return order <= 0;
    case GREATER: return order > 0;
    default: return order >= 0;
  }
}

int where_holds(const struct where *where, struct row row) {
  switch (where->kind) {
    case ANY: return where_holds(where->first, row) || where_holds(where->second, row);
    case ALL: return where_holds(where->first, row) && where_holds(where->second, row);
    case NOT: return !where_holds(where->first, row);
    default: return test_holds(where, row);
  }
}

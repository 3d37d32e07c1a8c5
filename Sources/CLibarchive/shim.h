#pragma once
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>

// Macros with casts are not importable.
static inline unsigned int forge_type_file(void) { return AE_IFREG; }
static inline unsigned int forge_type_directory(void) { return AE_IFDIR; }
static inline unsigned int forge_type_link(void) { return AE_IFLNK; }

// LC_ALL_MASK and the null locale are macros with casts as well.
static inline void *forge_locale_make(const char *name) { return newlocale(LC_ALL_MASK, name, (locale_t)0); }
static inline void *forge_locale_use(void *locale) { return uselocale((locale_t)locale); }

// Variadic functions are not importable.
static inline void forge_set_error(struct archive *archive, const char *text) {
  archive_set_error(archive, EIO, "%s", text);
}

#pragma once
#include <zlib.h>

// A macro that passes the version and the size of the structure.
static inline int forge_inflate_begin(z_stream *stream, int window_bits) { return inflateInit2(stream, window_bits); }

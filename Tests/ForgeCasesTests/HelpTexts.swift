/// Help texts in the shapes that programs print; the ones of real programs are cut short.
enum HelpTexts {
  /// GNU getopt_long, from xz-utils (public domain).
  static let xz = """
    Usage: xz [OPTION]... [FILE]...
    Compress or decompress FILEs in the .xz format.

     Operation mode:

      -z, --compress      force compression
      -d, --decompress    force decompression

     Operation modifiers:

          --single-stream decompress only the first stream, and silently
                          ignore possible remaining input data
      -S, --suffix=.SUF   use the suffix `.SUF' on compressed files
          --files[=FILE]  read filenames to process from FILE; if FILE is
                          omitted, filenames are read from the standard input

      -F, --format=FMT    file format to encode or decode; possible values are
                          `auto' (default), `xz', `lzma', `lzip', and `raw'
      -0 ... -9           compression preset; default is 6; take compressor *and*
                          decompressor memory usage into account before using 7-9!
      -T, --threads=NUM   use at most NUM threads; the default is 1; set to 0
                          to use as many threads as there are processor cores
          --block-size=SIZE
                          start a new .xz block after every SIZE bytes of input;
          --memlimit-compress=LIMIT
          --memlimit-decompress=LIMIT
      -M, --memlimit=LIMIT
                          set memory usage limit for compression, decompression
    """

  /// Columns by hand with two blanks between the names, from pigz (zlib licence).
  static let pigz = """
    Usage: pigz [options] [files ...]
      will compress files in place, adding the suffix '.gz'. If no files are
      specified, stdin will be compressed to stdout.

    Options:
      -0 to -9, -11        Compression level (level 11, zopfli, is much slower)
      --fast, --best       Compression levels 1 and 9 respectively
      -A, --alias xxx      Use xxx as the name for any --zip entry from stdin
      -b, --blocksize mmm  Set compression block size to mmmK (default 128K)
      -F  --first          Do iterations first, before block split for -11
      -I, --iterations n   Number of iterations for -11 optimization
      -S, --suffix .sss    Use suffix .sss instead of .gz (for compression)
      --                   All arguments after "--" are treated as files
    """

  /// From brotli (MIT).
  static let brotli = """
    Usage: brotli [OPTION]... [FILE]...
    Options:
      -#                          compression level (0-9)
      -c, --stdout                write on standard output
      -o FILE, --output=FILE      output file (only if 1 input file)
      -q NUM, --quality=NUM       compression level (0-11)
      -w NUM, --lgwin=NUM         set LZ77 window size (0, 10-24)
    """

  /// From jq (MIT).
  static let jq = """
    Usage:\tjq [options] <jq filter> [file...]
    \tjq [options] --args <jq filter> [strings...]

    Example:

    \t$ echo '{"foo": 0}' | jq .
    \t{
    \t\t"foo": 0
    \t}

    Some of the options include:
      -c               compact instead of pretty-printed output;
      --tab            use tabs for indentation;
      --arg a v        set variable $a to value <v>;
      --slurpfile a f  set variable $a to an array of JSON texts read from <f>;
      --               terminates argument processing;
    """

  /// From seqtk (MIT).
  static let seqtk = """

    Usage:   seqtk <command> <arguments>
    Version: 1.3-r106

    Command: seq       common transformation of FASTA/Q
             comp      get the nucleotide composition of FASTA/Q
             cutN      cut sequence at long N

    """
  /// From seqtk (MIT).
  static let seqtkSeq = """

    Usage:   seqtk seq [options] <in.fq>|<in.fa>

    Options: -q INT    mask bases with quality lower than INT [0]
             -n CHAR   masked bases converted to CHAR; 0 for lowercase [0]
             -r        reverse complement
    """

  /// From lua (MIT).
  static let lua = """
    usage: lua [options] [script [args]]
    Available options are:
      -e stat   execute string 'stat'
      -l mod    require library 'mod' into global 'mod'
      -v        show version information
      --        stop handling options
      -         stop handling options and execute stdin
    """

  /// From ninja (Apache-2.0).
  static let ninja = """
    usage: ninja [options] [targets...]

    options:
      --version      print ninja version ("1.11.1")
      -v, --verbose  show all command lines while building
      -C DIR   change to DIR before doing anything else
      -f FILE  specify input build file [default=build.ninja]
      -j N     run N jobs in parallel (0 means infinity) [default=3 on this system]
      -d MODE  enable debugging (use '-d list' to list modes)
    """

  /// In the shape of Rust's clap.
  static let clap = """
    A cat clone with wings

    Usage: bat [OPTIONS] [FILE]...
           bat cache [OPTIONS]

    Commands:
      cache, c  Modify the syntax-definition cache
      help      Print this message or the help of the given subcommand(s)

    Arguments:
      [FILE]...
              File(s) to print / concatenate.

    Options:
      -A, --show-all
              Show non-printable characters like space, tab or newline.

          --color <when>
              Specify when to use colored output. [default: auto] [possible values: auto, never, always]

      -r, --line-range <N:M>
              Only print the specified range of lines for each file.

      -v, --verbose...               Use verbose output
          --config <KEY=VALUE|PATH>  Override a configuration value
          --tabs <T>                 Set the tab width to T spaces.
    """

  /// In the shape of Go's flag package.
  static let go = """
    Usage of frob:
      -cpu int
        \tnumber of cpus to use (default 4)
      -name string
        \tname to greet (default "world")
      -timeout duration
        \thow long to wait
      -v\tverbose output
    """

  /// In the shape of Python's argparse.
  static let argparse = """
    usage: fold.py [-h] [--mode {fast,slow}] [-n COUNT] [--tag TAG] infile [outfile]

    positional arguments:
      infile                the file to read

    options:
      -h, --help            show this help message and exit
      --mode {fast,slow}    how to work
      -n COUNT, --count COUNT
                            how often, from 1 to 20
    """

  /// A manual page in mdoc as mandoc renders it.
  static let mdoc = """
    CUTTER(1)                   General Commands Manual                  CUTTER(1)

    NAME
         cutter - cut things

    SYNOPSIS
         cutter [-abn] [-d delim] [-w width | --width=width] [--[no-]pad] file ...
         cutter -l

    DESCRIPTION
         The cutter utility cuts.  It is an error to give
         -q option here since it is prose that wrapped to this place.

         -a      Cut all.

         -d delim
                 Use delim as the delimiter character.

         -w width, --width=width
                 Cut at width columns, between 1 and 80.

         --[no-]pad
                 Pad the pieces.

    EXAMPLES
         Cut a file:

               $ cutter -d , -w 10 names.txt

         Cut standard input:

               printf 'a,b\\n' | cutter -d ,

               cutter -n - <<EOF
               one
               two
               EOF
    """
}

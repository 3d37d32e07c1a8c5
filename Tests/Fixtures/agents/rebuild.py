#!/usr/bin/env python3
"""Rebuilds the sample program `tally` in a cleanroom, from a copy of its source, the way an agent would from its own."""

import json
import os
import pathlib
import subprocess
import sys


def line(text, stdin=None, check=True):
    """Runs a line in the cleanroom and returns what it printed."""
    done = subprocess.run([os.environ["TASKFORGE_EXEC"], text], input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    print(f"$ {text}\n{done.stdout.decode(errors='replace')}[{done.returncode}]", flush=True)
    if check and done.returncode != 0:
        sys.exit(f"the line ended with status {done.returncode}")
    return done.stdout


def main():
    source = pathlib.Path(sys.argv[1])
    task = pathlib.Path(os.environ["TASKFORGE_TASK"]).read_bytes()
    if line("cat TASK.md") != task:
        sys.exit("the task in the cleanroom is another one")
    line("ls -la . docs; ./executable --help | head -5")
    line("mkdir probe && cd probe && printf 'name,n\\na,1\\nb,2\\n' > in.csv && ../executable in.csv; true")

    line("mkdir src")
    for file in sorted(source.glob("*.[ch]")):
        line(f"cat > src/{file.name}", stdin=file.read_bytes())
    line("cat > compile.sh", stdin=b"cc -std=c11 -D_POSIX_C_SOURCE=200809L -O2 -o executable src/*.c -lm\n")
    line("bash compile.sh")

    # The given executable has its own place by now.
    for arguments in ("--help", "probe/in.csv", "--no-such-option"):
        ours = line(f"./executable {arguments}; echo $?")
        theirs = line(f"/run/taskforge/executable {arguments}; echo $?")
        if ours != theirs:
            sys.exit(f"'{arguments}' shows something else")
    line("rm -r probe")
    pathlib.Path(os.environ["TASKFORGE_STOP"]).write_text(json.dumps(
        {"stop": "declared done", "calls": 7, "tokens": {"input": 1200, "output": 340}, "cost_usd": 0.25}))


main()

#!/usr/bin/env python3
"""Runs every case of a suite through the cleanroom's executable and compares what it shows with what is expected.

  replay.py DIRECTORY     an unpacked suite: cases.jsonl and blobs/

Ends with status 1 where a case shows something else. Streams that a case does not compare exactly are left out.
"""

import base64
import json
import os
import pathlib
import subprocess
import sys

INSIDE = r'''
import base64, json, os, shutil, subprocess, sys

def data(value):
    return value.encode() if isinstance(value, str) else base64.b64decode(value["b64"])

def text(name):
    """Names that are no UTF-8 as suites write them."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        return "".join("\\\\" if b == 92 else chr(b) if 32 <= b < 127 else "\\x%02X" % b for b in name)

def make(files):
    for entry in sorted(files, key=lambda entry: "link" in entry):
        path = entry["path"]
        if os.path.dirname(path):
            os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
        if "link" in entry:
            os.symlink(entry["link"], path)
        elif entry.get("directory"):
            os.makedirs(path, exist_ok=True)
        else:
            with open(path, "wb") as file:
                file.write(data(entry["data"]))
    for entry in reversed(files):
        if "mode" in entry:
            os.chmod(entry["path"], int(entry["mode"], 8))

def look(path):
    status = os.lstat(path)
    mode = "%04o" % (status.st_mode & 0o7777)
    if os.path.islink(path):
        return {"link": text(os.readlink(path))}
    if os.path.isdir(path):
        return {"mode": mode, "directory": True}
    if not os.path.isfile(path):
        return {"other": True}
    if not status.st_mode & 0o400:
        os.chmod(path, status.st_mode | 0o400)
    with open(path, "rb") as file:
        return {"mode": mode, "data": base64.b64encode(file.read()).decode()}

def tree():
    found = {}
    for place, directories, files in os.walk(b".", topdown=True):
        for name in directories + files:
            path = os.path.join(place, name)
            found[text(path[2:])] = look(path)
    return found

def same(entry):
    entry = {key: value for key, value in entry.items() if key != "path"}
    if "data" in entry:
        entry["data"] = base64.b64encode(data(entry["data"])).decode()
    return entry

def differences(item):
    shutil.rmtree("/tmp/case", ignore_errors=True)
    os.mkdir("/tmp/case", 0o755)
    os.chdir("/tmp/case")
    make(item["files"])
    before = tree()
    environment = {**os.environ, **item["env"]}
    arguments = [data(argument) for argument in item["argv"]]
    done = subprocess.run(["/run/taskforge/executable", *arguments], input=data(item["stdin"]), capture_output=True,
                          env=environment)
    after = tree()
    changed = {path: entry for path, entry in after.items() if before.get(path) != entry}
    for path in list(changed):
        occupied = any(other.startswith(path + "/") for other in after)
        if path not in before and changed[path] == {"mode": "0755", "directory": True} and occupied:
            del changed[path]
    changed.update({path: {"removed": True} for path in before if path not in after})
    expected, compare = item["expect"], item["compare"]
    if done.returncode != expected["exit"]:
        yield "exit", expected["exit"], done.returncode
    for stream in "stdout", "stderr":
        if compare[stream] == "exact" and getattr(done, stream) != data(expected[stream]):
            yield stream, data(expected[stream]), getattr(done, stream)
    wanted = {entry["path"]: same(entry) for entry in expected["files"]}
    if compare["files"] == "exact" and changed != wanted:
        yield "files", wanted, changed

os.umask(0)
failed = 0
cases = [json.loads(line) for line in sys.stdin]
for item in cases:
    found = list(differences(item))
    failed += bool(found)
    for part, wanted, got in found[:1] if failed < 10 else []:
        print(item["id"][:12], item["argv"], part, "wanted", str(wanted)[:300], "got", str(got)[:300])
print(f"{len(cases) - failed} of {len(cases)} cases show through the client what they expect")
sys.exit(1 if failed else 0)
'''


def line(text, stdin):
    return subprocess.run([os.environ["TASKFORGE_EXEC"], text], input=stdin).returncode


def whole(value, blobs):
    """A case with the bytes of its blobs in it."""
    if isinstance(value, dict) and set(value) == {"blob"}:
        return {"b64": base64.b64encode((blobs / value["blob"]).read_bytes()).decode()}
    if isinstance(value, dict):
        return {key: whole(member, blobs) for key, member in value.items()}
    return [whole(member, blobs) for member in value] if isinstance(value, list) else value


suite = pathlib.Path(sys.argv[1])
cases = [whole(json.loads(text), suite / "blobs") for text in (suite / "cases.jsonl").read_text().splitlines()]
if line("cat > /tmp/replay.py", INSIDE.encode()) != 0:
    sys.exit("the cleanroom takes no files")
sys.exit(line("python3 /tmp/replay.py", "".join(json.dumps(case) + "\n" for case in cases).encode()))

#!/usr/bin/env python3
"""Types the commands of README's "Five minutes" in an empty folder, and compares what it shows.

Lines that begin with "$ " are typed, with the here documents after them. The other lines are what is
printed after the command above them, in this order; numbers, blanks and "…" stand for any.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


def section(text):
    return text.split("## Five minutes", 1)[1].split("Other commands", 1)[0]


def commands(text):
    """Pairs of what is typed and the lines that are shown."""
    typed, end = [], None
    for line in re.findall(r"^    (.*)$", text, re.M):
        if end is not None:
            typed[-1][0] += "\n" + line
            end = None if line == end else end
        elif line.startswith("$ "):
            typed.append([line[2:], []])
            document = re.search(r"<<'(\w+)'", line)
            end = document.group(1) if document else None
        else:
            typed[-1][1].append(line)
    return typed


def pattern(line):
    """A regular expression for a line that is shown."""
    words = re.sub(r"\d[\d.,]*", "0", line).split()
    return re.compile(r"^\s*" + r"\s+".join(
        re.escape(word).replace("…", ".*").replace("0", r"[\d.,]+").replace("ms", "(ms|s)") for word in words) + r"\s*$",
        re.M)


def missing(shown, printed):
    """The first line that is not printed after those before it."""
    begin = 0
    for line in shown:
        if line.strip() in ("…", ""):
            continue
        found = pattern(line).search(printed, begin)
        if not found:
            return line
        begin = found.start()
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orch", required=True)
    parser.add_argument("--readme", required=True)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="orch_readme_")
    path = os.path.dirname(os.path.abspath(options.orch)) + ":" + os.environ["PATH"]
    environment = {"PATH": path, "HOME": folder, "ORCH_STORE": "runs.db"}
    typed = commands(section(pathlib.Path(options.readme).read_text(encoding="utf-8")))
    if len(typed) < 10:
        sys.exit(f"only {len(typed)} commands were found")
    for command, shown in typed:
        done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
        # The one that is shown to fail does so with the exit code of a failed run.
        expected = 3 if any("error " in line for line in shown) else 0
        if done.returncode != expected:
            sys.exit(f"$ {command}\n{done.stdout}\nended with {done.returncode}, expected {expected}")
        line = missing(shown, done.stdout)
        if line:
            sys.exit(f"$ {command}\n{done.stdout}\ndoes not print: {line}")
    shutil.rmtree(folder)
    print(f"{len(typed)} commands")


if __name__ == "__main__":
    main()

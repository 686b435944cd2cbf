#!/usr/bin/env python3
"""What bash completes: the printed script, run by bash on a store and a catalog."""
import argparse
import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

# The words typed, the last one being completed; what must be offered; what must not.
CASES = [
    ("orch ca", {"catalog"}, {"submit"}),
    ("orch submit repl", {"replicate", "replication"}, {"verify_only"}),
    ("orch validate odd", {"odd name.json"}, set()),
    ("orch graph @", set(), {"replicate"}),
    ("orch graph n", {"nightly"}, {"replicate"}),
    ("orch graph x -o ", {"svg", "png", "dot", "mermaid"}, {"json"}),
    ("orch status -o ", {"table", "json", "jsonl"}, {"png"}),
    ("orch status --only t", {"timed_out"}, {"failed"}),
    ("orch status --workflow v", {"verify_only"}, {"replicate"}),
    ("orch status --f", {"--full", "--failed"}, {"nightly"}),
    ("orch resume ni", {"nightly"}, set()),
    ("orch report ", {"nightly"}, {"treaty"}),
    ("orch tables t", {"treaty"}, {"claim"}),
    ("orch history nightly --table ", {"treaty", "claim"}, {"nightly"}),
    ("orch reconcile --only c", {"claim"}, {"treaty"}),
    ("orch catalog refresh --accept tr", {"treaty"}, {"claim"}),
]
DRIVER = """
source ./orch.bash
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
compopt() { :; }
_orch
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completed(folder, environment, typed):
    words = typed.split(" ")
    done = subprocess.run(["bash", "-c", DRIVER, "bash", *words], cwd=folder, env=environment, text=True,
                          capture_output=True, timeout=60, check=False)
    if done.returncode or done.stderr:
        return None, done.stderr
    return set(done.stdout.splitlines()) - {""}, ""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orch", required=True)
    orch = os.path.abspath(parser.parse_args().orch)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="orch_completion_") as folder:
        environment = {"PATH": f"{folder}/bin:{os.environ['PATH']}", "HOME": folder, "ORCH_STORE": f"{folder}/runs.db"}

        def run(*arguments):
            return subprocess.run([orch, *arguments], cwd=folder, env=environment, check=True, text=True,
                                  capture_output=True, timeout=60).stdout

        os.makedirs(f"{folder}/bin")
        os.symlink(orch, f"{folder}/bin/orch")
        with contextlib.closing(sqlite3.connect(f"{folder}/s.db")) as database:
            database.executescript("CREATE TABLE treaty (id INTEGER PRIMARY KEY); CREATE TABLE claim (id INTEGER PRIMARY KEY);"
                                   "INSERT INTO treaty VALUES (1); INSERT INTO claim VALUES (1);")
        run("replicate", "--from", "sqlite:s.db", "--to", "sqlite:t.db", "--name", "nightly")
        shutil.copy(f"{folder}/replication/catalog.json", folder)
        for name, content in (("orch.bash", run("completion", "bash")), ("odd name.json", "{}")):
            with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                file.write(content)
        for typed, wanted, unwanted in CASES:
            found, problem = completed(folder, environment, typed)
            if found is None or not wanted <= found or found & unwanted:
                failed += 1
                print(f"FAILED {typed!r}: offered {found}, {problem}\n  expected {wanted}, not {unwanted}")
    print(f"{len(CASES) - failed} of {len(CASES)} completions")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Text of others in every command that prints some: names of files, tables, columns, states, runs and
errors, causes, values, arguments. Whatever they hold, standard output and standard error hold no
character that acts on a terminal, and no line that such a text began.

Every command of `orch --help` is called, or listed in `OWN_TEXT` as one that prints orch's own text
only: a new command must be put into one of them.
"""
import argparse
import contextlib
import json
import os
import pty
import re
import sqlite3
import subprocess
import sys
import tempfile

# Title of the window, colour, C1's CSI, line ends of ASCII and of Unicode, reordering.
FORGED = "forged by others"
HOSTILE = f"x\x1b]0;title\x07\x1b[2J\x9b31m\r\n{FORGED}\u2028{FORGED}\u202egnihtyna\u2066|<b>`*"
# A file's name or an argument cannot hold all of it.
NAME = "x\x1b]0;title\x07\x1b[2J\n" + FORGED

ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
TONES = re.compile("\x1b\\[(?:0|1|2|31|32|36)m")
# Where a terminal is, what is drawn again moves the cursor.
DRAWING = re.compile("\x1b\\[[0-9]*[AKJ]")
# A log line carries the owner's text too; serve and work never end by themselves and are covered by
# the test of the log.
OWN_TEXT = {"completion", "man", "version", "serve", "work"}

FAILING = {"StartAt": HOSTILE, "States": {HOSTILE: {
    "Type": "Pass", "Result": {HOSTILE: HOSTILE}, "Next": "Fail " + HOSTILE},
    "Fail " + HOSTILE: {"Type": "Fail", "Error": HOSTILE, "Cause": HOSTILE}}}
PASSING = {"StartAt": HOSTILE, "States": {HOSTILE: {
    "Type": "Pass", "Result": {"summary": HOSTILE, HOSTILE: HOSTILE}, "End": True}}}
CAUSE = json.dumps({"message": HOSTILE, "hint": HOSTILE, "code": "ORCH-0001", "key": HOSTILE})
BROKEN = {"StartAt": HOSTILE, "States": {"B" + HOSTILE: {"Type": HOSTILE, HOSTILE: 1}}}
OURS = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": HOSTILE, "Cause": CAUSE}}}

# Each is called as it is, and with -o json and -o jsonl.
CALLS = [
    ["submit", "failing.json", "--name", "failing"],
    ["submit", "passing.json", "--name", "passing"],
    ["submit", "ours.json", "--name", "ours"],
    ["submit", NAME],
    ["submit", "passing.json", "--input", NAME],
    ["resume", "failing"],
    ["resume", NAME],
    ["redo", "failing", NAME],
    ["redo", NAME, "t"],
    ["stop", "failing"],
    ["stop", NAME],
    ["status"],
    ["status", "failing"],
    ["status", "passing"],
    ["status", "ours"],
    ["status", NAME],
    ["status", "--only", NAME],
    ["history", "failing"],
    ["history", "ours"],
    ["graph", "failing.json"],
    ["graph", "failing.json", "-o", "dot"],
    ["graph", "failing.json", "-o", "mermaid"],
    ["graph", "failing", "-o", "dot"],
    ["validate", "failing.json", "broken.json", "no.json", NAME],
    ["eval", "$", "--input", "hostile.json"],
    ["eval", "$error(x)", "--input", "hostile.json"],
    ["eval", HOSTILE],
    ["config", "--connections", NAME],
    ["explain", NAME],
    ["help", NAME],
    ["catalog", "discover", "odd", "--connections", "connections.json", "--target", "copy"],
    ["connection", "test", NAME],
    ["connection", "test", "odd"],
    ["catalog", "validate", "catalog.json"],
    ["plan", "catalog.json"],
    ["catalog", "show", "catalog.json"],
    ["catalog", "refresh", "catalog.json"],
    ["submit", "replicate", "--name", "odd", "--input", '{"catalog": "catalog.json"}'],
    ["status", "odd"],
    ["tables"],
    ["tables", HOSTILE],
    ["tables", "--older-than", NAME],
    ["tables", "--older-than", "2100-01-01"],
    ["hold", NAME, "--reason", HOSTILE, "--by", HOSTILE],
    ["hold", "x", "--until", NAME],
    ["hold", "--run", NAME],
    ["limits"],
    ["release", NAME],
    ["release", "x"],
    ["connection", "history", NAME],
    ["schedule", "preview", HOSTILE],
    ["api"],
    ["token", "add", NAME, "--role", "viewer"],
    ["token", "add", HOSTILE, "--role", HOSTILE],
    ["token", "list"],
    ["token", "remove", "x" + NAME],
    ["audit"],
    ["audit", "--since", NAME],
    ["retention", "--plan"],
    ["retention", NAME],
    ["doctor"],
    ["doctor", NAME],
    ["bundle", "odd", "--to", "odd.bundle"],
    ["bundle", NAME],
    ["backup", "odd.backup"],
    ["backup", NAME],
    ["restore", NAME],
    ["restore", "hostile.json"],
    ["alerts", "list"],
    ["alerts", "silence", "workflow:" + NAME, "--reason", HOSTILE, "--by", HOSTILE],
    ["alerts", "list"],
    ["alerts", "unsilence", NAME],
    ["alerts", "test", NAME],
    ["project", "check", "--project", "project"],
    ["project", "check", "--project", "project", "--env", NAME],
    ["project", "init", "project"],
    ["deploy", "--project", "project", "--env", NAME],
    ["deploy", "--project", "deployed", "--plan"],
    ["deploy", "--project", "deployed", "--yes"],
    ["pipelines"],
    ["pipeline", "show", "greet"],
    ["pipeline", "show", NAME],
    ["pipeline", "pause", "greet", "--note", HOSTILE, "--by", HOSTILE],
    ["pipelines"],
    ["pipeline", "show", "greet"],
    ["pipeline", "resume", "greet", "--by", HOSTILE],
    ["pipeline", "run", "greet", "--key", HOSTILE, "--input", HOSTILE],
    ["pipeline", "fires", NAME],
    ["pipeline", "backfill", "greet", "--from", NAME],
    ["rollback", "greet", "--to", "7"],
    ["rollback", NAME],
    ["report"],
    ["report", "--html"],
    ["report", NAME],
    ["reconcile", "catalog.json"],
    ["replicate", "--from", "sqlite:odd.db", "--to", "sqlite:other.db"],
    ["replicate", "--from", NAME, "--to", "sqlite:other.db"],
    ["status", "--" + NAME],
    [NAME],
    ["-" + NAME],
]


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def make_files(folder):
    documents = {"failing.json": FAILING, "passing.json": PASSING, "broken.json": BROKEN,
                 "ours.json": OURS, "hostile.json": {"x": HOSTILE, HOSTILE: [HOSTILE]},
                 "connections.json": {"odd": {"url": "sqlite:odd.db"}, "copy": {"url": "sqlite:copy.db"}}}
    for name, value in documents.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            json.dump(value, file)
    with open(os.path.join(folder, "no.json"), "w", encoding="utf-8") as file:
        file.write("{" + HOSTILE)
    os.makedirs(os.path.join(folder, "project", "pipelines"))
    os.makedirs(os.path.join(folder, "deployed", "pipelines"))
    for name, value in {"project.json": {"name": "deployed"},
                        "pipelines/greet.json": {"workflow": "replicate", "input": HOSTILE,
                                                 "description": HOSTILE}}.items():
        with open(os.path.join(folder, "deployed", name), "w", encoding="utf-8") as file:
            json.dump(value, file)
    for name, value in {"project.json": {"name": HOSTILE, HOSTILE: 1, "variables": {HOSTILE: HOSTILE}},
                        "pipelines/a.json": {"workflow": HOSTILE, "input": "${file:" + NAME + "}"}}.items():
        with open(os.path.join(folder, "project", name), "w", encoding="utf-8") as file:
            json.dump(value, file)
    table = HOSTILE.replace("\0", "")
    with contextlib.closing(sqlite3.connect(os.path.join(folder, "odd.db"))) as database:
        database.executescript(
            f"CREATE TABLE {quoted(table)} (id INTEGER PRIMARY KEY, {quoted('c' + table)} TEXT);"
            f"CREATE TABLE bad (id INTEGER PRIMARY KEY, n INTEGER NOT NULL);"
            f"CREATE VIEW {quoted('v' + table)} AS SELECT * FROM bad;")
        database.execute(f"INSERT INTO {quoted(table)} VALUES (1, ?)", (HOSTILE,))
        database.execute("INSERT INTO bad VALUES (1, ?)", (HOSTILE,))
        database.commit()


def wrong_in(text, tones=False):
    if tones:
        text = DRAWING.sub("", TONES.sub("", text)).replace("\r\n", "\n")
    found = ACTING.search(text)
    if found:
        yield f"U+{ord(found.group()):04X} in {text[max(0, found.start() - 60):found.end() + 20]!r}"
    yield from (f"a forged line: {line!r}" for line in text.splitlines() if line.startswith(FORGED))


class Tester:
    def __init__(self, orch, folder):
        self.orch = orch
        self.folder = folder
        self.environment = {"PATH": os.environ["PATH"], "HOME": folder, "ORCH_STORE": "runs.db",
                            "ORCH_CONNECTIONS": "connections.json", "LANG": "C.UTF-8", "TERM": "xterm"}
        self.failed = []

    def call(self, arguments, terminal=False):
        if terminal:
            return self.in_terminal(arguments)
        done = subprocess.run([self.orch, *arguments], cwd=self.folder, env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)
        return [done.stdout.decode(), done.stderr.decode()], done.returncode

    def in_terminal(self, arguments):
        master, slave = pty.openpty()
        with subprocess.Popen([self.orch, *arguments], cwd=self.folder, env=self.environment,
                              stdin=subprocess.DEVNULL, stdout=slave, stderr=slave) as child:
            os.close(slave)
            parts = []
            # The end of a pseudoterminal is an error of reading (EIO).
            with contextlib.suppress(OSError):
                while part := os.read(master, 65536):
                    parts.append(part)
            os.close(master)
            return [b"".join(parts).decode()], child.wait()

    def check(self, arguments, terminal=False):
        texts, code = self.call(arguments, terminal)
        wrong = [problem for text in texts for problem in wrong_in(text, terminal)]
        if code < 0 or not any(texts):
            wrong.append(f"exit code {code}, {sum(map(len, texts))} characters")
        if wrong:
            self.failed.append((arguments, wrong))
        return texts


def unlisted_commands(orch):
    """Commands of the help that are neither called nor known to print orch's own text only."""
    text = subprocess.run([orch, "--help"], capture_output=True, text=True, check=True).stdout
    names = re.findall(r"^  ([a-z]+) ", text.split("Common options:")[0], re.MULTILINE)
    page = subprocess.run([orch, "man", "--markdown"], capture_output=True, text=True, check=True).stdout
    missing = sorted(set(re.findall(r"^## orch ([a-z]+)", page, re.MULTILINE)) - set(names))
    if missing:
        sys.exit(f"`orch --help` has no line for {', '.join(missing)}: give it a topic in orchestrator/cli/help.cpp")
    return [name for name in names if name not in OWN_TEXT and name not in {call[0] for call in CALLS}]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orch", required=True)
    orch = os.path.abspath(parser.parse_args().orch)
    with tempfile.TemporaryDirectory(prefix="orch_foreign_") as folder:
        make_files(folder)
        tester = Tester(orch, folder)
        for call in CALLS:
            texts = tester.check(call)
            if call[:2] == ["catalog", "discover"]:
                with open(os.path.join(folder, "catalog.json"), "w", encoding="utf-8") as file:
                    file.write(texts[0])
            if call[0] not in ("submit", "resume", "replicate"):
                tester.check([*call, "-o", "json"])
                tester.check([*call, "-o", "jsonl"])
            tester.check(call, terminal=True)
        missing = unlisted_commands(orch)
    for arguments, wrong in tester.failed:
        print(f"FAILED {arguments!r}", *wrong, sep="\n  ")
    if missing:
        print(f"FAILED not called: {', '.join(missing)}")
    print(f"{len(CALLS)} calls, {len(tester.failed)} failed")
    return 1 if tester.failed or missing else 0


if __name__ == "__main__":
    sys.exit(main())

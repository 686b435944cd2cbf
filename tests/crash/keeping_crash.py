#!/usr/bin/env python3
"""Kills `orch serve` at every pass of the points of its housekeeping, restarts it, and looks.

  - packing: every run reads as it did before, whichever of them are packed when the process dies.
  - removal: a run that retention removes is there with all that belongs to it, or found no more; the next process
    removes the rest of it, and what is kept reads as before.

  keeping_crash.py --orch BINARY
"""
import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))

from run_store import RunStore  # noqa: E402

KILLED = -signal.SIGKILL
RUNS = 4
ITEMS = 2
POINTS = ("keeping.before_commit", "keeping.after_commit")


class Folder:
    """A store with some runs that have ended, and what they read like."""

    def __init__(self, orch, folder):
        self.orch, self.folder = str(orch), pathlib.Path(folder)
        self.store = RunStore(self.folder / "runs.db")
        (self.folder / "wide.json").write_text(json.dumps({"StartAt": "All", "States": {
            "All": {"Type": "Map", "End": True, "ItemProcessor": {"ProcessorConfig": {
                "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "One", "States": {
                "One": {"Type": "Task", "Resource": "orch:noop", "End": True}}}}}}))

    def begin(self):
        for file in self.folder.glob("runs.db*"):
            file.unlink()
        owner = self.serve()  # packs none of them: a process leaves what it has just ended alone
        for number in range(RUNS):
            text = json.dumps([{"number": number, "text": "x" * 2_000}] * ITEMS)
            self.call("submit", "wide.json", "--name", f"r{number}", "--input", text)
        end(owner)
        return self.read()

    def command(self, *arguments):
        return [self.orch, *arguments, "--store", str(self.store.file)]

    def call(self, *arguments):
        return subprocess.run(self.command(*arguments), cwd=self.folder, check=True, timeout=60,
                              capture_output=True, text=True).stdout

    def read(self):
        """What is read of each run, by its name."""
        runs = [json.loads(line) for line in self.call("status", "-o", "jsonl").splitlines()]
        return {run["name"]: (run, self.call("history", run["name"], "-o", "jsonl")) for run in runs}

    def serve(self, fault="", *options):
        """orch serve, which listens or has died."""
        environment = dict(os.environ, **({"ORCH_FAULT": fault + ":kill"} if fault else {}))
        process = subprocess.Popen(self.command("serve", "--listen", "127.0.0.1:0", *options), cwd=self.folder,
                                   env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        process.stdout.readline()
        return process

    def packed(self):
        return self.store.ask("SELECT count(*) FROM history") == [(0,)]

    def removed(self):
        """The latest run is left, with its children."""
        return self.store.ask("SELECT (SELECT count(*) FROM execution), (SELECT count(*) FROM removed_run)") == [
            (1 + ITEMS, 0)]

    def work(self, done, *options):
        """What is wrong with a serve that is not killed before `done`."""
        serve = self.serve("", *options)
        if wait_for(serve, done):
            return [f"serve ended with {serve.returncode}"]
        end(serve)
        return []


def wait_for(process, done):
    """Until the process has ended or `done` says so; true: it has ended."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return True
        if done():
            return False
        time.sleep(0.02)
    raise AssertionError("neither came to the point nor to the end of its work")


def end(process):
    process.terminate()
    process.communicate(timeout=60)


def look(folder):
    wrong = [f"foreign keys: {row}" for row in folder.store.ask("PRAGMA foreign_key_check")
             if not folder.store.ask("SELECT 1 FROM removed_run")]
    return wrong + folder.store.history_gaps() + ([] if folder.store.sound() else ["the store is not sound"])


def killed(folder, fault, done, *options):
    """What is wrong after serve died at `fault`; None: it did all there was to do instead."""
    serve = folder.serve(fault, *options)
    if not wait_for(serve, done):
        end(serve)
        return None
    if serve.returncode != KILLED:
        return [f"serve ended with {serve.returncode}"]
    return look(folder)


def packing(folder, fault):
    """None: the point is not passed so often."""
    before = folder.begin()
    wrong = killed(folder, fault, folder.packed)
    if wrong is None:
        return None
    if folder.read() != before:
        wrong.append("a run reads otherwise than before")
    wrong += folder.work(folder.packed) + look(folder)
    return wrong if folder.read() == before else wrong + ["a packed run reads otherwise than before"]


def removal(folder, fault):
    before = folder.begin()
    wrong = folder.work(folder.packed)
    latest = ("--retention", "runs:1")
    found = killed(folder, fault, folder.removed, *latest)
    if found is None:
        return None
    wrong += found
    for name, run in folder.read().items():
        if run != before[name]:
            wrong.append(f"{name} is kept and reads otherwise than before")
    wrong += folder.work(folder.removed, *latest) + look(folder)
    last = f"r{RUNS - 1}"
    return wrong if folder.read() == {last: before[last]} else wrong + ["what is kept reads otherwise than before"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--orch", required=True, type=pathlib.Path)
    options = parser.parse_args()
    crashes, failures = 0, 0
    with tempfile.TemporaryDirectory(prefix="orch-keeping-") as name:
        folder = Folder(options.orch.resolve(), name)
        for case in (packing, removal):
            for point in POINTS:
                for passes in range(1, 60):
                    wrong = case(folder, f"{point}:{passes}")
                    if wrong is None:
                        break
                    crashes += 1
                    if wrong:
                        failures += 1
                        print(f"FAILED  {case.__name__}, {point}:{passes}", *wrong, sep="\n        ", flush=True)
                if passes < RUNS:
                    failures += 1
                    print(f"FAILED  {case.__name__}: {point} is passed only {passes - 1} times")
    print(f"{crashes} crashes, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

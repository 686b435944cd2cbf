#!/usr/bin/env python3
"""Stores of earlier versions, as their programs wrote them (stores/schema-N.db.zst, and what was read of them then in
schema-N.json): this version opens each, reads the same, carries on what was interrupted, resumes what failed, and
refuses a store that is newer than itself without touching it.

  upgrade.py --orch BINARY
  upgrade.py --orch BINARY --make     writes the store of that program's version into stores/; needs zstd
"""
import argparse
import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import tempfile
import time

from store_folder import ERROR, RUN_FAILED, StoreFolder, expect

from run_store import unpack_bytes

STORES = pathlib.Path(__file__).resolve().parent / "stores"


def read(folder):
    """What is read of each run that has ended, by its name."""
    return {run["name"]: [run["status"], [json.loads(line) for line in
                                          folder.call("history", run["name"], "-o", "jsonl").splitlines()]]
            for run in folder.lines("status") if run["status"] != "RUNNING"}


def make(orch):
    with tempfile.TemporaryDirectory(prefix="orch-upgrade-") as name:
        folder = StoreFolder(orch, name)
        folder.write("steps", {"StartAt": "A", "States": {
            "A": {"Type": "Task", "Resource": "orch:noop", "Next": "B"},
            "B": {"Type": "Task", "Resource": "orch:noop", "End": True}}})
        folder.submit("plain", "said", {"large": "x" * 2_000})
        folder.submit("fails", "failed", code=RUN_FAILED)
        folder.submit("wide", "family", [1, 2, 3])
        environment = dict(os.environ, ORCH_STORE=str(folder.store.file), ORCH_FAULT="engine.after_commit:2:kill")
        subprocess.run([folder.orch, "submit", "steps.json", "--name", "interrupted"], cwd=name, env=environment,
                       check=False, capture_output=True)
        expected = read(folder)
        with contextlib.closing(sqlite3.connect(folder.store.file)) as db:
            db.execute("PRAGMA journal_mode=DELETE")
            db.execute("VACUUM")
            version = db.execute("SELECT max(version) FROM orch_migration").fetchone()[0]
        target = STORES / f"schema-{version}"
        STORES.mkdir(exist_ok=True)
        subprocess.run(["zstd", "-q", "-f", "-19", "--content-size", folder.store.file, "-o", f"{target}.db.zst"],
                       check=True)
        target.with_suffix(".json").write_text(json.dumps(expected))
        print(f"{target}.db.zst, {os.path.getsize(f'{target}.db.zst')} bytes")


def an_older_store(orch, packed, folder):
    folder = StoreFolder(orch, folder)
    folder.store.file.write_bytes(unpack_bytes(packed.read_bytes()))
    folder.store.file.chmod(0o600)
    expected = json.loads((packed.parent / packed.name.replace(".db.zst", ".json")).read_text())
    before = folder.store.file.read_bytes()
    told = folder.call("status", code=ERROR)
    expect("ORCH-0207" in told, True, told)
    expect(folder.store.file.read_bytes(), before, "the store that was only read")
    folder.submit("plain", "new")  # brings the store up to date, and carries on what was interrupted
    found = read(folder)
    expect(found.pop("new")[0], "SUCCEEDED", "the new run")
    expect(found.pop("interrupted")[0], "SUCCEEDED", "the run that the older version began")
    expect(found, expected, "what is read of the older runs")
    pack(folder)
    found = read(folder)
    expect({name: found[name] for name in expected}, expected, "what is read of them when they are packed")
    folder.call("resume", "failed", code=RUN_FAILED)
    events = [event["type"] for event in read(folder)["failed"][1]]
    expect(events.count("ExecutionFailed"), 2, f"ends of the run that was resumed: {events}")
    expect(folder.ask("doctor")[1]["state"], "ok", "the store, in the eyes of the doctor")


def pack(folder):
    """Until a server has packed all that ended before it began."""
    process = subprocess.Popen([folder.orch, "serve", "--listen", "127.0.0.1:0", "--store", folder.store.file],
                               cwd=folder.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while folder.store.ask("SELECT count(*) FROM history") != [(0,)] and time.monotonic() < deadline:
        time.sleep(0.05)
    process.terminate()
    process.wait(timeout=60)
    expect(folder.store.ask("SELECT count(*) FROM history"), [(0,)], "rows that are not packed")


def a_newer_store(orch, folder):
    folder = StoreFolder(orch, folder)
    folder.submit("plain", "one")
    folder.change("INSERT INTO orch_migration VALUES (999, '0999_of_the_future', 'x')")
    before = folder.store.file.read_bytes()
    for command in (("status",), ("submit", "plain.json"), ("doctor",), ("backup", "copy.db"), ("retention",)):
        told = folder.call(*command, code=ERROR)
        expect("ORCH-0207" in told and "newer" in told, True, told)
    expect(folder.store.file.read_bytes(), before, "the store")
    expect((folder.folder / "copy.db").exists(), False, "a backup of it")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--orch", required=True, type=pathlib.Path)
    parser.add_argument("--make", action="store_true")
    options = parser.parse_args()
    orch = options.orch.resolve()
    if options.make:
        return make(orch)
    for packed in sorted(STORES.glob("*.db.zst")):
        with tempfile.TemporaryDirectory(prefix="orch-upgrade-") as name:
            an_older_store(orch, packed, name)
            print(f"ok  {packed.name}", flush=True)
    with tempfile.TemporaryDirectory(prefix="orch-upgrade-") as name:
        a_newer_store(orch, name)
        print("ok  a newer store", flush=True)
    return None


if __name__ == "__main__":
    main()

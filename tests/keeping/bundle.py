#!/usr/bin/env python3
"""`orch bundle`: a run with all that belongs to it in one file that every command opens, without values unless asked.

  bundle.py --orch BINARY
"""
import argparse
import contextlib
import json
import pathlib
import sqlite3
import tempfile

from store_folder import ERROR, RUN_FAILED, StoreFolder, expect

from run_store import RunStore

SECRET = "4711-Mustermann"


def content(file):
    """All texts of a bundle, unpacked."""
    rows = json.dumps([events for _, _, _, events in RunStore(file).batches()])
    with contextlib.closing(sqlite3.connect(file)) as db:
        return rows + json.dumps(db.execute("SELECT input, output, error, cause FROM execution").fetchall())


def types(folder, name, **options):
    return [json.loads(line)["type"] for line in folder.call("history", name, "-o", "jsonl", **options).splitlines()]


def a_family(folder):
    folder.submit("wide", "family", [{"name": SECRET, "amount": 815.25}, {"name": SECRET}])
    folder.submit("plain", "other", SECRET)
    folder.call("bundle", "family")
    file = folder.folder / "bundle-family.db"
    expect(sorted(path.name for path in folder.folder.glob("bundle*")), [file.name], "files")
    expect(file.stat().st_mode & 0o777, 0o600, "mode")
    expect(folder.names(store=file), ["family"], "runs in the bundle")
    expect(types(folder, "family", store=file), types(folder, "family"), "events")
    expect(folder.ask("status", "family", store=file)["status"], "SUCCEEDED", "status")
    expect(folder.ask("doctor", store=file)[1]["state"], "ok", "the bundle, in the eyes of the doctor")
    expect((SECRET in content(file), "815.25" in content(file)), (False, False), "values in the bundle")
    expect('\\"name\\"' in content(file), True, "names of members")
    child = RunStore(folder.store.file).ask("SELECT run_id FROM execution WHERE parent IS NOT NULL")[0][0]
    folder.call("bundle", child, "--to", "of-a-child.db", "--values")
    expect(SECRET in content(folder.folder / "of-a-child.db"), True, "values, asked for")
    expect(folder.names(store=folder.folder / "of-a-child.db"), ["family"], "runs of the bundle of a child")
    told = folder.call("bundle", "family", code=ERROR)
    expect("exists" in told, True, told)


def a_failure(folder):
    folder.submit("fails", "failed", {"name": SECRET}, code=RUN_FAILED)
    folder.call("bundle", "failed", "--to", "failed.db")
    found = folder.ask("status", "failed", store=folder.folder / "failed.db")
    expect((found["status"], found["error"]), ("FAILED", "Gone"), "the failure")
    folder.call("bundle", "unknown", code=ERROR)


def a_replication(folder):
    with contextlib.closing(sqlite3.connect(folder.folder / "from.db")) as db:
        db.executescript(f"CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO people VALUES (1, '{SECRET}')")
    folder.write("connections", {"version": 1, "connections": {
        "from": {"url": f"sqlite:{folder.folder / 'from.db'}"}, "to": {"url": f"sqlite:{folder.folder / 'to.db'}"}}})
    folder.write("catalog", {"version": 1, "defaults": {"source": {"connection": "from"}, "target": {"connection": "to"}},
                             "tables": [{"source": {"table": "people"}}]})
    folder.call("submit", "replicate", "--name", "load", "--connections", "connections.json", "--input",
                json.dumps({"catalog": "catalog.json"}))
    folder.call("bundle", "load")
    file = folder.folder / "bundle-load.db"
    expect(SECRET in content(file), False, "values in the bundle")
    page = folder.call("status", "load", store=file)
    expect("people" in page and "SUCCEEDED" in page.upper(), True, page)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--orch", required=True, type=pathlib.Path)
    orch = parser.parse_args().orch.resolve()
    for case in (a_family, a_failure, a_replication):
        with tempfile.TemporaryDirectory(prefix="orch-bundle-") as name:
            case(StoreFolder(orch, name))
            print(f"ok  {case.__name__}", flush=True)


if __name__ == "__main__":
    main()

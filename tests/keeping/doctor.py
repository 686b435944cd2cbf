#!/usr/bin/env python3
"""`orch doctor`: what it finds, and that each finding says what to do.

  doctor.py --orch BINARY
"""
import argparse
import contextlib
import json
import pathlib
import shutil
import sqlite3
import tempfile

from store_folder import RUN_FAILED, StoreFolder, expect

from databases import PostgresServer, SqliteDatabase


def findings(folder, subject, *options, code=0):
    """(state, what was found) of a subject; what is not well has a hint."""
    found = folder.lines("doctor", *options, code=code)
    for each in found:
        expect("hint" in each, each["state"] != "ok", f"a hint: {each}")
    return [(each["state"], each["found"]) for each in found if each["subject"] == subject]


def a_sound_store(folder):
    folder.submit("plain", "one")
    for subject in ("orch", "store", "owner", "runs", "clock", "disk", "files"):
        (state, _), = findings(folder, subject)
        expect(state if subject != "disk" else "ok", "ok", subject)
    expect("every checksum is right" in findings(folder, "store")[0][1], True, "the store")


def changed_rows(folder):
    changes = ("UPDATE execution SET workflow = 'other'",
               "UPDATE history SET events = replace(events, 'Say', 'Sad') WHERE id = (SELECT min(id) FROM history)",
               "DELETE FROM history WHERE id = (SELECT max(id) FROM history)",
               "UPDATE definition SET text = text || ' '", "DELETE FROM definition")
    for change in changes:
        for file in folder.folder.glob("runs.db*"):
            file.unlink()
        folder.submit("plain", "one")
        folder.change(change)
        found = findings(folder, "store", code=RUN_FAILED)
        expect({state for state, _ in found}, {"error"}, change)


def what_lies_about(folder):
    folder.submit("plain", "one")
    (folder.folder / "runs.db.replaced-20200101T000000Z").write_text("an old one")
    folder.store.file.chmod(0o644)
    expect([state for state, _ in findings(folder, "files")], ["warning", "warning"], "files")
    folder.change("UPDATE execution SET started_ms = started_ms + 86400000, made_checksum = NULL")
    (state, what), = findings(folder, "clock", code=RUN_FAILED)
    expect(state, "error", what)


class Replica:
    """A folder whose runs publish three tables of a SQLite file to `url`."""

    def __init__(self, folder, url):
        self.folder = folder
        self.source("".join(f"CREATE TABLE t{n} (id INTEGER PRIMARY KEY, v TEXT);"
                            f"INSERT INTO t{n} VALUES (1, 'a'), (2, 'b');" for n in range(3)))
        folder.write("connections", {"version": 1, "connections": {
            "from": {"url": f"sqlite:{folder.folder / 'from.db'}"}, "to": {"url": url}}})
        folder.write("catalog", {"version": 1, "defaults": {"source": {"connection": "from"},
                                                            "target": {"connection": "to"}},
                                 "tables": [{"source": {"table": f"t{n}"}} for n in range(3)]})

    def source(self, sql):
        with contextlib.closing(sqlite3.connect(self.folder.folder / "from.db")) as db:
            db.executescript(sql)

    def load(self, name, code=0, **options):
        self.folder.call("submit", "replicate", "--name", name, "--connections", "connections.json", "--input",
                         json.dumps({"catalog": "catalog.json", **options}), code=code)


def published_tables(folder, target):
    replica = Replica(folder, target.url)
    folder.submit("plain", "of no table")
    (state, what), = findings(folder, "targets")
    expect(state, "ok", what)
    replica.load("one")
    (state, what), = findings(folder, "evidence")
    expect((state, "3 of 3 tables as their last loads left them, by count" in what), ("ok", True), what)
    (state, what), = findings(folder, "evidence", "--digest")
    expect("3 by digest" in what, True, what)
    (state, what), = findings(folder, "evidence", "--tables", "2")
    expect("2 of 2 tables" in what and "1 more were not looked at" in what, True, what)
    expect(findings(folder, "evidence", "--no-targets"), [], "without targets")
    target.run("UPDATE t1 SET v = 'other' WHERE id = 1")
    expect([state for state, _ in findings(folder, "evidence")], ["ok"], "a value, by count")
    wrong = [what for state, what in findings(folder, "evidence", "--digest", code=RUN_FAILED) if state == "error"]
    expect(len(wrong) == 1 and "t1" in wrong[0] and "digest" in wrong[0], True, wrong)
    target.run("DELETE FROM t1 WHERE id = 1; DROP TABLE t2")
    wrong = sorted(what for state, what in findings(folder, "evidence", code=RUN_FAILED) if state == "error")
    expect(["t1: found 1 rows, expected 2" in wrong[0], "t2: the table is gone" in wrong[1], len(wrong)],
           [True, True, 2], wrong)


def leftovers(folder, target):
    """What the store no longer knows is removed; what a run may still need is not."""
    replica = Replica(folder, target.url)
    replica.load("one")
    expect(findings(folder, "leftovers"), [("ok", "nothing is left over in the targets")], "after a load")
    folder.write("catalog", {"version": 1, "defaults": {"source": {"connection": "from"},
                                                        "target": {"connection": "to"}},
                             "tables": [{"source": {"table": "t0"}, "checks": [{"min_rows": 9}]}]})
    replica.source("INSERT INTO t0 VALUES (3, 'c')")
    replica.load("bad", code=RUN_FAILED)
    expect(len(target.leftovers()) > 0, True, "staged rows of a run that failed")
    for options in ((), ("--clean",)):
        (state, what), = findings(folder, "leftovers", *options)
        expect((state, "1 staged load wait for `orch resume`" in what), ("ok", True), what)
    folder.change("UPDATE execution SET run_id = 'gone' || substr(run_id, 5), made_checksum = NULL WHERE name = 'bad'")
    (state, what), = findings(folder, "leftovers")
    expect((state, "t0: the staged load" in what), ("warning", True), what)
    (state, what), = findings(folder, "leftovers", "--clean")
    expect((state, "t0: removed" in what), ("ok", True), what)
    expect(target.leftovers(), [], "after it was removed")
    expect(findings(folder, "leftovers"), [("ok", "nothing is left over in the targets")], "at last")


def a_target_that_is_silent(folder):
    target = SqliteDatabase(folder.folder / "to.db")
    replica = Replica(folder, target.url)
    replica.load("one")
    document = json.loads((folder.folder / "connections.json").read_text())
    document["connections"]["to"] = {"url": "postgresql://nobody@127.0.0.1:1/none"}
    folder.write("connections", document)
    (state, what), = findings(folder, "targets")
    expect((state, what.startswith("to: Connection.Down")), ("warning", True), what)
    (folder.folder / "connections.json").unlink()
    (state, what), = findings(folder, "targets")
    expect((state, "connections.json" in what), ("warning", True), what)


def targets_of(orch, server):
    for case in (published_tables, leftovers):
        with tempfile.TemporaryDirectory(prefix="orch-doctor-") as name:
            case(StoreFolder(orch, name), SqliteDatabase(pathlib.Path(name) / "to.db"))
            print(f"ok  {case.__name__} in SQLite", flush=True)
        if not server:
            continue
        with tempfile.TemporaryDirectory(prefix="orch-doctor-") as name:
            database = server.database(case.__name__)
            database.create()
            case(StoreFolder(orch, name), database)
            print(f"ok  {case.__name__} in PostgreSQL", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--orch", required=True, type=pathlib.Path)
    orch = parser.parse_args().orch.resolve()
    for case in (a_sound_store, changed_rows, what_lies_about, a_target_that_is_silent):
        with tempfile.TemporaryDirectory(prefix="orch-doctor-") as name:
            case(StoreFolder(orch, name))
            print(f"ok  {case.__name__}", flush=True)
    server = PostgresServer() if shutil.which("psql") else None
    try:
        targets_of(orch, server)
    finally:
        if server:
            server.stop()


if __name__ == "__main__":
    main()

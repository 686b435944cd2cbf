#!/usr/bin/env python3
"""Puts an older copy of the run store back and goes on with it: what a target holds afterwards is what the source holds.

  ended    the copy was taken between two runs: later runs succeed, none is refused for its fence
  staged   the copy was taken after a table had been staged and before the run knew: the run's rest stages the table
           again, and does not take what the lost history published for its own
"""
import argparse
import contextlib
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))

from databases import ROOT  # noqa: E402

TABLES = [{"source": {"table": "whole"}}, {"source": {"table": "keyed"}, "strategy": "upsert"},
          {"source": {"table": "added"}, "strategy": "append", "watermark": {"column": "id"}}]
KILLED = -9


class Project:
    def __init__(self, orch, folder, target_url, read_target):
        self.orch, self.folder, self.read_target = orch, folder, read_target
        folder.mkdir()
        self.source = folder / "source.db"
        self.store = folder / "runs.db"
        self.in_source("".join(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, v INTEGER);"
                               f"INSERT INTO {table} VALUES (1, 0), (2, 0);" for table in ("whole", "keyed", "added")))
        self.write("connections.json", {"version": 1, "connections": {
            "from": {"url": f"sqlite:{self.source}"}, "to": {"url": target_url}}})
        self.write("catalog.json", {"version": 1, "id": "copied", "defaults": {
            "source": {"connection": "from"}, "target": {"connection": "to"}}, "tables": TABLES})

    def write(self, name, document):
        (self.folder / name).write_text(json.dumps(document))

    def in_source(self, script):
        with contextlib.closing(sqlite3.connect(self.source)) as db:
            db.executescript(script)

    def change(self, generation):
        self.in_source(f"UPDATE whole SET v = {generation}; UPDATE keyed SET v = {generation};"
                       f"INSERT INTO added VALUES ({2 + generation}, {generation})")

    def call(self, *arguments, fault=""):
        environment = dict(os.environ, **({"ORCH_FAULT": fault} if fault else {}))
        return subprocess.run([self.orch, *arguments, "--store", self.store], cwd=self.folder, env=environment,
                              capture_output=True, text=True, timeout=120, check=False)

    def run(self, name, fault=""):
        return self.call("submit", "replicate", "--name", name, "--input", '{"catalog": "catalog.json"}',
                         "--connections", "connections.json", fault=fault)

    def copy_store(self):
        """As an administrator does it, with all that lies beside it."""
        for file in self.folder.glob("runs.db*"):
            if not file.is_socket():
                shutil.copy(file, self.folder / f"copy-{file.name}")

    def put_back(self):
        for file in self.folder.glob("runs.db*"):
            file.unlink()
        for file in self.folder.glob("copy-runs.db*"):
            shutil.copy(file, self.folder / file.name.removeprefix("copy-"))

    def look(self, done, name, generation, added):
        """Everything that is wrong after the run `name`."""
        if done.returncode != 0:
            return [f"{name}: exit {done.returncode}\n{done.stderr[-2000:]}"]
        report = json.loads((self.folder / "reports" / name / "report.json").read_text())
        wrong = [f"{name}: {table['key']}: {table['reconcile']}" for table in report["results"]
                 if table["reconcile"]["equal"] is not True]
        for table in ("whole", "keyed"):
            found = self.read_target(f"SELECT min(v), max(v), count(*) FROM {table}")
            if found != f"{generation}|{generation}|2":
                wrong.append(f"{name}: {table} holds {found}, expected generation {generation}")
        if (found := self.read_target("SELECT count(*), max(id) FROM added")) != added:
            wrong.append(f"{name}: added holds {found}, expected {added}")
        return wrong


def ended(project):
    wrong = project.look(project.run("first"), "first", 0, "2|2")
    project.copy_store()
    for generation in (1, 2, 3):
        project.change(generation)
        name = f"lost{generation}"
        wrong += project.look(project.run(name), name, generation, f"{2 + generation}|{2 + generation}")
    project.put_back()
    project.change(4)
    return wrong + project.look(project.run("newest"), "newest", 4, "6|6")


def staged(project):
    if (done := project.run("nightly", fault="stage.after_commit:1:kill")).returncode != KILLED:
        return [f"the run was not killed: exit {done.returncode}\n{done.stderr}"]
    project.copy_store()
    wrong = project.look(project.call("resume", "nightly"), "nightly", 0, "2|2")
    project.put_back()
    project.change(1)
    return wrong + project.look(project.call("resume", "nightly"), "nightly", 1, "3|3")


def sqlite_target(folder, name):
    path = folder / f"{name}.db"

    def read(query):
        with contextlib.closing(sqlite3.connect(path)) as db:
            return "|".join(str(cell) for cell in db.execute(query).fetchone())
    return f"sqlite:{path}", read


def postgres_target(server, name):
    def psql(url, sql):
        return subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, url], check=True,
                              capture_output=True, text=True).stdout.strip()
    psql(server, f"CREATE DATABASE {name}")
    url = f"{server.rsplit('/', 1)[0]}/{name}"
    return url, lambda query: psql(url, query)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orch", required=True, type=pathlib.Path)
    parser.add_argument("--target", choices=("sqlite", "postgres"), required=True)
    options = parser.parse_args()
    server = []
    failures = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if options.target == "postgres":
            server = subprocess.run([ROOT / "scripts" / "postgres-for-tests", "start"], check=True,
                                    stdout=subprocess.PIPE, text=True).stdout.split()
        try:
            for case in (ended, staged):
                label = case.__name__
                target = postgres_target(server[1], label) if server else sqlite_target(folder, label)
                wrong = case(Project(options.orch.resolve(), folder / label, *target))
                print(f"{'FAILED' if wrong else 'ok':7} {label}", *wrong, sep="\n        ", flush=True)
                failures += wrong
        finally:
            if server:
                subprocess.run([ROOT / "scripts" / "postgres-for-tests", "stop", server[0]], check=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

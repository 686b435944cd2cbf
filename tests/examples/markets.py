#!/usr/bin/env python3
"""The example project as it is shipped: one folder makes dev, test and prod, each by one command; the second
deploy has nothing to do; what is deployed runs.

  markets.py --orch BINARY --project FOLDER
"""
import argparse
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

PIPELINES = {"fx_rates", "month_end", "positions"}
SCHEDULES = {"dev": ("@every 1h", "30 2 * * *"), "test": ("@every 1h", "0 * * * *"), "prod": ("@every 15m", "30 2 * * *")}


class Tester:
    def __init__(self, orch, folder):
        self.orch, self.folder = orch, folder
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
        self.failed = []

    def call(self, *arguments):
        done = subprocess.run([self.orch, *arguments], cwd=self.folder, env=self.environment, capture_output=True,
                              text=True, timeout=120, check=False)
        self.expect(done.returncode == 0, f"orch {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def expect(self, good, what):
        if not good:
            self.failed.append(what)
            print("FAILED", what)


def rows_of(file, query):
    with sqlite3.connect(file) as database:
        return database.execute(query).fetchall()


def check_environment(tester, name):
    store = tester.folder / f"{name}.db"
    first = json.loads(tester.call("deploy", "--env", name, "-o", "json"))
    tester.expect({change["pipeline"] for change in first["changes"]} == PIPELINES, f"{name}: {first['changes']}")
    again = json.loads(tester.call("deploy", "--env", name, "-o", "json"))
    tester.expect(not again["changes"] and again["unchanged"] == 3, f"{name}: the second deploy would change {again}")
    documents = {pipeline: json.loads(text) for pipeline, text in rows_of(store, "SELECT pipeline, document FROM pipeline_revision")}
    schedules = (documents["fx_rates"]["triggers"]["intraday"]["schedule"],
                 documents["positions"]["triggers"]["nightly"]["schedule"])
    tester.expect(schedules == SCHEDULES[name], f"{name}: {schedules}")
    tester.expect(documents["month_end"]["triggers"]["last_day"]["holidays"][0] == "2026-12-25", f"{name}: no holidays")
    aliases = rows_of(store, "SELECT DISTINCT name FROM alias")
    tester.expect(aliases == [(name,)], f"{name}: aliases {aliases}")
    (connections,), = rows_of(store, "SELECT DISTINCT connections FROM pipeline_revision")
    for pipeline in ("fx_rates", "positions"):
        tester.call("submit", "replicate", "--store", str(store), "--connections", connections, "--quiet",
                    "--input", json.dumps(documents[pipeline]["input"]))
    counts = rows_of(tester.folder / f"{name}-warehouse.db",
                     "SELECT (SELECT count(*) FROM fx_rates), (SELECT count(*) FROM positions)")
    tester.expect(counts == [(3, 3)], f"{name}: rows {counts}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orch", required=True)
    parser.add_argument("--project", required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="orch_markets_") as made:
        folder = pathlib.Path(made) / "markets"
        shutil.copytree(options.project, folder, ignore=shutil.ignore_patterns("*.db*", "reports"))
        tester = Tester(os.path.abspath(options.orch), folder)
        tester.call("project", "check")
        for name in SCHEDULES:
            check_environment(tester, name)
        tester.expect(not list(folder.glob("*.db.projects/*/reports")), "a report is not below the project's folder")
    print(f"{len(tester.failed)} failed")
    return 1 if tester.failed else 0


if __name__ == "__main__":
    sys.exit(main())

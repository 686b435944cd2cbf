#!/usr/bin/env python3
"""Kills a run over a landing zone at named points and goes on: every file is loaded once, none is lost.

For each point twice: the run is resumed, and the run store is lost and another run begins. Another file is dropped
meanwhile. Afterwards the table holds each row once, the ledger each file, the archive what was loaded; what is bad or
still written stays where it is.

With --bucket the zone is a bucket behind a server that speaks S3, else a folder.

  landing.py --orch BINARY --target sqlite|postgres [--bucket] [--only REGEX]
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from bucket_server import BucketServer  # noqa: E402
from databases import ROOT  # noqa: E402
from store_copy import KILLED, postgres_target, sqlite_target  # noqa: E402

POINTS = ("stage.in_copy", "stage.before_commit", "stage.after_commit", "verify.before_commit", "verify.after_commit",
          "merge.before_commit", "merge.after_commit", "landing.before_archive", "landing.after_archive")
FILES = {"day=1/a.csv": (1, 2), "day=1/b.csv": (3,), "day=2/a.csv": (4, 5)}
LATER = {"day=1/late.csv": (6,)}
LAST = {"day=3/a.csv": (7, 8)}
LEFT = {"day=2/bad.csv": 'id,v\n90,"x\n', "day=2/new.csv.part": "id,v\n91,x\n"}


class Zone:
    def __init__(self, orch, folder, target_url, read_target, endpoint=""):
        self.orch, self.folder, self.read_target, self.endpoint = orch, folder, read_target, endpoint
        self.drop = folder / "drop" / "sales"
        self.store = folder / "runs.db"
        folder.mkdir()
        self.write("connections.json", {"version": 1, "connections": {
            "drop": {"url": f"csv:s3://{folder.name}/drop" if endpoint else "csv:drop"}, "to": {"url": target_url}}})
        self.write("catalog.json", {"version": 1, "id": "landing", "tables": [{
            "key": "sales", "source": {"connection": "drop", "table": "sales", "types": {"id": "int64"},
                                       "files": {"archive": "_archive"}},
            "target": {"connection": "to", "table": "sales"}, "strategy": "append"}]})
        self.put({name: self.text(ids) for name, ids in FILES.items()} | LEFT)

    @staticmethod
    def text(ids):
        return "id,v\n" + "".join(f"{number},x\n" for number in ids)

    def write(self, name, document):
        (self.folder / name).write_text(json.dumps(document))

    def put(self, files):
        for name, text in files.items():
            (self.drop / name).parent.mkdir(parents=True, exist_ok=True)
            (self.drop / name).write_text(text)

    def call(self, *arguments, fault=""):
        environment = dict(os.environ, ORCH_S3_ENDPOINT=self.endpoint,
                           **({"ORCH_FAULT": f"{fault}:1:kill"} if fault else {}))
        return subprocess.run([self.orch, *arguments, "--store", self.store], cwd=self.folder, env=environment,
                              capture_output=True, text=True, timeout=120, check=False)

    def submit(self, name, fault=""):
        return self.call("submit", "replicate", "--name", name, "--input", '{"catalog": "catalog.json"}',
                         "--connections", "connections.json", fault=fault)

    def lose_store(self):
        for file in self.folder.glob("runs.db*"):
            file.unlink()

    def wrong(self, files):
        """Everything that is not as it must be once `files` were loaded."""
        problems = []
        ids = sorted(number for each in files.values() for number in each)
        found = self.read_target("SELECT count(*), count(DISTINCT id), min(id), max(id) FROM sales")
        if found != (expected := f"{len(ids)}|{len(ids)}|{ids[0]}|{ids[-1]}"):
            problems.append(f"the table holds {found}, expected {expected}")
        ledger = "orch_file" if "sqlite:" in (self.folder / "connections.json").read_text() else "orch.file"
        found = self.read_target(f"SELECT count(*), count(DISTINCT file), sum(rows) FROM {ledger}")
        if found != (expected := f"{len(files)}|{len(files)}|{len(ids)}"):
            problems.append(f"the ledger holds {found}, expected {expected}")
        archive = self.folder / "drop" / "_archive" / "sales"
        problems += [f"{name} is not in the archive" for name in files if not (archive / name).exists()]
        problems += [f"{name} is still in the zone" for name in files if (self.drop / name).exists()]
        problems += [f"{name} is gone" for name in LEFT if not (self.drop / name).exists()]
        return problems


def killed_at(zone, point, how):
    if (done := zone.submit("nightly", fault=point)).returncode != KILLED:
        return [f"the run was not killed: exit {done.returncode}\n{done.stderr[-2000:]}"]
    zone.put({name: zone.text(ids) for name, ids in LATER.items()})
    if how == "resumed":
        done = zone.call("resume", "nightly")
    else:
        zone.lose_store()
        done = zone.submit("again")
    if done.returncode != 0:
        return [f"{how}: exit {done.returncode}\n{done.stderr[-2000:]}"]
    zone.put({name: zone.text(ids) for name, ids in LAST.items()})
    if (done := zone.submit("last")).returncode != 0:
        return [f"last: exit {done.returncode}\n{done.stderr[-2000:]}"]
    return zone.wrong(FILES | LATER | LAST)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orch", required=True, type=pathlib.Path)
    parser.add_argument("--target", choices=("sqlite", "postgres"), required=True)
    parser.add_argument("--bucket", action="store_true")
    parser.add_argument("--only", default="", help="cases that this matches")
    options = parser.parse_args()
    server = []
    failures = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        buckets = BucketServer(folder) if options.bucket else None
        if options.target == "postgres":
            server = subprocess.run([ROOT / "scripts" / "postgres-for-tests", "start"], check=True,
                                    stdout=subprocess.PIPE, text=True).stdout.split()
        try:
            for point in POINTS:
                for how in ("resumed", "store lost"):
                    label = f"{point} {how}"
                    if not re.search(options.only, label):
                        continue
                    database = re.sub(r"\W", "_", label)
                    target = postgres_target(server[1], database) if server else sqlite_target(folder, database)
                    wrong = killed_at(Zone(options.orch.resolve(), folder / database, *target,
                                           buckets.url if buckets else ""), point, how)
                    print(f"{'FAILED' if wrong else 'ok':7} {label}", *wrong, sep="\n        ", flush=True)
                    failures += wrong
        finally:
            if buckets:
                buckets.close()
            if server:
                subprocess.run([ROOT / "scripts" / "postgres-for-tests", "stop", server[0]], check=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

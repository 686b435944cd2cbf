#!/usr/bin/env python3
"""Files and objects that come and runs of other pipelines fire pipelines of a server, each once, also when the
server is killed meanwhile, or while a pipeline is paused.

  triggers.py --orch BINARY
"""
import argparse
import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))

from bucket_server import BucketServer  # noqa: E402
from run_store import RunStore  # noqa: E402

LONGEST = 120


class Server:
    def __init__(self, orch, folder, endpoint):
        self.orch, self.folder = orch, folder
        self.store = RunStore(folder / "runs.db")
        self.environment = dict(os.environ, ORCH_STORE=str(self.store.file), ORCH_S3_ENDPOINT=endpoint,
                                AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")
        self.process = None

    def start(self, fault=""):
        environment = dict(self.environment, **({"ORCH_FAULT": fault + ":kill"} if fault else {}))
        self.process = subprocess.Popen([self.orch, "serve", "--listen", "127.0.0.1:0"], cwd=self.folder, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
        self.process.stdout.readline()

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=LONGEST)

    def deploy(self):
        subprocess.run([self.orch, "deploy"], cwd=self.folder, env=self.environment, check=True, capture_output=True)

    def pipeline(self, *arguments):
        subprocess.run([self.orch, "pipeline", *arguments], cwd=self.folder, env=self.environment, check=True,
                       capture_output=True)

    def outcomes(self, pipeline):
        return [tuple(row) for row in self.store.ask(
            "SELECT outcome, coalesce(reason, '') FROM fire WHERE pipeline = ? ORDER BY fire_ms, fire_key", pipeline)]

    def fires(self, pipeline):
        rows = self.store.ask("SELECT fire_key, outcome, facts FROM fire WHERE pipeline = ? ORDER BY fire_ms, fire_key", pipeline)
        return [(key, outcome, json.loads(facts)) for key, outcome, facts in rows]

    def wait_for(self, what, done):
        until = time.monotonic() + LONGEST
        while not done():
            if time.monotonic() > until:
                raise AssertionError(f"{what} has not happened")
            time.sleep(0.05)

    def ended(self, pipeline):
        return self.store.ask("SELECT count(*) FROM execution JOIN pipeline_run ON execution_id = execution.id "
                              "WHERE pipeline = ? AND status = 'SUCCEEDED'", pipeline)[0][0]


def write_project(folder):
    workflow = {"StartAt": "S", "States": {"S": {"Type": "Pass", "End": True}}}
    documents = {
        "project.json": {"name": "triggers"},
        "workflows/w.json": workflow,
        "pipelines/each.json": {"workflow": "workflows/w.json", "overlap": "allow",
                                "triggers": {"drop": {"files": "drop/{source}_{date}.csv"}}},
        "pipelines/batch.json": {"workflow": "workflows/w.json", "overlap": "allow", "triggers": {"drop": {
            "files": "drop/{source}_{date}.csv", "batch": {"by": "date", "count": 2}}}},
        "pipelines/after.json": {"workflow": "workflows/w.json", "overlap": "allow", "triggers": {"both": {
            "after": ["each", "batch"]}}},
        "pipelines/left_out.json": {"workflow": "workflows/w.json", "overlap": "allow", "triggers": {"drop": {
            "files": "held/{name}.csv", "when_paused": "skip"}}},
        "pipelines/held.json": {"workflow": "workflows/w.json", "overlap": "allow", "triggers": {"drop": {
            "files": "held/{name}.csv"}}},
        "pipelines/after_held.json": {"workflow": "workflows/w.json", "overlap": "allow", "triggers": {"run": {
            "after": ["held"]}}},
        "pipelines/orders.json": {"workflow": "workflows/w.json", "triggers": {"loaded": {"after": {"datasets": ["orders"]}}}},
        "pipelines/daily.json": {"workflow": "workflows/w.json", "triggers": {"loaded": {
            "after": {"datasets": ["orders", "parts"]}, "fresher_than": "00:00"}}},
        "pipelines/objects.json": {"workflow": "workflows/w.json", "overlap": "allow", "triggers": {"drop": {
            "files": "s3://zone/in/{key}/{date}.csv", "poll_seconds": 1, "marker": ".done"}}},
        "pipelines/both.json": {"workflow": "workflows/w.json", "overlap": "allow", "triggers": {"drop": {
            "files": "s3://zone/in/{key}/{date}.csv", "poll_seconds": 1, "batch": {"by": "date", "count": 2}}}}}
    for name, document in documents.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(document))
    for name in ("drop", "held", "zone/in/mx", "zone/in/eu"):
        (folder / name).mkdir(parents=True)


def drop(folder, name):
    draft = folder / "drop" / (name + ".tmp")
    draft.write_text("a\n1\n")
    draft.rename(folder / "drop" / name)


def check(server, folder):
    server.start()
    server.deploy()
    drop(folder, "mx_2026-11-30.csv")
    server.wait_for("a run of the first file", lambda: server.ended("each") == 1)
    (fire,) = server.fires("each")
    assert fire[1] == "started" and fire[2]["source"] == "mx" and fire[2]["date"] == "2026-11-30", fire
    assert not server.fires("batch"), server.fires("batch")
    drop(folder, "eu_2026-11-30.csv")
    server.wait_for("a run of the batch", lambda: server.ended("batch") == 1)
    server.wait_for("a run of the second file", lambda: server.ended("each") == 2)
    (fire,) = server.fires("batch")
    assert fire[0] == "2026-11-30" and fire[2]["whole"] and len(fire[2]["files"]) == 2, fire
    assert "source" not in fire[2], fire
    server.wait_for("a run after both", lambda: server.ended("after") >= 1)
    server.end()
    # Killed before and after the commit of a fire: each file has one run all the same.
    for number, point in enumerate(("engine.before_commit:1", "engine.after_commit:1", "engine.before_dispatch:1")):
        drop(folder, f"mx_2026-12-0{number}.csv")
        server.start(fault=point)
        server.process.wait(timeout=LONGEST)
        server.start()
        server.wait_for(f"the run after {point}", lambda expected=3 + number: server.ended("each") == expected)
        server.end()
    keys = [key.split("@")[0] for key, _, _ in server.fires("each")]
    assert len(keys) == len(set(keys)) == 5, keys
    assert server.ended("each") == 5, server.ended("each")
    assert server.store.sound()


def check_paused(server, folder):
    """What comes while a pipeline is paused is recorded with who paused it; at the resume it runs, or not."""
    server.start()
    for pipeline in ("held", "left_out", "after_held"):
        server.pipeline("pause", pipeline, "--note", "migration")
    (folder / "held" / "a.csv.tmp").write_text("a\n1\n")
    (folder / "held" / "a.csv.tmp").rename(folder / "held" / "a.csv")
    for pipeline, outcome in (("held", "queued"), ("left_out", "skipped")):
        server.wait_for(f"a row of {pipeline}", lambda name=pipeline: server.outcomes(name))
        ((found, reason),) = server.outcomes(pipeline)
        assert found == outcome and reason.startswith("the pipeline was paused") and reason.endswith("migration"), (found, reason)
    server.end()
    server.start()  # the queue is those rows
    server.pipeline("resume", "held")
    server.pipeline("resume", "left_out")
    server.wait_for("the run that was held", lambda: server.ended("held") == 1)
    server.wait_for("a row of after_held", lambda: server.outcomes("after_held"))
    assert server.outcomes("after_held")[0][0] == "queued", server.outcomes("after_held")
    server.pipeline("resume", "after_held")
    server.wait_for("the run after it", lambda: server.ended("after_held") == 1)
    assert [row[0] for name in ("held", "left_out") for row in server.outcomes(name)] == ["started", "skipped"]
    server.end()


def check_buckets(server, folder):
    """Objects of a bucket are files: named pieces, completeness, batches, each once, also when the server dies."""
    zone = folder / "zone" / "in"
    for key in ("mx", "eu"):
        (zone / key / "2026-11-30.csv").write_text("a\n1\n")
    server.start()
    server.wait_for("a run of the batch", lambda: server.ended("both") == 1)
    (fire,) = server.fires("both")
    assert fire[0] == "2026-11-30" and fire[2]["files"] == [f"s3://zone/in/{key}/2026-11-30.csv" for key in ("eu", "mx")], fire
    assert not server.fires("objects"), server.fires("objects")
    (zone / "mx" / "2026-11-30.csv.done").touch()
    server.wait_for("a run of the marked object", lambda: server.ended("objects") == 1)
    (fire,) = server.fires("objects")
    assert (fire[2]["key"], fire[2]["date"]) == ("mx", "2026-11-30"), fire
    server.end()
    (zone / "mx" / "2026-11-30.csv").write_text("a\n1\n2\n")  # another version
    (zone / "eu" / "2026-12-01.csv").write_text("a\n1\n")
    (zone / "eu" / "2026-12-01.csv.done").touch()
    server.start(fault="engine.fire:1")
    server.process.wait(timeout=LONGEST)
    server.start()
    server.wait_for("the runs of what came", lambda: server.ended("objects") == 3)
    server.end()
    keys = [key for key, _, _ in server.fires("objects")]
    assert len(keys) == len(set(keys)) == 3, keys


def check_datasets(server, folder):
    """A pipeline runs when datasets have been loaded: again for each load, or once a day."""
    copy = folder / "copy"
    copy.mkdir()
    with contextlib.closing(sqlite3.connect(copy / "source.db")) as db, db:
        for table in ("orders", "parts"):
            db.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY)")
            db.execute(f"INSERT INTO {table} VALUES (1)")
    server.start()
    for run in (1, 2):
        subprocess.run([server.orch, "replicate", "--from", "sqlite:source.db", "--to", "sqlite:target.db"], cwd=copy,
                       env=server.environment, check=True, capture_output=True)
        server.wait_for(f"the fire after load {run}", lambda expected=run: len(server.fires("orders")) == expected)
    facts = [fire[2]["datasets"]["orders"] for fire in server.fires("orders")]
    assert facts[0]["run"] != facts[1]["run"] and facts[0]["as_of"] < facts[1]["as_of"], facts
    server.wait_for("the fire of the day", lambda: server.fires("daily"))
    (fire,) = server.fires("daily")
    assert set(fire[2]["datasets"]) == {"orders", "parts"}, fire
    server.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orch", required=True)
    orch = os.path.abspath(parser.parse_args().orch)
    with tempfile.TemporaryDirectory(prefix="orch_triggers_") as made:
        folder = pathlib.Path(made)
        write_project(folder)
        buckets = BucketServer(folder)
        server = Server(orch, folder, buckets.url)
        try:
            check(server, folder)
            check_paused(server, folder)
            check_buckets(server, folder)
            check_datasets(server, folder)
        finally:
            buckets.close()
            if server.process and server.process.poll() is None:
                server.process.kill()
    print("0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())

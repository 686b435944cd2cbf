#!/usr/bin/env python3
"""Files that come and runs of other pipelines fire pipelines of a server, each once, also when the server is
killed meanwhile.

  triggers.py --orch BINARY
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))

from run_store import RunStore  # noqa: E402

LONGEST = 120


class Server:
    def __init__(self, orch, folder):
        self.orch, self.folder = orch, folder
        self.store = RunStore(folder / "runs.db")
        self.environment = dict(os.environ, ORCH_STORE=str(self.store.file))
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
            "after": ["each", "batch"]}}}}
    for name, document in documents.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(document))
    (folder / "drop").mkdir()


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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orch", required=True)
    orch = os.path.abspath(parser.parse_args().orch)
    with tempfile.TemporaryDirectory(prefix="orch_triggers_") as made:
        folder = pathlib.Path(made)
        write_project(folder)
        server = Server(orch, folder)
        try:
            check(server, folder)
        finally:
            if server.process and server.process.poll() is None:
                server.process.kill()
    print("0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())

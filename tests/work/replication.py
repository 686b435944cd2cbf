#!/usr/bin/env python3
"""Heavy tables on a fleet: processes of `orch work` at one `orch serve`, some of them killed in mid task. The run is
started and watched with the AWS command line when it is installed."""
import argparse
import contextlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "serve"))

import fleet  # noqa: E402
import server  # noqa: E402

ORCH = ""
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HEAVY, LIGHT = ("posting", "claim", "premium"), ("broker", "currency")
ACTIVITY = "arn:aws:states:us-east-1:123456789012:activity:orch-"


def make_project(folder):
    with contextlib.closing(sqlite3.connect(folder / "ledger.db")) as ledger:
        for table in HEAVY + LIGHT:
            ledger.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, text TEXT, amount REAL)")
            rows = 60_000 if table in HEAVY else 50
            ledger.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)",
                               ((n, f"{table} {n}", n / 8) for n in range(rows)))
        ledger.commit()
    (folder / "connections.json").write_text(json.dumps({"version": 1, "connections": {
        "ledger": {"url": "sqlite:ledger.db"}, "warehouse": {"url": "sqlite:warehouse.db"}}}))
    (folder / "catalog.json").write_text(json.dumps({"version": 1, "defaults": {
        "source": {"connection": "ledger"}, "target": {"connection": "warehouse"}}, "tables": [
            {"source": {"table": table}, **({"tags": ["heavy"]} if table in HEAVY else {})}
            for table in HEAVY + LIGHT]}))


def rows(database, statement):
    with contextlib.closing(sqlite3.connect(database)) as opened:
        return opened.execute(statement).fetchall()


def definition():
    """The example, with workers that are missed sooner."""
    text = (ROOT / "examples" / "fleet" / "replicate.asl.json").read_text()
    return text.replace('"HeartbeatSeconds": 60', '"HeartbeatSeconds": 4')


class Client:
    """The AWS command line, or the API itself where that is not installed."""

    def __init__(self, serve):
        self.serve = serve
        self.aws = shutil.which("aws", path="/usr/bin:/usr/local/bin")

    def call(self, operation, command, **members):
        if not self.aws:
            return self.serve.call(operation, **members)
        options = [f"--{name}={value}" for name, value in (
            ("".join("-" + c.lower() if c.isupper() else c for c in name), value)
            for name, value in members.items())]
        done = subprocess.run(
            [self.aws, "stepfunctions", command, "--endpoint-url", self.serve.url, *options],
            capture_output=True, text=True, timeout=fleet.PATIENCE, env={
                "PATH": os.environ["PATH"], "HOME": str(self.serve.folder), "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_EC2_METADATA_DISABLED": "true"})
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return json.loads(done.stdout)


class Replication(unittest.TestCase):
    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        # The store and the project share a folder, as at home.
        self.serve = stack.enter_context(server.serving(ORCH, "--connections", "connections.json"))
        self.folder = self.serve.folder
        make_project(self.folder)
        self.client = Client(self.serve)
        # An activity that is not there yet fails its state; workers come later, too.
        for step in ("stage", "verify", "merge"):
            self.serve.call("CreateActivity", name="orch-" + step)

    def worker(self, *steps, fault=None):
        arguments = [part for step in steps for part in ("--activity", f"{ACTIVITY}{step}=orch:{step}")]
        made = fleet.Worker(ORCH, self.folder, "--endpoint", self.serve.url, "--create", "--concurrency", "2",
                            "--heartbeat", "1", "--connections", "connections.json", *arguments,
                            environment={"ORCH_FAULT": fault} if fault else None)
        self.addCleanup(made.end)
        return made

    def start(self):
        machine = self.client.call("CreateStateMachine", "create-state-machine", name="nightly",
                                   definition=definition(), roleArn="arn:aws:iam::123456789012:role/r")
        return self.client.call("StartExecution", "start-execution", name="first",
                                stateMachineArn=machine["stateMachineArn"],
                                input='{"catalog":"catalog.json"}')["executionArn"]

    def ended(self, execution):
        end = time.monotonic() + fleet.PATIENCE
        while time.monotonic() < end:
            row = self.serve.call("DescribeExecution", executionArn=execution)
            if row["status"] != "RUNNING":
                return row
            time.sleep(0.1)
        raise AssertionError("the execution does not end: " + json.dumps(self.types(execution)))

    def types(self, execution):
        page = self.serve.call("GetExecutionHistory", executionArn=execution, maxResults=1000)
        return [event["type"] for event in page["events"]]

    def check_target(self, execution):
        for table in HEAVY + LIGHT:
            statement = f"SELECT * FROM {table} ORDER BY id"
            self.assertEqual(rows(self.folder / "warehouse.db", statement),
                             rows(self.folder / "ledger.db", statement), table)
        evidence = rows(self.folder / "warehouse.db", "SELECT table_name, run FROM orch_evidence")
        self.assertEqual(sorted(table for table, _ in evidence), sorted(HEAVY + LIGHT))
        self.assertEqual({run for table, run in evidence if table in HEAVY}, {execution})

    def test_others_do_what_killed_workers_had_begun(self):
        copier = self.worker("stage", fault="stage.in_copy:2:kill")
        publisher = self.worker("merge", fault="merge.after_commit:1:kill")
        execution = self.start()
        self.assertEqual(copier.wait(), -9, copier.text())
        self.worker("stage", "verify")
        self.assertEqual(publisher.wait(), -9, publisher.text())
        self.worker("merge")
        row = self.ended(execution)
        self.assertEqual(row["status"], "SUCCEEDED", row)
        self.assertEqual(json.loads(row["output"])["tables"], len(HEAVY + LIGHT))
        self.check_target(execution)
        self.assertIn("ActivityTimedOut", self.types(execution))

    def test_a_stopped_worker_hands_its_task_over(self):
        stopped = self.worker("stage")
        execution = self.start()
        stopped.wait_for("started")
        stopped.signal()
        self.worker("stage", "verify", "merge")
        row = self.ended(execution)
        self.assertEqual(row["status"], "SUCCEEDED", row)
        self.assertIn(stopped.wait(), (0, 4))
        self.check_target(execution)


    def test_a_worker_that_slept_changes_nothing(self):
        sleeper = self.worker("stage", fault="stage.in_copy:2:stop")
        execution = self.start()
        end = time.monotonic() + fleet.PATIENCE
        while "ActivityTimedOut" not in self.types(execution):
            self.assertLess(time.monotonic(), end, "its silence goes unnoticed")
            time.sleep(0.1)
        self.worker("stage", "verify", "merge").wait_for("started")
        sleeper.signal(signal.SIGCONT)
        sleeper.wait_for("lost")
        row = self.ended(execution)
        self.assertEqual(row["status"], "SUCCEEDED", row)
        self.check_target(execution)


class Signed(unittest.TestCase):
    def test_a_server_with_keys_takes_only_workers_that_have_one(self):
        with server.serving(ORCH) as plain:
            keys = plain.folder / "keys.json"
            keys.touch(0o600)
            keys.write_text(json.dumps({"AKID": "secret"}))
            (plain.folder / "task.json").write_text(json.dumps({"StartAt": "T", "States": {
                "T": {"Type": "Task", "Resource": ACTIVITY + "noop", "HeartbeatSeconds": 30, "End": True}}}))
            plain.end()
            plain.arguments = ("--keys", "keys.json")
            plain.start()
            arguments = ("--endpoint", plain.url, "--create", "--activity", "orch-noop=orch:noop")
            stranger = fleet.Worker(ORCH, plain.folder, *arguments)
            self.addCleanup(stranger.end)
            self.assertEqual(stranger.wait(), 1)
            self.assertRegex(stranger.text(), "MissingAuthenticationToken(.|\n)*AWS_ACCESS_KEY_ID")
            worker = fleet.Worker(ORCH, plain.folder, *arguments, environment={
                "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"})
            self.addCleanup(worker.end)
            ran = plain.run("submit", "task.json", "--input", '{"n":1}', "-o", "json")
            self.assertEqual(ran.returncode, 0, ran.stderr)
            self.assertEqual(json.loads(ran.stdout)["output"], {"n": 1})
            self.assertEqual(worker.wait_for("succeeded")["activity"], ACTIVITY + "noop")


def main():
    global ORCH
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    ORCH = str(pathlib.Path(options.orch).resolve())
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()

"""A folder with a run store and some workflows, and orch called in it."""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))

from run_store import RunStore  # noqa: E402

OK, ERROR, USAGE, RUN_FAILED = 0, 1, 2, 3


class StoreFolder:
    def __init__(self, orch, folder):
        self.orch, self.folder = str(orch), pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.store = RunStore(self.folder / "runs.db")
        self.write("nested", {"StartAt": "Start", "States": {"Start": {
            "Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "End": True,
            "Parameters": {"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:plain",
                           "Input": {"from": "nested"}}}}})
        self.write("plain", {"StartAt": "Say", "States": {"Say": {"Type": "Pass", "Result": "said", "End": True}}})
        self.write("fails", {"StartAt": "No", "States": {"No": {"Type": "Fail", "Error": "Gone", "Cause": "as told"}}})
        self.write("wide", {"StartAt": "All", "States": {"All": {
            "Type": "Map", "End": True, "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "One", "States": {"One": {"Type": "Task", "Resource": "orch:noop", "End": True}}}}}})

    def write(self, name, document):
        (self.folder / f"{name}.json").write_text(json.dumps(document))

    def call(self, *arguments, code=OK, store=None):
        """Standard output; the exit code must be `code`."""
        environment = dict(os.environ, ORCH_STORE=str(store or self.store.file))
        done = subprocess.run([self.orch, *arguments], cwd=self.folder, env=environment, timeout=120,
                              capture_output=True, text=True)
        if done.returncode != code:
            raise AssertionError(f"orch {' '.join(arguments)} ended with {done.returncode}, expected {code}:\n"
                                 f"{done.stdout}{done.stderr}")
        return done.stdout if code == OK or done.stdout else done.stderr

    def ask(self, *arguments, **options):
        """The JSON that a command prints."""
        return json.loads(self.call(*arguments, "-o", "json", **options))

    def lines(self, *arguments, **options):
        return [json.loads(line) for line in self.call(*arguments, "-o", "jsonl", **options).splitlines()]

    def submit(self, workflow, name, value=None, code=OK):
        self.call("submit", f"{workflow}.json", "--name", name, "--input", json.dumps(value), code=code)

    def names(self, **options):
        return sorted(run["name"] for run in self.lines("status", **options))

    def age(self, name, days):
        """Lets the run have ended so many days ago."""
        ms = days * 86_400_000
        self.change("UPDATE execution SET started_ms = started_ms - ?, ended_ms = ended_ms - ?, made_checksum = NULL, "
                    "outcome_checksum = NULL WHERE name = ?", ms, ms, name)

    def change(self, statement, *values):
        import contextlib
        import sqlite3
        with contextlib.closing(sqlite3.connect(self.store.file)) as db:
            db.execute(statement, values)
            db.commit()


def expect(found, wanted, what):
    if found != wanted:
        raise AssertionError(f"{what}: found {found}, expected {wanted}")

"""A project on a server that grants its clients nothing, and what access_programs.py and access_places.py
try there."""
import argparse
import hashlib
import json
import pathlib
import sys
import time
import unittest

from server import ApiError, serving

ROLE = "arn:aws:iam::123456789012:role/r"
CONNECTIONS = {"version": 1, "connections": {"db": {"url": "sqlite:data.db"}}}


def until(condition):
    """Asks again until it is so."""
    give_up = time.monotonic() + 30
    while not (found := condition()):
        if time.monotonic() > give_up:
            raise AssertionError("it never was so")
        time.sleep(0.02)
    return found


def task(resource, parameters=None, **more):
    state = {"Type": "Task", "Resource": resource, "End": True, **more}
    if parameters is not None:
        state["Parameters"] = parameters
    return state


def machine(state):
    return json.dumps({"StartAt": "A", "States": {"A": state}})


def reader(bucket, key="items.json", **more):
    return {"Type": "Map", "End": True, "ItemReader": {
        "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"},
        "Parameters": {**bucket, "Key": key}},
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                          "StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}, **more}


class AccessTest(unittest.TestCase):
    """A project without any word of --allow. `secret` is a file that no client may get; programs would make
    the file `touched`."""

    orch = None  #: the program
    arguments = ()

    def setUp(self):
        context = serving(self.orch, *self.arguments, prepare=self.prepare)
        self.server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)

    def prepare(self, folder):
        self.root = pathlib.Path(folder)
        (self.root / "connections.json").write_text(json.dumps(CONNECTIONS))
        (self.root / "bindings.json").write_text(json.dumps(self.bindings()))
        self.outside = self.root.parent / (self.root.name + "-outside")
        self.outside.mkdir()
        self.addCleanup(self.clear, self.outside)
        (self.outside / "secret").write_text('["the secret"]')

    @staticmethod
    def clear(folder):
        for path in sorted(folder.rglob("*"), reverse=True):
            path.unlink() if not path.is_dir() else path.rmdir()
        folder.rmdir()

    def bindings(self):
        return {"bindings": {}}

    def create(self, state, name=None):
        name = name or hashlib.sha256(machine(state).encode()).hexdigest()[:16]
        return self.server.call("CreateStateMachine", name=name, definition=machine(state),
                                roleArn=ROLE)["stateMachineArn"]

    def run_machine(self, arn, data=None, **more):
        execution = self.server.call("StartExecution", stateMachineArn=arn, input=json.dumps(data or {}),
                                     **more)["executionArn"]
        return until(lambda: (row := self.server.call("DescribeExecution", executionArn=execution))["status"]
                     != "RUNNING" and row)

    def refused_at_creation(self, state, pointer, word):
        with self.assertRaises(ApiError) as raised:
            self.create(state)
        self.assertEqual((raised.exception.status, raised.exception.type), (400, "InvalidDefinition"))
        message = raised.exception.message
        for part in ("ACCESS_DENIED", "ORCH-0670", f"at /States/A{pointer}", word):
            self.assertIn(part, message)
        said = self.server.call("ValidateStateMachineDefinition", definition=machine(state))
        self.assertEqual((said["result"], said["diagnostics"][0]["code"]), ("FAIL", "ACCESS_DENIED"))

    def denied(self, row, word):
        self.assertEqual((row["status"], row.get("error")), ("FAILED", "Access.Denied"), row)
        cause = json.loads(row["cause"])
        self.assertEqual(cause["code"], "ORCH-0670")
        self.assertIn(word, cause["hint"])

    def denied_at_run(self, state, data, word):
        self.denied(self.run_machine(self.create(state), data), word)

    def leaks(self, row):
        return "the secret" in json.dumps(row)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    AccessTest.orch = options.orch
    unittest.main(argv=[sys.argv[0], *rest])

"""What the tests of all clients share."""
import argparse
import json
import pathlib
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "serve"))

from server import serving  # noqa: E402

ROLE = "arn:aws:iam::123456789012:role/r"
KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
BINDINGS = {"bindings": {"arn:aws:states:::sns:publish.waitForTaskToken": {"mock": {"result": {"MessageId": "1"}}}}}


def skip(why):
    """Ends the test: ctest reports it as skipped."""
    print(f"SKIPPED: {why}")
    sys.exit(77)


def machine(state, **more):
    return json.dumps({"StartAt": "A", "States": {"A": dict(state, End=True, **more)}})


PASS = machine({"Type": "Pass"})
WAIT = machine({"Type": "Wait", "Seconds": 600})
CALLBACK = machine({"Type": "Task", "Resource": "arn:aws:states:::sns:publish.waitForTaskToken",
                    "Parameters": {"Message.$": "$$.Task.Token"}})


def task(resource, **more):
    return machine({"Type": "Task", "Resource": resource}, **more)


def distributed_map(item_state):
    return machine({"Type": "Map", "MaxConcurrency": 1, "Label": "Each", "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "I", "States": {"I": dict(item_state, End=True)}}})


def until(condition):
    """Asks again until it is so."""
    give_up = time.monotonic() + 30
    while not (found := condition()):
        if time.monotonic() > give_up:
            raise AssertionError("it never was so")
        time.sleep(0.05)
    return found


def start_server(*arguments, **more):
    """A context with a server whose folder has bindings.json and keys.json."""
    return serving(OPTIONS.orch, *arguments, **more,
                   files={"bindings.json": json.dumps(BINDINGS), "keys.json": json.dumps({KEY: SECRET})})


OPTIONS = None


def main(description, ready=lambda options: None, **more):
    """Parses --orch and `more` (option name: help), then runs the tests of the calling script unless
    ready(options) skips them."""
    global OPTIONS
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--orch", required=True)
    for name, about in more.items():
        parser.add_argument("--" + name, help=about)
    OPTIONS, rest = parser.parse_known_args()
    ready(OPTIONS)
    unittest.main(module="__main__", argv=[sys.argv[0], *rest])

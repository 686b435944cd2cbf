#!/usr/bin/env python3
"""What a server logs of its runs, as text and as JSON, and how its log file is rotated.

    logs.py --orch build/dev/orch"""
import argparse
import json
import os
import re
import signal
import sys
import time
import unittest

from server import serving

ORCH = None
ROLE = "arn:aws:iam::123456789012:role/r"
FORGED = "no table\n2026-01-01T00:00:00.000Z info event=run_succeeded msg=\"all is well\""
BREAK = json.dumps({"StartAt": "Bre\"ak", "States": {
    "Bre\"ak": {"Type": "Fail", "Error": "Source.Gone", "Cause": FORGED}}})


def until(condition):
    give_up = time.monotonic() + 30
    while not (found := condition()):
        if time.monotonic() > give_up:
            raise AssertionError("it never was so")
        time.sleep(0.05)
    return found


class Logs(unittest.TestCase):
    def serve(self, *arguments):
        context = serving(ORCH, *arguments)
        self.server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)

    def fail_a_run(self):
        made = self.server.call("CreateStateMachine", name="load", definition=BREAK, roleArn=ROLE)
        self.server.call("StartExecution", stateMachineArn=made["stateMachineArn"])

    def lines(self, name):
        path = self.server.folder / name
        return path.read_text().splitlines() if path.exists() else []

    def test_have_a_line_for_each_event(self):
        self.serve()
        self.fail_a_run()
        lines = until(lambda: len(lines := self.lines("serve.log")) >= 2 and lines)
        self.assertEqual(len(lines), 2, lines)
        self.assertRegex(lines[0], r"^20\S+Z info event=run_started run=\S+ name=\S+ workflow=load msg=\"run started\"$")
        self.assertRegex(lines[1], r"^20\S+Z error event=run_failed run=\S+ name=\S+ workflow=load error=Source.Gone "
                                   r"milliseconds=\d+ msg=\"no table 2026-.* event=run_succeeded msg=\\\"all is well")

    def test_are_objects_in_a_file_that_is_rotated(self):
        self.serve("--log-format", "json", "--log-file", "orch.log", "--log-level", "info")
        self.fail_a_run()
        until(lambda: len(self.lines("orch.log")) >= 2)
        started, failed = map(json.loads, self.lines("orch.log"))
        self.assertEqual((started["event"], started["level"], started["workflow"]), ("run_started", "info", "load"))
        self.assertEqual((failed["event"], failed["error"], failed["msg"]), ("run_failed", "Source.Gone", FORGED))
        self.assertEqual(failed["run"], started["run"])
        self.assertIsInstance(failed["milliseconds"], int)
        self.assertRegex(failed["time"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        os.rename(self.server.folder / "orch.log", self.server.folder / "orch.log.1")
        self.server.process.send_signal(signal.SIGUSR1)
        until(lambda: (self.server.folder / "orch.log").exists())
        self.fail_a_run()
        until(lambda: len(self.lines("orch.log")) >= 2)
        self.assertEqual(len(self.lines("orch.log.1")), 2)
        self.assertEqual(self.lines("serve.log"), [])

    def test_hold_what_is_asked_for(self):
        self.serve("--log", "error")
        self.fail_a_run()
        lines = until(lambda: self.lines("serve.log"))
        self.assertTrue(all(re.match(r"\S+ error ", line) for line in lines), lines)


def main():
    global ORCH
    parser = argparse.ArgumentParser()
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    ORCH = options.orch
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()

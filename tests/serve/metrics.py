#!/usr/bin/env python3
"""/metrics and /readyz of a running server: what is counted, in which format, and who may read it.

    metrics.py --orch build/dev/orch"""
import argparse
import http.client
import json
import os
import pathlib
import re
import sys
import time
import unittest

from exposition import ask_promtool, parse
from server import serving

ORCH = None
ROLE = "arn:aws:iam::123456789012:role/r"


def until(condition):
    give_up = time.monotonic() + 30
    while not (found := condition()):
        if time.monotonic() > give_up:
            raise AssertionError("it never was so")
        time.sleep(0.05)
    return found


class Metrics(unittest.TestCase):
    def serve(self, *arguments, **more):
        context = serving(ORCH, *arguments, **more)
        self.server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)

    def get(self, path="/metrics", **headers):
        connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=30)
        try:
            connection.request("GET", path, headers={key.replace("_", "-"): value for key, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.getheader("Content-Type"), answer.read().decode()
        finally:
            connection.close()

    def scrape(self):
        return parse(self.get()[2])

    def run_machine(self, definition, name="load"):
        made = self.server.call("CreateStateMachine", name=name, definition=definition, roleArn=ROLE)
        return self.server.call("StartExecution", stateMachineArn=made["stateMachineArn"])["executionArn"]

    def test_count_runs_and_tasks(self):
        self.serve("--connections", "connections.json", files={"connections.json": json.dumps(
            {"version": 1, "connections": {"db": {"url": "sqlite:data.db"}}})})
        missing = json.dumps({"StartAt": "Read", "States": {
            "Read": {"Type": "Task", "Resource": "orch:catalog", "Parameters": {"catalog": "missing.json"},
                     "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1, "IntervalSeconds": 1}],
                     "End": True}}})
        self.run_machine(missing)
        self.run_machine(json.dumps({"StartAt": "W", "States": {
            "W": {"Type": "Wait", "Seconds": 3600, "End": True}}}), name="waits")
        found = until(lambda: (now := self.scrape())["orch_runs_ended_total"].total(workflow="load") and now)
        self.assertEqual(found["orch_runs_ended_total"].total(workflow="load", status="failed"), 1)
        self.assertEqual(found["orch_runs_started_total"].total(workflow="load"), 1)
        self.assertEqual(found["orch_run_seconds"].total(workflow="load", status="failed"), 1)
        tasks = found["orch_tasks_ended_total"]
        self.assertEqual(tasks.total(workflow="load", state="Read", status="failed"), 2, tasks.samples)
        self.assertEqual(found["orch_tasks_scheduled_total"].value(resource="orch:catalog"), 2)
        self.assertEqual(found["orch_task_retries_total"].value(workflow="load", state="Read"), 1)
        self.assertEqual(found["orch_task_seconds"].total(resource="orch:catalog"), 2)
        self.assertEqual(found["orch_task_schedule_to_start_seconds"].total(), 2)
        until(lambda: self.scrape()["orch_runs"].value(state="running") == 1)
        self.assertEqual(found["orch_tasks_open"].value(state="queued"), 0)
        self.assertEqual(found["orch_oldest_open_task_seconds"].value(), 0)
        self.assertGreater(found["orch_store_commit_seconds"].total(), 3)
        self.assertGreater(found["orch_store_size_bytes"].total(), 4096)
        self.assertGreater(found["orch_store_disk_free_bytes"].value(), 0)
        self.assertGreater(found["process_resident_memory_bytes"].value(), 1 << 20)
        # A run that was under way is counted by the next server.
        self.server.end()
        self.server.start()
        until(lambda: self.scrape()["orch_runs"].value(state="running") == 1)

    def test_are_in_both_formats(self):
        self.serve()
        status, kind, text = self.get()
        self.assertEqual((status, kind), (200, "text/plain; version=0.0.4; charset=utf-8"))
        plain = parse(text)
        self.assertEqual(ask_promtool("check", "metrics", text=text), "")
        status, kind, text = self.get(Accept="application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
        self.assertEqual((status, kind), (200, "application/openmetrics-text; version=1.0.0; charset=utf-8"))
        self.assertEqual(set(parse(text, open_metrics=True)), set(plain))

    def test_are_those_of_the_documentation(self):
        self.serve()
        there = set(self.scrape())
        page = pathlib.Path(__file__).resolve().parents[2] / "docs" / "metrics.md"
        named = set(re.findall(r"`((?:orch|process)_[a-z_]+)`", page.read_text()))  # with braces: shown later
        self.assertEqual(named - there, set())
        self.assertGreater(len(named), 20)

    def test_are_those_of_the_dashboard_and_the_rules(self):
        self.serve()
        there = self.scrape()
        suffixed = {name + suffix for name, family in there.items() if family.kind == "histogram"
                    for suffix in ("_bucket", "_sum", "_count")}
        folder = pathlib.Path(__file__).resolve().parents[2] / "examples" / "monitoring"
        dashboard = json.loads((folder / "grafana-dashboard.json").read_text())
        expressions = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
        rules = re.findall(r"^ +expr: (.*)$", (folder / "alert-rules.yml").read_text(), re.MULTILINE)
        self.assertGreater(len(expressions), 10)
        self.assertGreater(len(rules), 5)
        for expression in expressions + rules:
            for name in re.findall(r"\b(?:orch|process)_[a-z_]+", expression):
                self.assertIn(name, set(there) | suffixed, expression)
        self.assertEqual(ask_promtool("check", "rules", str(folder / "alert-rules.yml")), "")

    def test_are_shown_to_those_who_know_the_token(self):
        self.serve("--metrics-token", "token", files={"token": "s3cret\n"})
        self.assertEqual(self.get()[0], 401)
        self.assertEqual(self.get(Authorization="Bearer other")[0], 401)
        self.assertEqual(self.get(Authorization="Bearer s3cret")[0], 200)
        # The next token counts at once; none means nobody.
        (self.server.folder / "token").write_text("next")
        self.assertEqual(self.get(Authorization="Bearer s3cret")[0], 401)
        self.assertEqual(self.get(Authorization="Bearer next")[0], 200)
        os.remove(self.server.folder / "token")
        self.assertEqual(self.get(Authorization="Bearer ")[0], 401)

    def test_readiness(self):
        self.serve()
        self.assertEqual(self.get("/readyz"), (200, "application/json", '{"status":"ok"}'))


def main():
    global ORCH
    parser = argparse.ArgumentParser()
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    ORCH = options.orch
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Values that a pipeline marks are shown nowhere: REST, events, the Step Functions API, commands, logs, traces,
alerts, bundles. A secret is planted in the input, in results under other names, in texts, in errors and in causes of
runs; whoever runs the workflow gets it, and no place that shows runs has it.

    redaction.py --orch build/dev/orch"""
import argparse
import contextlib
import http.client
import json
import pathlib
import sys
import threading
import time
import unittest

from receiver import HttpReceiver
from rest import ask, until
from server import serving

ORCH = None
SECRET, NUMBER = "DE89-3704-0044-0532", 990112233
VALUES = (SECRET, str(NUMBER), "hunter2\\\\\\\"x", 'hunter2\\"x', 'hunter2"x')
INPUT = {"customer": {"IBAN": SECRET, "name": "Ann", "card_number": NUMBER}, "login": {"password": 'hunter2"x'}, "amount": 4711}
TOPIC = {"StartAt": "Rename", "States": {
    # Under another name, in a text, as a key, as an element, in JSON within a text.
    "Rename": {"Type": "Pass", "Next": "Variable", "Parameters": {
        "plain.$": "$.customer.IBAN", "n.$": "$.customer.card_number", "list.$": "States.Array($.customer.IBAN, 'x')",
        "text.$": "States.Format('account {} is closed', $.customer.IBAN)", "json.$": "States.JsonToString($.customer)",
        "amount.$": "$.amount", "whole.$": "$"}},
    "Variable": {"Type": "Pass", "Assign": {"kept.$": "$.plain"}, "Next": "Each"},
    "Each": {"Type": "Map", "ItemsPath": "$.list", "ResultPath": "$.each", "Next": "Wide",
             "ItemSelector": {"v.$": "$$.Map.Item.Value"},
             "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}},
    "Wide": {"Type": "Map", "ItemsPath": "$.list", "ResultPath": "$.wide", "Next": "Call",
             "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                               "StartAt": "C", "States": {"C": {"Type": "Pass", "End": True}}}},
    "Call": {"Type": "Task", "Resource": "orch:process", "ResultPath": "$.called", "Next": "Fail",
             "Parameters": {"argv": ["sh", "-c", "cat >&2; exit 3"], "input.$": "$.whole"},
             "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Fail"}]},
    "Fail": {"Type": "Fail", "ErrorPath": "$.plain", "CausePath": "$.text"}}}
GOOD = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"result.$": "$.customer.IBAN"}, "End": True}}}
PIPELINE = {"workflow": "workflows/leak.json", "redact": ["iban", "*PassWord*", "card_*"], "alerts": [{"on": "failed", "to": ["pager"]}]}


def files(folder):
    for name, document in {"project.json": {"name": "bank"}, "workflows/leak.json": TOPIC, "workflows/good.json": GOOD,
                           "pipelines/leak.json": PIPELINE,
                           "pipelines/good.json": {"workflow": "workflows/good.json", "redact": PIPELINE["redact"]},
                           "pipelines/plain.json": {"workflow": "workflows/good.json"}}.items():
        file = pathlib.Path(folder) / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(document))


class Redaction(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.receiver = HttpReceiver()
        cls.addClassCleanup(cls.receiver.close)

        def prepare(folder):
            files(folder)
            alerts = pathlib.Path(folder) / "alerts.json"
            alerts.write_text(json.dumps({"channels": {"pager": {"webhook": cls.receiver.url + "/alert"}}}))
            alerts.chmod(0o600)
        context = serving(ORCH, "--traces", cls.receiver.url + "/v1/traces", "--alerts", "alerts.json", prepare=prepare)
        cls.server = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)
        done = cls.server.run("deploy")
        assert done.returncode == 0, done.stdout + done.stderr
        cls.secret = json.loads(ask(cls.server, "GET", "/v1/session")[2])["csrf"]
        cls.heard = []
        for query in ("", "?pipeline=leak"):
            threading.Thread(target=cls.listen, args=("/v1/events" + query,), daemon=True).start()
        time.sleep(0.5)
        cls.runs = {name: cls.start(name) for name in ("leak", "good", "plain")}
        for name, run in cls.runs.items():
            cls.until_over(run)

    @classmethod
    def start(cls, pipeline):
        status, _, text = ask(cls.server, "POST", f"/v1/pipelines/{pipeline}/runs", json.dumps({"input": INPUT}), {"X-Orch-CSRF": cls.secret})
        assert status in (200, 201, 202), text
        return until(lambda: next((item["run"] for item in json.loads(
            ask(cls.server, "GET", f"/v1/runs?pipeline={pipeline}")[2])["items"]), None))

    @classmethod
    def until_over(cls, run):
        until(lambda: json.loads(ask(cls.server, "GET", "/v1/runs/" + run)[2])["word"] in ("failed", "succeeded"))

    @classmethod
    def listen(cls, target):
        connection = http.client.HTTPConnection(cls.server.host, cls.server.port, timeout=120)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            connection.request("GET", target)
            response = connection.getresponse()
            while line := response.readline():
                cls.heard.append(line.decode())

    def hides(self, text, where):
        for value in VALUES:
            self.assertNotIn(value, text, where)

    def get(self, target, status=200):
        found, _, text = ask(self.server, "GET", target)
        self.assertEqual(found, status, f"{target}: {text}")
        return text

    def test_what_is_stored_and_run_on_has_the_values(self):
        for target in (f"/v1/runs/{self.runs['plain']}", f"/v1/runs/{self.runs['good']}?reveal=true"):
            run = json.loads(self.get(target))
            self.assertEqual({name: run["input"][name] for name in INPUT}, INPUT)
            self.assertEqual(run["output"], {"result": SECRET})

    def test_hidden_values_are_seen_to_be_hidden(self):
        run = json.loads(self.get(f"/v1/runs/{self.runs['good']}"))
        self.assertEqual({name: run["input"][name] for name in INPUT}, {"customer": {"IBAN": "[redacted]", "name": "Ann", "card_number": "[redacted]"},
            "login": {"password": "[redacted]"}, "amount": 4711})
        self.assertEqual(run["output"], {"result": "[redacted]"})
        run = json.loads(self.get(f"/v1/runs/{self.runs['leak']}"))
        self.assertEqual((run["error"], run["cause"]), ("[redacted]", "account [redacted] is closed"))

    def test_every_route_that_reads(self):
        """Those of the document: a new one is asked as well."""
        document = json.loads(self.get("/v1/openapi.json"))
        asked = 0
        for path, methods in document["paths"].items():
            if "get" not in methods or path in ("/v1/events", "/v1/session/login", "/v1/session/callback"):
                continue
            for name, run in self.runs.items():
                if name == "plain":
                    continue
                values = {"run": run, "pipeline": name, "visit": "2", "key": "none", "code": "ORCH-0203", "connection": "none"}
                status, _, text = ask(self.server, "GET", path.format(**values))
                asked += status == 200
                if "{run}" in path or "{pipeline}" in path:
                    self.hides(text, path)
        self.assertGreater(asked, 30)
        visits = json.loads(self.get(f"/v1/runs/{self.runs['leak']}/visits?limit=1000"))["items"]
        for visit in visits:
            self.hides(self.get(f"/v1/runs/{self.runs['leak']}/visits/{visit['event']}"), visit["state"])
        self.assertGreater(len(visits), 6)
        self.hides(self.get(f"/v1/runs/{self.runs['leak']}/events?limit=1000"), "events")

    def test_lists_of_runs_and_the_search_of_them(self):
        self.hides(self.get("/v1/runs?pipeline=leak"), "the list")
        for part in (SECRET, SECRET[:3], SECRET[4:9]):
            self.assertEqual(json.loads(self.get("/v1/runs?error=" + part))["items"], [], "a search tells what is in it")
        self.assertEqual([item["run"] for item in json.loads(self.get("/v1/runs?error=is%20closed"))["items"]], [self.runs["leak"]])

    def test_children_of_distributed_maps(self):
        machines = json.loads(self.get(f"/v1/runs/{self.runs['leak']}/map-runs"))["items"]
        self.assertEqual(len(machines), 1)
        listed = self.server.run("status", self.runs["leak"], "--full", "-o", "json")
        self.hides(listed.stdout, "children")

    def test_streams(self):
        until(lambda: any(self.runs["leak"] in line and '"failed"' in line for line in self.heard))
        self.hides("".join(self.heard), "/v1/events")
        connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=60)
        with contextlib.closing(connection):
            connection.request("GET", f"/v1/events?run={self.runs['leak']}&cursor=0")
            response, heard = connection.getresponse(), ""
            while "ExecutionFailed" not in heard:
                heard += response.readline().decode()
            self.hides(heard, "the history of a run")
            self.assertIn("[redacted]", heard)

    def test_the_step_functions_api(self):
        for name in ("leak", "good"):
            machines = self.server.call("ListStateMachines")["stateMachines"]
            machine = next(each["stateMachineArn"] for each in machines if each["name"] == name)
            for execution in self.server.call("ListExecutions", stateMachineArn=machine)["executions"]:
                arn = execution["executionArn"]
                described = self.server.call("DescribeExecution", executionArn=arn)
                self.assertIn("[redacted]", described["input"])
                self.hides(json.dumps(described), "DescribeExecution")
                for backwards in (False, True):
                    history = self.server.call("GetExecutionHistory", executionArn=arn, reverseOrder=backwards, maxResults=1000)
                    self.hides(json.dumps(history), "GetExecutionHistory")

    def test_commands(self):
        run = self.runs["leak"]
        for arguments in (["status"], ["status", run], ["status", run, "--full"], ["status", run, "-o", "json"], ["status", "-o", "json"],
                          ["history", run], ["history", run, "--full"], ["history", run, "-o", "json"], ["history", run, "-o", "jsonl"],
                          ["history", run, "--failures"], ["tables"], ["tables", "-o", "json"], ["graph", run], ["pipelines"],
                          ["pipeline", "show", "leak"], ["pipeline", "fires", "leak"], ["alerts", "list"], ["doctor"]):
            with self.subTest(arguments):
                done = self.server.run(*arguments)
                self.assertTrue(done.stdout or done.stderr)
                self.hides(done.stdout + done.stderr, arguments)

    def test_what_is_sent(self):
        until(lambda: self.receiver.bodies("/alert"))
        until(lambda: any("leak" in json.dumps(body) for body in self.receiver.bodies("/v1/traces")))
        for path in ("/alert", "/v1/traces"):
            text = json.dumps(self.receiver.bodies(path))
            self.hides(text, path)
        self.assertIn("[redacted]", json.dumps(self.receiver.bodies("/alert")))

    def test_logs_and_audit(self):
        self.assertIn("[redacted]", self.server.log_text())
        self.hides(self.server.log_text(), "the log")
        self.hides(self.get("/metrics"), "/metrics")
        self.hides(pathlib.Path(str(self.server.store) + ".audit").read_text(), "the audit log")
        self.hides(pathlib.Path(str(self.server.store) + ".tables").read_bytes().decode(errors="replace"), "the index of tables")

    def test_bundles(self):
        done = self.server.run("bundle", self.runs["leak"], "--to", "support.db")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.hides((self.server.folder / "support.db").read_bytes().decode(errors="replace"), "the bundle")

    def test_reveal_is_for_admins_and_is_recorded(self):
        run = self.runs["leak"]
        tokens = {role: self.server.run("token", "add", role, "--role", role).stdout.strip() for role in ("editor", "admin")}
        for target in (f"/v1/runs/{run}", f"/v1/runs/{run}/events", f"/v1/runs/{run}/visits/2"):
            for role, status in (("editor", 403), ("admin", 200)):
                found, _, text = ask(self.server, "GET", target + "?reveal=true", headers={"Authorization": "Bearer " + tokens[role]})
                self.assertEqual(found, status, text)
                self.assertEqual(SECRET in text, role == "admin", target)
        done = self.server.run("history", run, "--reveal", "-o", "json")
        self.assertIn(SECRET, done.stdout)
        lines = [(line["who"], line["action"], line["object"], line["outcome"]) for line in json.loads(self.server.run("audit", "-o", "json").stdout)]
        self.assertIn(("editor", "runs.show", run + " reveal", "ORCH-0047"), lines)
        self.assertIn(("admin", "runs.events", run + " reveal", "done"), lines)
        self.assertIn(("admin", "visits.show", run + " 2 reveal", "done"), lines)
        self.assertIn(("runs.reveal", run), [line[1:3] for line in lines])

    def test_what_is_hidden_is_not_sent_back(self):
        run = self.runs["leak"]
        body = json.dumps({"input": json.loads(self.get(f"/v1/runs/{run}"))["input"]})
        for path in (f"/v1/runs/{run}/resume", "/v1/pipelines/leak/runs"):
            status, _, text = ask(self.server, "POST", path, body, {"X-Orch-CSRF": self.secret})
            self.assertEqual((status, json.loads(text)["code"]), (422, "ORCH-0052"), path)

    def test_marks_of_a_pipeline_that_is_gone_stay(self):
        (self.server.folder / "pipelines" / "gone.json").write_text(json.dumps({"workflow": "workflows/good.json", "redact": ["iban"]}))
        self.assertEqual(self.server.run("deploy").returncode, 0)
        run = self.start("gone")
        self.until_over(run)
        for change in ({"workflow": "workflows/good.json"}, None):
            file = self.server.folder / "pipelines" / "gone.json"
            file.write_text(json.dumps(change)) if change else file.unlink()
            done = self.server.run("deploy", "--yes")
            self.assertEqual(done.returncode, 0, done.stderr)
            time.sleep(0.1)
            self.assertNotIn(SECRET, self.get("/v1/runs/" + run))
        # What is marked later is hidden in runs that were before.
        file = self.server.folder / "pipelines" / "plain.json"
        file.write_text(json.dumps({"workflow": "workflows/good.json", "redact": ["Iban"]}))
        self.assertEqual(self.server.run("deploy").returncode, 0)
        done = self.server.run("history", self.runs["plain"], "-o", "json")
        self.assertNotIn(SECRET, done.stdout)
        file.write_text(json.dumps({"workflow": "workflows/good.json"}))
        self.assertEqual(self.server.run("deploy").returncode, 0)

    def test_a_wrong_mark_is_refused(self):
        file = self.server.folder / "pipelines" / "wrong.json"
        self.addCleanup(file.unlink)
        for wrong in ("iban", [""], [1]):
            file.write_text(json.dumps({"workflow": "workflows/good.json", "redact": wrong}))
            done = self.server.run("deploy", "--plan")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("redact", done.stdout + done.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    ORCH = str(pathlib.Path(options.orch).resolve())
    unittest.main(argv=[sys.argv[0], *rest])

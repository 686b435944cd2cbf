#!/usr/bin/env python3
"""Who may use what of the REST API of `orch serve`: every route by every role and every scope. The routes are
those of the server's document; what each of them takes is access_matrix.json, so that a new route without a
rule fails here.

    rest_scopes.py --orch build/dev/orch"""
import argparse
import contextlib
import http.client
import itertools
import json
import pathlib
import subprocess
import sys
import unittest

from server import ask, serving, until

ORCH = None
MATRIX = json.loads((pathlib.Path(__file__).parent / "access_matrix.json").read_text())
ROLES = ["viewer", "operator", "approver", "editor", "admin"]
# Proven by what they bring, whoever brings it: see webhooks.py.
PROVEN = {"POST /v1/hooks/{pipeline}/{trigger}"}
# For browsers, where there is an identity provider: see sign_in.py.
SIGN_IN = {"GET /v1/session/login", "GET /v1/session/callback"}
REACHES = {"whole", "open", "run", "pipeline", "subject", "filtered"}
# Of the pipeline "markets-eod"; the other one is "ledger-close".
INSIDE = {"pipeline": ["--pipeline", "markets-*"], "project": ["--project", "markets"],
          "domain": ["--domain", "fin*", "--connection", "dwh"]}
OUTSIDE = {"pipeline": ["--pipeline", "ledger-*"], "connection": ["--connection", "*"],
           "both": ["--project", "markets", "--domain", "no"]}
WORKFLOW = {"StartAt": "Only", "States": {"Only": {"Type": "Pass", "End": True}}}
SECRET = "ledger"  # stands in every name of the other pipeline


def write_project(folder, name, pipeline, domain):
    for part in ("pipelines", "workflows"):
        (folder / part).mkdir(parents=True)
    (folder / "project.json").write_text(json.dumps({"name": name}))
    (folder / "workflows" / f"{name}.json").write_text(json.dumps(WORKFLOW))
    (folder / "pipelines" / f"{pipeline}.json").write_text(
        json.dumps({"workflow": f"workflows/{name}.json", "domain": domain}))


class Scopes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        context = serving(ORCH)
        cls.server = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)
        for name, pipeline, domain in [("markets", "markets-eod", "finance"), ("ledger", "ledger-close", "ledger")]:
            folder = cls.server.folder / name
            write_project(folder, name, pipeline, domain)
            done = subprocess.run(cls.server.command("deploy"), capture_output=True, text=True, cwd=folder,
                                  env=cls.server.environment(), timeout=60, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
        cls.admin = cls.token("whole-admin", "--role", "admin")
        cls.runs = {name: cls.run_of(name) for name in ("markets-eod", "ledger-close")}
        cls.document = json.loads(ask(cls.server, "GET", "/v1/openapi.json")[2])

    @classmethod
    def token(cls, name, *arguments):
        made = cls.server.run("token", "add", name, *arguments)
        assert made.returncode == 0, made.stderr
        return {"Authorization": "Bearer " + made.stdout.strip()}

    @classmethod
    def run_of(cls, pipeline):
        status, _, text = ask(cls.server, "POST", "/v1/operations/pipelines.run", json.dumps({"name": pipeline}), cls.admin)
        assert status == 200, text

        def newest():
            items = json.loads(ask(cls.server, "GET", f"/v1/runs?pipeline={pipeline}&status=succeeded", headers=cls.admin)[2])
            return items["items"][0]["run"] if items["items"] else None
        return until(newest)

    def get(self, target, headers):
        status, _, text = ask(self.server, "GET", target, headers=headers)
        self.assertEqual(status, 200, text)
        return json.loads(text)

    def status(self, method, target, headers, body):
        """Without the body: some never end."""
        connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, target, body, headers)
            return connection.getresponse().status

    def routes(self):
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                yield f"{method.upper()} {path}", operation

    def test_every_route_has_its_rule(self):
        found = {name: [operation["x-role"], operation["x-reach"]] for name, operation in self.routes()}
        self.assertEqual(found, MATRIX, "access_matrix.json has the rule of each route, and of no other")
        self.assertLessEqual({reach for _, reach in MATRIX.values()}, REACHES)
        for name, (_, reach) in MATRIX.items():
            if name in PROVEN:
                continue
            for part in ("run", "pipeline"):
                if f"{{{part}}}" in name:
                    self.assertEqual(reach, part, name)

    def test_every_route_by_role_and_scope(self):
        paths = {"run": self.runs["markets-eod"], "pipeline": "markets-eod", "visit": "2", "code": "ORCH-0203",
                 "key": "none", "operation": "limits.list", "subject": "none", "silence": "1", "backfill": "1", "connection": "none", "name": "none"}
        scopes = [("inside", name, words) for name, words in INSIDE.items()]
        scopes += [("outside", name, words) for name, words in OUTSIDE.items()]
        for role, (where, kind, words) in itertools.product(ROLES, scopes):
            headers = self.token(f"{role}-{where}-{kind}", "--role", role, *words)
            for name, (needed, reach) in MATRIX.items():
                if name in PROVEN or name.startswith("POST /v1/operations/"):
                    continue  # of those see test_operations_by_scope
                method, path = name.split(" ")
                with self.subTest(route=name, role=role, scope=f"{where} by {kind}"):
                    found = self.status(method, path.format(**paths), headers, "{}")
                    allowed = needed == "none" or ROLES.index(role) >= ROLES.index(needed)
                    if not allowed or reach == "whole":
                        self.assertEqual(found, 403)
                    elif where == "outside" and reach in ("run", "pipeline"):
                        self.assertEqual(found, 404)
                    elif reach == "subject":  # the request names nothing of the scope; see test_subjects
                        self.assertIn(found, (403, 404))
                    elif name in SIGN_IN:
                        self.assertEqual(found, 404)
                    elif name != "POST /v1/session":  # 401: no token in the body
                        self.assertNotIn(found, (401, 403, 404))

    def test_operations_by_scope(self):
        headers = self.token("operations", "--role", "admin", "--pipeline", "markets-*", "--connection", "dwh")
        run = self.runs["ledger-close"]
        inside = {"name": "markets-eod", "connection": "dwh", "pipeline": "markets-eod", "run": self.runs["markets-eod"]}
        for item in self.get("/v1/operations", headers)["items"]:
            for body in ({}, {"server": True}, {"name": "ledger-close"}, {"connection": "crm"},
                         {"pipeline": "ledger-close"}, {"run": run}, {"name": "markets-eod", "pipeline": "ledger-close"},
                         dict(inside, run=run)):
                with self.subTest(operation=item["name"], body=body):
                    if body.get("name") == "markets-eod" and item["name"].startswith("pipelines."):
                        continue  # it names one inside; the rest is no parameter of it
                    found = self.status("POST", "/v1/operations/" + item["name"], headers, json.dumps(body))
                    self.assertIn(found, (400, 403, 404))
        for name, body in [("pipelines.pause", {"name": "markets-eod"}), ("pipelines.resume", {"name": "markets-eod"}),
                           ("holds.add", {"connection": "dwh"}), ("holds.remove", {"connection": "dwh"}),
                           ("connections.history", {"connection": "dwh"})]:
            with self.subTest(operation=name):
                self.assertEqual(self.status("POST", "/v1/operations/" + name, headers, json.dumps(body)), 200)

    def test_subjects(self):
        """Holds and silences of what is inside are made, seen and ended; of what is outside there are none."""
        headers = self.token("subjects", "--role", "operator", "--pipeline", "markets-*", "--connection", "dwh")
        inside = {"connection": "dwh", "pipeline": "markets-eod", "run": self.runs["markets-eod"]}
        outside = {"connection": "ledger", "pipeline": "ledger-close", "run": self.runs["ledger-close"]}
        for kind, name in [*outside.items(), ("connection", "none"), ("pipeline", "none"), ("run", "none")]:
            with self.subTest(kind=kind, name=name):
                self.assertEqual(self.status("POST", "/v1/holds", headers, json.dumps({kind: name})), 404)
                if name != "none" and kind != "run":  # one that has ended is not held
                    self.assertEqual(self.status("POST", "/v1/holds", self.admin, json.dumps({kind: name})), 200)
                self.assertEqual(self.status("DELETE", f"/v1/holds/{kind}%20{name}", headers, None), 404)
        self.assertEqual(self.status("POST", "/v1/holds", headers, '{"server": true}'), 403)
        self.assertEqual(self.status("DELETE", "/v1/holds/server", headers, None), 403)
        for kind in ("connection", "pipeline"):
            self.assertEqual(self.status("POST", "/v1/holds", headers, json.dumps({kind: inside[kind]})), 200)
        self.assertEqual([item["subject"] for item in self.get("/v1/holds", headers)["items"]], ["connection dwh", "pipeline markets-eod"])
        self.assertEqual(len(self.get("/v1/holds", self.admin)["items"]), 4)
        for kind in ("connection", "pipeline"):
            self.assertEqual(self.status("DELETE", f"/v1/holds/{kind}%20{inside[kind]}", headers, None), 200)
            self.assertEqual(self.status("DELETE", f"/v1/holds/{kind}%20{outside[kind]}", self.admin, None), 200)

        silence = {"until": "2100-01-01T00:00:00Z", "reason": "known", "rule": "failed"}
        for subject, status in [("pipeline:markets-eod", 200), ("pipeline:ledger-close", 404), ("server", 404), ("*", 404),
                                ("pipeline:none", 404), ("workflow:ledger", 404)]:
            with self.subTest(subject=subject):
                self.assertEqual(self.status("POST", "/v1/alerts/silences", headers, json.dumps(dict(silence, subject=subject))), status)
        for subject in ("pipeline:ledger-close", "*"):
            self.assertEqual(self.status("POST", "/v1/alerts/silences", self.admin, json.dumps(dict(silence, subject=subject))), 200)
        self.assertEqual({item["subject"] for item in self.get("/v1/alerts/silences", headers)["items"]}, {"pipeline:markets-eod", "*"})
        ids = {item["subject"]: item["id"] for item in self.get("/v1/alerts/silences", self.admin)["items"]}
        for subject, id in ids.items():
            self.assertEqual(self.status("DELETE", f"/v1/alerts/silences/{id}", headers, None), 200 if "markets" in subject else 404)
            self.assertEqual(self.status("DELETE", f"/v1/alerts/silences/{id}", self.admin, None), 200)

        lines = [(line["who"], line["action"], line["object"], line["outcome"]) for line in self.get("/v1/audit?limit=1000", self.admin)["items"]]
        for line in [("subjects", "holds.add", "connection dwh", "done"), ("subjects", "holds.add", "pipeline ledger-close", "ORCH-0040"),
                     ("subjects", "holds.add", "server", "ORCH-0047"),
                     ("subjects", "alerts.silence", "subject pipeline:markets-eod rule failed", "done")]:
            self.assertIn(line, lines)

    def test_lists_of_holds_and_alerts_have_no_name_of_outside(self):
        hold = json.dumps({"pipeline": "ledger-close", "reason": "ledger"})
        self.assertEqual(self.status("POST", "/v1/holds", self.admin, hold), 200)
        self.addCleanup(self.status, "DELETE", "/v1/holds/pipeline%20ledger-close", self.admin, None)
        headers = self.token("lists", "--role", "viewer", "--pipeline", "markets-*")
        for target in ("/v1/limits", "/v1/limits/waiting", "/v1/alerts", "/v1/alerts/silences", "/v1/holds"):
            self.assertNotIn(SECRET, json.dumps(self.get(target, headers)))

    def test_what_is_outside_is_answered_as_what_is_not_there(self):
        headers = self.token("curious", "--role", "admin", "--pipeline", "markets-*")
        for there, not_there in [("/v1/runs/" + self.runs["ledger-close"], "/v1/runs/" + "0" * 26),
                                 ("/v1/pipelines/ledger-close", "/v1/pipelines/ledger-clos"),
                                 ("/v1/events?run=" + self.runs["ledger-close"], "/v1/events?run=" + "0" * 26)]:
            answers = []
            for target in (there, not_there):
                status, _, text = ask(self.server, "GET", target, headers=headers)
                answers.append((status, text.replace(target.rpartition("=")[2].rpartition("/")[2], "X")))
            self.assertEqual(answers[0], answers[1])
            self.assertEqual(answers[0][0], 404)

    def test_no_list_has_a_name_of_outside(self):
        headers = self.token("lister", "--role", "viewer", "--domain", "finance")
        for target in ("/v1/runs", "/v1/pipelines", "/v1/tables", "/v1/grid", "/v1/tables/none/runs", "/v1/runs?name=ledger"):
            with self.subTest(target=target):
                self.assertNotIn(SECRET, json.dumps(self.get(target, headers)))
                self.assertEqual(ask(self.server, "GET", target, headers=self.admin)[0], 200)
        self.assertIn(self.runs["markets-eod"], [item["run"] for item in self.get("/v1/runs", headers)["items"]])
        self.assertIn(self.runs["ledger-close"], [item["run"] for item in self.get("/v1/runs", self.admin)["items"]])
        self.assertEqual([item["name"] for item in self.get("/v1/pipelines", headers)["items"]], ["markets-eod"])

    def test_no_event_has_a_name_of_outside(self):
        headers = self.token("listener", "--role", "viewer", "--project", "mark*")
        connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=60)
        with contextlib.closing(connection):
            connection.request("GET", "/v1/events?cursor=0", headers=headers)
            response = connection.getresponse()
            self.assertEqual(response.status, 200)
            outside, inside = self.run_of("ledger-close"), self.run_of("markets-eod")
            heard = ""
            while inside not in heard or '"succeeded"' not in heard.rpartition(inside)[2]:
                line = response.readline().decode()
                self.assertTrue(line, "the stream has ended")
                heard += line
            self.assertIn(self.runs["markets-eod"], heard)
            self.assertNotIn(outside, heard)
            self.assertNotIn(SECRET, heard)

    def test_the_list_of_tokens_has_their_limits(self):
        self.token("listed", "--role", "viewer", "--pipeline", "a", "--pipeline", "b*", "--connection", "c")
        listed = json.loads(self.server.run("token", "list", "-o", "json").stdout)
        (found,) = [token for token in listed if token["name"] == "listed"]
        self.assertEqual(found["scope"], {"pipelines": ["a", "b*"], "connections": ["c"]})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    ORCH = str(pathlib.Path(options.orch).resolve())
    unittest.main(argv=[sys.argv[0], *rest])

#!/usr/bin/env python3
"""The routes of the REST API beyond runs and tables: pipelines, schedules, fires, limits, holds, alerts, retention,
backups, the audit log. Each answers as its schema says, with something in it, and its lists have pages.

    rest_routes.py --orch build/dev/orch"""
import argparse
import json
import pathlib
import sys
import unittest
import urllib.parse

import schema
from rest import Listener, make_source
from server import ask, serving, until

ORCH = None
PROJECT = {
    "project.json": {"name": "walk"},
    "workflows/w.json": {"StartAt": "S", "States": {"S": {"Type": "Wait", "Seconds": 3600, "End": True}}},
    "pipelines/hourly.json": {"workflow": "workflows/w.json", "overlap": "skip",
                              "triggers": {"even": {"schedule": "0 */2 * * *"}, "odd": {"schedule": "0 1-23/2 * * *"}}},
    "pipelines/yearly.json": {"workflow": "workflows/w.json", "triggers": {"new_year": {"schedule": "0 0 1 1 *"}}}}

COPIES = {
    "connections.json": {"version": 1, "connections": {"from": {"url": "sqlite:source.db"}, "to": {"url": "sqlite:target.db"}}},
    "catalog.json": {"version": 1, "defaults": {"source": {"connection": "from"}, "target": {"connection": "to"}},
                     "tables": [{"source": {"table": "orders"}}]},
    "pipelines/copies.json": {"workflow": "replicate", "input": {"catalog": "catalog.json"}}}


def write_project(folder):
    for name, document in PROJECT.items():
        file = pathlib.Path(folder) / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(document))


class Routes(unittest.TestCase):
    def setUp(self):
        context = serving(ORCH, prepare=write_project)
        self.server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        done = self.server.run("deploy")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.document = json.loads(ask(self.server, "GET", "/v1/openapi.json")[2])
        self.secret = json.loads(ask(self.server, "GET", "/v1/session")[2])["csrf"]

    def call(self, method, target, body=None, status=200):
        """The answer, which is as its schema says; `target` is a path of the document with its values in it."""
        text = None if body is None else json.dumps(body)
        found, _, answer = ask(self.server, method, target, text, {"X-Orch-CSRF": self.secret})
        self.assertEqual(found, status, f"{method} {target}: {answer}")
        answer = json.loads(answer)
        wanted = self.schema_of(method, target, str(status) if status == 200 else "default")
        self.assertEqual(schema.problems(self.document["components"]["schemas"], wanted, answer), [], target)
        return answer

    def schema_of(self, method, target, status):
        parts = target.partition("?")[0].split("/")
        for path, methods in self.document["paths"].items():
            names = path.split("/")
            if method.lower() in methods and len(names) == len(parts) and all(
                    name == part or name.startswith("{") for name, part in zip(names, parts)):
                return next(iter(methods[method.lower()]["responses"][status]["content"].values()))["schema"]
        self.fail(f"no route {method} {target}")

    def items(self, target):
        return self.call("GET", target)["items"]

    def pages(self, target):
        """All items, one a page."""
        found, cursor = [], ""
        between = "&" if "?" in target else "?"
        while cursor is not None:
            page = self.call("GET", f"{target}{between}limit=1&cursor={urllib.parse.quote(cursor)}")
            self.assertLessEqual(len(page["items"]), 1)
            found += page["items"]
            cursor = page.get("next")
        return found

    def test_pipelines_and_what_fires_them(self):
        self.assertEqual([each["name"] for each in self.pages("/v1/pipelines")], ["hourly", "yearly"])
        self.call("GET", "/v1/pipelines/hourly")
        schedules = self.pages("/v1/schedules")
        self.assertEqual([(each["pipeline"], each["trigger"], each["schedule"]) for each in schedules],
                         [("hourly", "even", "0 */2 * * *"), ("hourly", "odd", "0 1-23/2 * * *"), ("yearly", "new_year", "0 0 1 1 *")])
        times = self.items("/v1/schedules/times?days=2")
        self.assertEqual({each["trigger"] for each in times} - {"new_year"}, {"even", "odd"})
        self.assertEqual([each["at"] for each in times], sorted(each["at"] for each in times))
        self.assertEqual(len(self.items("/v1/pipelines/hourly/times?days=2")), 48)
        self.call("POST", "/v1/pipelines/hourly/pause", {"note": "source is being moved"})
        self.assertEqual(self.call("GET", "/v1/pipelines/hourly")["paused"]["note"], "source is being moved")
        self.assertEqual([each["paused"] for each in self.items("/v1/schedules")], [True, True, False])
        self.assertNotIn("hourly", {each["pipeline"] for each in self.items("/v1/schedules/times?days=2")})
        self.assertEqual(self.call("POST", "/v1/pipelines/hourly/resume", {})["paused"], False)
        self.call("POST", "/v1/pipelines/none/pause", {}, 404)
        self.call("POST", "/v1/pipelines/hourly/pause", {"nte": ""}, 400)
        self.assertEqual([each["number"] for each in self.pages("/v1/pipelines/hourly/revisions")], [1])
        self.assertEqual(self.call("POST", "/v1/pipelines/hourly/rollback", {}, 422)["code"], "ORCH-0816")

    def test_who_listens_to_a_pipeline_hears_of_its_runs_alone(self):
        listener = Listener(self.server, "?pipeline=yearly")
        self.addCleanup(listener.close)
        self.assertEqual(listener.next()[0], "open")
        for name in ("hourly", "yearly"):
            done = self.server.run("pipeline", "run", name)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(listener.until("run")[2]["pipeline"], "yearly")

    def test_backfills_and_fires(self):
        self.call("POST", "/v1/pipelines/hourly/pause", {})
        asked = {"trigger": "even", "from": "2026-01-01", "to": "2026-01-02"}
        made = self.call("POST", "/v1/pipelines/hourly/backfills", asked)
        self.assertEqual(made["fires"], 12)
        self.assertEqual(self.pages("/v1/pipelines/hourly/backfills")[0]["trigger"], "even")
        fires = self.items("/v1/pipelines/hourly/fires?limit=1000")
        self.assertGreaterEqual(len(fires), 12)
        self.assertEqual(self.pages("/v1/pipelines/hourly/fires"), fires)
        self.assertEqual(self.pages("/v1/fires?until=2026-01-02T00:00:00Z"), [each for each in fires if each["fire_time"] < "2026-01-02"])
        self.assertEqual(self.items("/v1/fires?since=2100-01-01T00:00:00Z"), [])
        self.call("DELETE", f"/v1/pipelines/hourly/backfills/{made['backfill']}")
        self.assertEqual(self.items("/v1/fires?outcome=queued"), [])
        self.call("DELETE", "/v1/pipelines/hourly/backfills/4711", status=422)
        self.call("POST", "/v1/pipelines/hourly/backfills", {"from": "soon", "trigger": "even"}, 422)
        self.call("GET", "/v1/fires?cursor=x", status=400)

    def test_holds(self):
        self.assertEqual(self.items("/v1/limits") + self.items("/v1/limits/waiting") + self.items("/v1/holds"), [])
        hold = self.call("POST", "/v1/holds", {"connection": "core", "reason": "<b>moved</b>", "by": "somebody else"})
        self.assertEqual((hold["subject"], hold["mode"]), ("connection core", "drain"))
        self.assertNotEqual(hold["by"], "somebody else")
        self.call("POST", "/v1/holds", {"server": True, "mode": "finish", "until": "2100-01-01T00:00:00Z"})
        self.assertEqual([each["subject"] for each in self.pages("/v1/holds")], ["connection core", "server"])
        self.call("DELETE", "/v1/holds/connection%20core")
        self.call("DELETE", "/v1/holds/connection%20core", status=409)
        self.call("DELETE", "/v1/holds/something", status=404)
        self.call("DELETE", "/v1/holds/server")
        self.assertEqual(self.items("/v1/holds"), [])
        self.call("POST", "/v1/holds", {"connection": "core", "server": True}, 400)

    def test_a_run_is_paused_and_released(self):
        self.assertEqual(self.server.run("submit", "workflows/w.json", "--no-follow", "--name", "waits").returncode, 0)
        hold = self.call("POST", "/v1/runs/waits/pause", {"reason": "look at it first"})
        self.assertEqual((hold["subject"], hold["mode"]), ("run " + self.call("GET", "/v1/runs/waits")["run"], "pause"))
        self.assertEqual([each["subject"] for each in self.items("/v1/holds")], [hold["subject"]])
        self.call("POST", "/v1/runs/waits/release", {})
        self.assertEqual(self.items("/v1/holds"), [])
        self.call("POST", "/v1/runs/waits/release", {}, 409)

    def test_one_table_of_a_run_is_done_again(self):
        make_source(self.server.folder)
        done = self.server.run("replicate", "--from", "sqlite:source.db", "--to", "sqlite:target.db", "--name", "load")
        self.assertEqual(done.returncode, 0, done.stderr)
        evidence = self.pages("/v1/runs/load/evidence")
        self.assertEqual([(each["key"], each["status"], each["rows"]) for each in evidence],
                         [("orders", "succeeded", 3), ("parts", "succeeded", 5)])
        found = [step["found"] for step in evidence[1]["steps"] if "found" in step]
        self.assertEqual({step["rows"] for step in found if "rows" in step}, {5})
        self.assertTrue(any("digest" in step for step in found), found)
        made = self.call("POST", "/v1/runs/load/tables/parts/redo", {})["run"]
        until(lambda: self.call("GET", "/v1/runs/" + made)["word"] == "succeeded")
        run = self.call("GET", "/v1/runs/" + made)
        self.assertEqual([each["key"] for each in run["tables"]], ["parts"])
        self.assertEqual((run["workflow"], run["input"]["only"]), (self.call("GET", "/v1/runs/load")["workflow"], ["parts"]))
        self.assertEqual(self.call("POST", "/v1/runs/load/tables/none/redo", {}, 422)["code"], "ORCH-0312")
        done = self.server.run("redo", "load", "part")
        self.assertIn('did you mean "parts"', done.stderr)
        self.assertNotEqual(done.returncode, 0)
        done = self.server.run("redo", "load", "orders", "--no-follow", "-o", "json")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_alerts_and_silences(self):
        self.assertEqual(self.items("/v1/alerts"), [])
        for rule in ("failed", "late"):
            self.call("POST", "/v1/alerts/silences",
                      {"subject": "pipeline:hourly", "rule": rule, "until": "2100-01-01T00:00:00Z", "reason": "known"})
        silences = self.pages("/v1/alerts/silences")
        self.assertEqual([each["rule"] for each in silences], ["failed", "late"])
        for each in silences:
            self.assertEqual(self.call("DELETE", f"/v1/alerts/silences/{each['id']}"), {"removed": True})
        self.assertEqual(self.items("/v1/alerts/silences"), [])
        self.call("POST", "/v1/alerts/silences", {"subject": "*"}, 400)
        made = self.call("POST", "/v1/alerts/test", {"channel": "nowhere"})["delivery"]
        self.assertEqual([each["id"] for each in self.pages("/v1/alerts/deliveries")], [made])

    def test_connections_and_catalogs_of_pipelines(self):
        self.assertEqual(self.items("/v1/connections"), [])
        make_source(self.server.folder)
        for name, document in COPIES.items():
            (self.server.folder / name).write_text(json.dumps(document))
        done = self.server.run("deploy")
        self.assertEqual(done.returncode, 0, done.stderr)
        connections = self.pages("/v1/connections")
        self.assertEqual([(each["connection"], each["pipelines"]) for each in connections], [("from", ["copies", "hourly", "yearly"]), ("to", ["copies", "hourly", "yearly"])])
        self.call("POST", "/v1/holds", {"connection": "to"})
        self.assertEqual([each.get("held") for each in self.items("/v1/connections")], [None, "drain"])
        self.call("DELETE", "/v1/holds/connection%20to")
        self.assertEqual(self.items("/v1/connections/from/outages"), [])
        trial = self.call("POST", "/v1/pipelines/copies/connections/from/test", {})
        self.assertEqual((trial["tables"], trial["troubles"], trial["grants"]), (2, [], []))
        self.assertGreaterEqual(trial["answered_ms"], 0)
        self.assertEqual(self.call("POST", "/v1/pipelines/copies/connections/none/test", {}, 422)["code"], "ORCH-0850")
        self.assertEqual([each["key"] for each in self.pages("/v1/pipelines/copies/catalog")], ["orders"])
        plan = self.items("/v1/pipelines/copies/catalog/plan")
        self.assertEqual([(each["key"], each["problems"], each["creates"]) for each in plan], [("orders", [], True)])
        changes = self.items("/v1/pipelines/copies/catalog/changes")
        self.assertEqual([(each["change"], each["key"]) for each in changes], [("new", "parts")])
        self.call("GET", "/v1/pipelines/none/catalog", status=404)

    def test_what_keeps_the_store(self):
        plan = self.call("GET", "/v1/retention?days=1")
        self.assertEqual((plan["items"], plan["expired"]), ([], 0))
        self.assertEqual(self.call("POST", "/v1/retention", {"days": 1}), {"removed": 0, "needed": 0, "more": False})
        made = self.call("POST", "/v1/backups", {"to": str(self.server.folder / "copy.db")})
        self.assertTrue(pathlib.Path(made["place"]).is_file())
        self.assertIn("store", {each["subject"] for each in self.items("/v1/doctor")})

    def test_the_reason_of_an_outage_is_told_in_words(self):
        files = {"connections.json": {"version": 1, "connections": {
                    "gone": {"url": "postgresql://loader@127.0.0.1:9/x", "wait_if_down": "1h", "limits": {"at_once": 2}}}},
                 "workflows/ask.json": {"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": "orch:sql", "End": True,
                                        "Parameters": {"connection": "gone", "sql": "SELECT 1"}}}},
                 "pipelines/ask.json": {"workflow": "workflows/ask.json"}}
        for name, document in files.items():
            (self.server.folder / name).write_text(json.dumps(document))
        for words in (["deploy"], ["pipeline", "run", "ask"]):
            done = self.server.run(*words)
            self.assertEqual(done.returncode, 0, done.stderr)
        [outage] = until(lambda: self.items("/v1/connections/gone/outages"))
        [connection] = self.items("/v1/connections")
        self.assertEqual(connection["down"], {"since": outage["since"], "reason": outage["reason"]})
        self.assertIn("Connection refused", outage["reason"])
        self.assertNotIn("{", outage["reason"])
        self.assertEqual(connection["at_once"], 2)

    def test_tokens_are_made_and_taken_away(self):
        made = self.call("POST", "/v1/tokens", {"name": "ann", "role": "operator", "days": 1, "scope": {"pipelines": ["hourly"]}})
        bearer = {"Authorization": f"Bearer {made['token']}"}
        self.assertEqual([each["name"] for each in json.loads(ask(self.server, "GET", "/v1/pipelines", None, bearer)[2])["items"]], ["hourly"])
        self.call("POST", "/v1/tokens", {"name": "eve", "days": 0})
        tokens = self.pages("/v1/tokens")
        self.assertEqual([(each["name"], each["role"], "expires" in each) for each in tokens], [("ann", "operator", True), ("eve", "viewer", False)])
        self.assertEqual(tokens[0]["scope"], {"pipelines": ["hourly"]})
        self.assertNotIn(made["token"], json.dumps(tokens))
        for body in ({"name": "ann"}, {"name": "x", "role": "none"}, {"name": "x", "role": "king"}, {"name": ""}, {"role": "viewer"},
                     {"name": "x", "days": -1}, {"name": "x", "scope": {}}, {"name": "x", "scope": {"pipeline": ["a"]}}, {"name": "x", "hash": "0"}):
            with self.subTest(body=body):
                found, _, answer = ask(self.server, "POST", "/v1/tokens", json.dumps(body), {"X-Orch-CSRF": self.secret})
                self.assertEqual(found, 409 if body == {"name": "ann"} else 400, answer)
        self.assertEqual(self.call("DELETE", "/v1/tokens/ann"), {"removed": True})
        self.assertEqual(ask(self.server, "GET", "/v1/pipelines", None, bearer)[0], 401)
        self.call("DELETE", "/v1/tokens/ann", status=404)
        deeds = [(each["action"], each["object"]) for each in self.items("/v1/audit?text=ann")]
        self.assertEqual(deeds, [("tokens.remove", "ann"), ("tokens.remove", "ann"), ("tokens.add", "ann"), ("tokens.add", "ann")])
        self.assertNotIn(made["token"][5:], pathlib.Path(str(self.server.store) + ".audit").read_text())
        self.assertEqual([each["how"] for each in self.items("/v1/identities")], ["owner"])

    def test_the_server_tells_of_its_store_and_libraries(self):
        server = self.call("GET", "/v1/server")
        self.assertGreater(server["bytes"], 4096)
        names = [each["name"] for each in server["libraries"]]
        self.assertEqual(names, sorted(names, key=str.lower))
        self.assertLessEqual({"SQLite", "OpenSSL", "preact"}, set(names))
        self.assertTrue(all(each["version"] for each in server["libraries"]))

    def test_the_audit_log_is_read(self):
        self.call("POST", "/v1/pipelines/hourly/pause", {})
        self.call("POST", "/v1/pipelines/none/pause", {}, 404)
        page = self.call("GET", "/v1/audit?action=pipelines.pause")
        self.assertEqual([(each["object"], each["outcome"]) for each in page["items"]],
                         [("none", "ORCH-0802"), ("hourly", "done")])
        self.assertTrue(page["sound"])
        whole = self.items("/v1/audit?limit=1000")
        self.assertEqual(self.pages("/v1/audit"), whole)
        self.assertEqual(self.items("/v1/audit?object=hourly"), [each for each in whole if each["object"] == "hourly"])
        self.assertEqual(self.items("/v1/audit?refused=true"), [each for each in whole if each["outcome"] != "done"])
        self.assertEqual(self.pages("/v1/audit?text=hourly"), [each for each in whole if each["object"] == "hourly"])
        self.call("GET", "/v1/audit?cursor=7", status=400)
        log = pathlib.Path(str(self.server.store) + ".audit")
        log.write_text(log.read_text().replace('"none"', '"nine"', 1))
        self.assertFalse(self.call("GET", "/v1/audit")["sound"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    ORCH = str(pathlib.Path(options.orch).resolve())
    unittest.main(argv=[sys.argv[0], *rest])

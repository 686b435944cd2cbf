#!/usr/bin/env python3
"""The REST API of `orch serve`: every route answers as the document says, lists have pages, errors are problems.

    rest.py --orch build/dev/orch"""
import argparse
import contextlib
import http.client
import json
import pathlib
import sqlite3
import subprocess
import sys
import time
import unittest
import urllib.parse

import schema
from server import ask, serving, until

ORCH = None
DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
ROLE = "arn:aws:iam::123456789012:role/r"

# One run of each end, made once for all tests: (name of the state machine, its state, name of the run).
RUNS = [("good", {"Type": "Succeed"}, "first"),
        ("good", {"Type": "Succeed"}, "Second one"),
        ("bad", {"Type": "Fail", "Error": "My.Error", "Cause": "because of <b>this</b>"}, "third"),
        ("slow", {"Type": "Wait", "Seconds": 3600, "End": True}, "fourth")]

# What stands for the names in a route's path.
IN_PATHS = {"run": "fourth", "code": "ORCH-0203", "key": "orders", "visit": "2", "pipeline": "none",
            "operation": "none", "subject": "none", "silence": "1", "backfill": "1", "connection": "none", "name": "none"}


def make_source(folder):
    """A database with two tables, for a replication."""
    with contextlib.closing(sqlite3.connect(pathlib.Path(folder) / "source.db")) as db, db:
        for table, rows in [("orders", 3), ("parts", 5)]:
            db.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, name TEXT)")
            db.executemany(f"INSERT INTO {table} VALUES (?, ?)", [(row, f"{table} {row}") for row in range(rows)])


class Api(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        context = serving(ORCH, prepare=make_source)
        cls.server = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)
        done = cls.server.run("replicate", "--from", "sqlite:source.db", "--to", "sqlite:target.db", "--name", "load")
        assert done.returncode == 0, done.stderr
        made = {}
        for machine, state, name in RUNS:
            if machine not in made:
                definition = json.dumps({"StartAt": "A", "States": {"A": state}})
                answer = cls.server.call("CreateStateMachine", name=machine, roleArn=ROLE, definition=definition)
                made[machine] = answer["stateMachineArn"]
            cls.server.call("StartExecution", stateMachineArn=made[machine], name=name.replace(" ", "_"),
                            input='{"a": 1.0}')
        cls.server.call("TagResource", resourceArn=made["bad"], tags=[{"key": "team", "value": "night"}])
        cls.document = cls.get("/v1/openapi.json")
        cls.schemas = cls.document["components"]["schemas"]

    @classmethod
    def get(cls, target):
        status, headers, text = ask(cls.server, "GET", target)
        assert status == 200, f"{target}: {status} {text}"
        assert headers["Content-Type"] == "application/json", target
        return json.loads(text)

    def names(self, query):
        return [run["name"] for run in self.get("/v1/runs?" + query)["items"]]

    def refused(self, status, code, target, method="GET", **more):
        found, headers, text = ask(self.server, method, target, **more)
        self.assertEqual((found, headers["Content-Type"]), (status, "application/problem+json"), target + text)
        problem = json.loads(text)
        self.assertEqual(schema.problems(self.schemas, self.schemas["Problem"], problem), [])
        self.assertEqual((problem["code"], problem["status"]), (code, status), text)
        self.assertEqual(self.get(problem["type"])["code"], code)
        return problem

    def test_the_document_is_the_one_of_the_program_and_of_the_docs(self):
        printed = subprocess.run([ORCH, "api"], capture_output=True, text=True, check=True).stdout
        self.assertEqual(json.loads(printed), self.document)
        self.assertEqual(DOCS.read_text(), printed, "orch api > docs/openapi.json")

    def test_every_schema_is_used(self):
        used = json.dumps(self.document)
        for name in self.schemas:
            self.assertIn(f'"#/components/schemas/{name}"', used)

    def test_every_route_answers_as_its_schema_says(self):
        for path, methods in self.document["paths"].items():
            operation = methods.get("get")
            content = operation and operation["responses"].get("200", {}).get("content", {}).get("application/json")
            if not content:
                continue
            if "{pipeline}" in path:
                continue  # there is none: it takes a project, which the tests of pipelines have
            with self.subTest(path=path):
                answer = self.get(path.format(**IN_PATHS))
                self.assertEqual(schema.problems(self.schemas, content["schema"], answer), [])

    def test_filters(self):
        everything = ["fourth", "third", "Second_one", "first", "load"]
        for query, expected in [
                ("", everything), ("status=failed", ["third"]), ("status=running,succeeded", ["fourth", "Second_one", "first", "load"]),
                ("workflow=good", ["Second_one", "first"]), ("name=SECOND", ["Second_one"]), ("error=my.err", ["third"]),
                ("error=BECAUSE%20of", ["third"]), ("tag=team", ["third"]), ("tag=team=night", ["third"]), ("tag=team=day", []),
                ("since=2001-01-01T00:00:00Z", everything), ("until=2001-01-01T00:00:00Z", []), ("status=paused,waiting", [])]:
            with self.subTest(query=query):
                self.assertEqual(self.names(query), expected)

    def test_pages_show_everything_once(self):
        for target, member in [("/v1/runs?", "name"), ("/v1/runs/third/events?", "id")]:
            whole = [item[member] for item in self.get(target)["items"]]
            found, cursor = [], ""
            while cursor is not None:
                page = self.get(f"{target}limit=1&cursor={cursor}")
                self.assertEqual(len(page["items"]), 1)
                found += [item[member] for item in page["items"]]
                cursor = page.get("next")
            self.assertEqual(found, whole)

    def test_tables_say_whether_they_are_right(self):
        tables = until(lambda: self.get("/v1/tables")["items"])
        self.assertEqual([(table["key"], table["verdict"], table["text"], table["load"]["rows"]) for table in tables],
                         [("orders", "current", "today's rows", 3), ("parts", "current", "today's rows", 5)])
        self.assertEqual([self.get("/v1/tables?limit=1")["items"][0]["key"]], ["orders"])
        cursor = urllib.parse.quote(self.get("/v1/tables?limit=1")["next"])
        self.assertEqual([table["key"] for table in self.get(f"/v1/tables?cursor={cursor}")["items"]], ["parts"])
        self.assertEqual(self.get("/v1/tables?workflow=other")["items"], [])
        self.assertEqual([run["name"] for run in self.get("/v1/tables/parts/runs")["items"]], ["load"])
        self.assertEqual(self.names("key=orders"), ["load"])
        self.assertEqual(self.names("key=orders&status=failed"), [])
        self.assertEqual(self.names("key=none"), [])

    def test_the_grid_has_a_row_a_table_and_a_column_a_run(self):
        until(lambda: self.get("/v1/tables")["items"])
        grid = self.get("/v1/grid")
        self.assertEqual([run["name"] for run in grid["runs"]], ["load", "first", "Second_one", "third", "fourth"])
        self.assertEqual([(row["key"], [cell and cell["status"] for cell in row["cells"]]) for row in grid["rows"]],
                         [("orders", ["succeeded", None, None, None, None]),
                          ("parts", ["succeeded", None, None, None, None])])
        self.assertEqual(self.get("/v1/grid?workflow=good&runs=1")["runs"][0]["name"], "Second_one")

    def test_errors_are_problems(self):
        for target, status, code in [
                ("/v1/nothing", 404, "ORCH-0040"), ("/v1/", 404, "ORCH-0040"), ("/v1/runs/", 404, "ORCH-0040"),
                ("/v1/runs/unheard-of", 404, "ORCH-0203"), ("/v1/runs?statu=failed", 400, "ORCH-0041"),
                ("/v1/runs?status=green", 400, "ORCH-0041"), ("/v1/runs?since=yesterday", 400, "ORCH-0041"),
                ("/v1/runs?limit=0", 400, "ORCH-0041"), ("/v1/runs?limit=1001", 400, "ORCH-0041"),
                ("/v1/runs?cursor=x", 400, "ORCH-0041"), ("/v1/runs?limit=1&limit=2", 400, "ORCH-0041"),
                ("/v1/runs?name=%ff", 400, "ORCH-0041"), ("/v1/runs?name=%0a", 400, "ORCH-0041"),
                ("/v1/runs/%2e%2e%2f%2e%2e%2fetc%2fpasswd", 404, "ORCH-0203"),
                ("/v1/runs/%00", 404, "ORCH-0040"), ("/v1/../v1/runs", 404, "ORCH-0040"),
                ("/v1/errors/ORCH-9999", 404, "ORCH-0040")]:
            with self.subTest(target=target):
                self.refused(status, code, target)
        self.refused(405, "ORCH-0040", "/v1/runs", method="DELETE")
        self.assertIn('did you mean "status"', self.refused(400, "ORCH-0041", "/v1/runs?statu=failed")["detail"])

    def test_other_hosts_and_origins_are_refused(self):
        for headers, status in [({"Host": "evil.example"}, 421), ({"Origin": "https://evil.example"}, 403)]:
            with self.subTest(headers=headers):
                found, _, text = ask(self.server, "GET", "/v1/runs", headers=headers)
                self.assertEqual(found, status, text)

    def tried(self, path, body):
        secret = self.get("/v1/session")["csrf"]
        status, _, text = ask(self.server, "POST", path, json.dumps(body), {"X-Orch-CSRF": secret})
        return status, json.loads(text)

    def test_expressions_are_tried(self):
        data = {"lines": [{"amount": 120}, {"amount": 75.5}]}
        for language, expression, value in [("JSONata", "$sum(lines.amount)", {"value": 195.5}), ("JSONata", "nothing", {}),
                                            ("JSONPath", "$.lines[1].amount", {"value": 75.5}),
                                            ("JSONPath", "$.lines[?(@.amount > 100)].amount", {"value": [120]})]:
            body = {"language": language, "expression": expression, "input": data}
            self.assertEqual(self.tried("/v1/eval", body), (200, value))
        for body, status in [({"language": "JSONata", "expression": "$sum("}, 422), ({"language": "JSONPath", "expression": "lines"}, 422),
                             ({"language": "JSONPath", "expression": "$.none", "input": {}}, 422), ({"language": "SQL", "expression": "1"}, 400),
                             ({"language": "JSONata"}, 400), ({"language": "JSONata", "expression": 1}, 400)]:
            found, problem = self.tried("/v1/eval", body)
            self.assertEqual(found, status, problem)

    def test_states_are_tried_and_do_no_work(self):
        schemas = self.schemas
        choice = {"Type": "Choice", "QueryLanguage": "JSONata", "Choices": [{"Condition": "{% $states.input.n > 5 %}", "Next": "Many"}],
                  "Default": "Few"}
        for n, following in [(9, "Many"), (1, "Few")]:
            status, answer = self.tried("/v1/test-state", {"definition": choice, "input": {"n": n}})
            self.assertEqual((status, answer["nextState"], answer["output"]), (200, following, {"n": n}))
            self.assertEqual(schema.problems(schemas, schemas["StateTrialResult"], answer), [])
        task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}, "End": True}
        self.assertEqual(self.tried("/v1/test-state", {"definition": task})[0], 422)
        status, answer = self.tried("/v1/test-state", {"definition": task, "mock": {"result": {"Payload": 7}}})
        self.assertEqual((status, answer["output"]), (200, {"Payload": 7}), answer)
        self.assertEqual(self.tried("/v1/test-state", {"definition": "Pass"})[0], 400)
        self.assertEqual(self.tried("/v1/test-state", {"definition": {"Type": "None"}})[0], 422)

    def test_the_time_line_of_a_run(self):
        visits = self.get("/v1/runs/third/visits")["items"]
        self.assertEqual([(visit["state"], visit["type"], visit["status"]) for visit in visits], [("A", "Fail", "failed")])
        self.assertEqual(self.get("/v1/runs/load/visits?state=none")["items"], [])
        self.refused(404, "ORCH-0040", "/v1/runs/third/visits/99")
        graph = self.get("/v1/runs/load/graph")
        states = {node["state"] for node in graph["nodes"]}
        self.assertTrue({visit["state"] for visit in self.get("/v1/runs/load/visits?limit=1000")["items"]} <= states)

    def test_a_head_is_a_get_without_a_body(self):
        status, headers, text = ask(self.server, "HEAD", "/v1/runs")
        self.assertEqual((status, headers["Content-Type"], text), (200, "application/json", ""))


class Listener:
    """Reads server-sent events."""

    def __init__(self, server, query="", last=None):
        self.connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
        headers = {} if last is None else {"Last-Event-ID": str(last)}
        self.connection.request("GET", "/v1/events" + query, headers=headers)
        self.response = self.connection.getresponse()
        assert self.response.status == 200, self.response.read()
        assert self.response.headers["Content-Type"] == "text/event-stream"

    def next(self):
        """Name, id (or None) and data; None at the end."""
        fields = {}
        while line := self.response.readline().decode():
            name, _, value = line.rstrip("\n").partition(": ")
            if line == "\n" and "event" in fields:
                number = fields.get("id")
                return fields["event"], number and int(number), json.loads(fields["data"])
            fields[name] = value
        return None

    def until(self, wanted):
        """The next event of this name."""
        while event := self.next():
            if event[0] == wanted:
                return event
        raise AssertionError(f"no event {wanted}")

    def close(self):
        self.response.close()
        self.connection.close()


class Doing(unittest.TestCase):
    def setUp(self):
        context = serving(ORCH)
        self.server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        self.machines = {}
        for machine, state, _ in RUNS:
            definition = json.dumps({"StartAt": "A", "States": {"A": state}})
            if machine not in self.machines:
                made = self.server.call("CreateStateMachine", name=machine, roleArn=ROLE, definition=definition)
                self.machines[machine] = made["stateMachineArn"]

    def start(self, machine, name):
        return self.server.call("StartExecution", stateMachineArn=self.machines[machine], name=name)["executionArn"]

    def listen(self, query="", last=None):
        listener = Listener(self.server, query, last)
        self.addCleanup(listener.close)
        return listener

    def get(self, target):
        return json.loads(ask(self.server, "GET", target)[2])

    def post(self, target, body, status=200):
        secret = self.get("/v1/session")["csrf"]
        found, _, text = ask(self.server, "POST", target, json.dumps(body), {"X-Orch-CSRF": secret})
        self.assertEqual(found, status, text)
        return json.loads(text)

    def test_a_run_is_stopped_and_resumed(self):
        self.start("slow", "acted")
        self.assertEqual(self.post("/v1/runs/acted/stop", {"error": "Enough"})["run"], self.get("/v1/runs/acted")["run"])
        run = self.get("/v1/runs/acted")
        self.assertEqual((run["word"], run["error"]), ("stopped", "Enough"))
        self.assertEqual(self.post("/v1/runs/acted/stop", {}, 409)["code"], "ORCH-0205")
        self.post("/v1/runs/acted/resume", {"from": "A", "input": {"b": 2}})
        self.assertEqual(self.get("/v1/runs/acted")["word"], "running")
        visit = self.get("/v1/runs/acted/visits")["items"][-1]["event"]
        self.assertEqual(self.get(f"/v1/runs/acted/visits/{visit}")["input"], {"b": 2})
        self.assertEqual(self.post("/v1/runs/acted/stop", {"reason": "x"}, 400)["code"], "ORCH-0041")
        self.post("/v1/runs/acted/stop", {})

    def test_an_input_without_a_state_that_gets_it_is_refused(self):
        self.start("slow", "whose")
        self.post("/v1/runs/whose/stop", {})
        refused = self.post("/v1/runs/whose/resume", {"input": {"b": 2}}, 409)
        self.assertEqual(refused["code"], "ORCH-0205")
        self.assertIn("no state that gets it", refused["detail"])

    def test_a_paused_run_says_who_holds_it_until_it_is_released(self):
        self.start("slow", "held")
        self.assertNotIn("held", self.get("/v1/runs/held"))
        self.post("/v1/runs/held/pause", {"reason": "index build", "until": "2999-01-01T00:00:00.000Z"})
        held = self.get("/v1/runs/held")["held"]
        self.assertEqual((held["mode"], held["reason"], held["until"]), ("pause", "index build", "2999-01-01T00:00:00.000Z"))
        self.post("/v1/runs/held/release", {})
        self.assertNotIn("held", self.get("/v1/runs/held"))
        self.post("/v1/runs/held/stop", {})

    def test_a_map_run_counts_its_children_by_index_and_names_the_first_failures(self):
        inside = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Check", "States": {
            "Check": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericLessThan": 30, "Next": "Bad"}], "Default": "Good"},
            "Good": {"Type": "Succeed"}, "Bad": {"Type": "Fail", "Error": "Item.Bad"}}}
        states = {"M": {"Type": "Map", "End": True, "ToleratedFailurePercentage": 100, "ItemProcessor": inside}}
        (self.server.folder / "children.json").write_text(json.dumps({"StartAt": "M", "States": states}))
        (self.server.folder / "items.json").write_text(json.dumps(list(range(400, 0, -1))))
        self.server.run("submit", "children.json", "--input", "@items.json", "--name", "children")
        found = self.get("/v1/runs/children/map-runs")
        schemas = self.get("/v1/openapi.json")["components"]["schemas"]
        self.assertEqual(schema.problems(schemas, schemas["MapRunPage"], found), [])
        strip = found["items"][0]["strip"]
        self.assertEqual((strip["size"], strip["children"], len(strip["buckets"])), (2, 400, 200))
        self.assertEqual([bucket["failed"] for bucket in strip["buckets"]], [0] * 185 + [1] + [2] * 14)
        self.assertEqual([bucket["total"] for bucket in strip["buckets"]], [2] * 200)
        self.assertEqual([child["index"] for child in found["items"][0]["failures"]], list(range(371, 391)))

    def test_runs_are_told_as_they_begin_and_end(self):
        listener = self.listen()
        self.assertEqual(listener.next()[0], "open")
        arn = self.start("slow", "one")
        name, begun, run = listener.next()
        self.assertEqual((name, run["name"], run["word"]), ("run", "one", "running"))
        self.server.call("StopExecution", executionArn=arn)
        name, ended, run = listener.next()
        self.assertEqual((run["name"], run["word"]), ("one", "stopped"))
        self.assertGreater(ended, begun)
        schemas = self.get("/v1/openapi.json")["components"]["schemas"]
        self.assertEqual(schema.problems(schemas, schemas["Run"], run), [])

    def test_what_comes_at_once_is_told_to_all_alike(self):
        listeners = [self.listen(), self.listen("?kind=run"), self.listen()]
        self.assertEqual([each.next()[0] for each in listeners], ["open"] * 3)
        names = {f"burst-{n}" for n in range(60)}
        for name in names:
            self.start("good", name)
        heard = []
        for listener in listeners:
            ends = {}
            positions = []
            while set(ends) < names:
                name, position, run = listener.next()
                self.assertEqual(name, "run")
                positions.append(position)
                if run["word"] == "succeeded":
                    ends[run["name"]] = (position, run)
            self.assertEqual(positions, sorted(set(positions)))
            heard.append({name: ends[name] for name in names})
        self.assertEqual(heard[0], heard[1])
        self.assertEqual(heard[0], heard[2])

    def test_who_was_cut_goes_on_also_after_a_restart(self):
        listener = self.listen()
        listener.until("open")
        self.start("slow", "one")
        heard = listener.until("run")[1]
        listener.close()
        self.start("slow", "two")
        self.assertEqual(self.listen(last=heard).until("run")[2]["name"], "two")
        self.server.end()
        self.server.start()
        again = self.listen(f"?cursor={heard}")
        self.assertEqual(again.next()[0], "open")
        self.assertEqual(again.next()[2]["name"], "two")
        self.start("slow", "three")
        self.assertEqual(again.next()[2]["name"], "three")

    def test_who_listens_says_to_what(self):
        arn = self.start("slow", "one")
        changes, history = self.listen("?kind=run&run=one"), self.listen("?kind=history&run=one&cursor=0")
        self.assertEqual(changes.next()[0], "open")
        self.assertEqual([history.next()[0] for _ in range(2)], ["open", "history"])
        self.server.call("StopExecution", executionArn=arn)
        self.assertEqual([each.next()[0] for each in (changes, history)], ["run", "history"])
        self.assertEqual(ask(self.server, "GET", "/v1/events?kind=runs")[0], 400)

    def test_a_cursor_of_another_store_is_told(self):
        listener = self.listen("?cursor=4711")
        name, _, data = listener.next()
        self.assertEqual((name, data["reason"]), ("missed", "unknown_cursor"))
        self.start("slow", "one")
        self.assertEqual(listener.until("run")[2]["name"], "one")

    def test_who_listens_to_a_run_gets_its_history(self):
        arn = self.start("slow", "one")
        self.start("slow", "other")
        listener = self.listen("?run=one&cursor=0")
        events = listener.until("history")[2]["events"]
        self.server.call("StopExecution", executionArn=arn)
        while events[-1]["type"] != "ExecutionAborted":
            name, _, data = listener.next()
            if name == "history":
                events += data["events"]
            else:
                self.assertEqual(data["name"], "one")
        self.assertEqual(events, self.get("/v1/runs/one/events")["items"])

    def test_a_stream_ends_with_the_server(self):
        listener = self.listen()
        listener.until("open")
        self.assertEqual(self.server.end(), 0)
        with self.assertRaises((AssertionError, http.client.IncompleteRead, ConnectionError)):
            listener.until("none")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    ORCH = str(pathlib.Path(options.orch).resolve())
    unittest.main(argv=[sys.argv[0], *rest])

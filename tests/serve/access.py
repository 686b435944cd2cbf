#!/usr/bin/env python3
"""What a client of the API cannot reach on the server's host, tried through the real server: programs, files,
addresses, names that lead elsewhere, foreign pages.

    access.py --orch build/dev/orch"""
import argparse
import hashlib
import http.client
import http.server
import json
import os
import pathlib
import sys
import threading
import time
import unittest

from server import ApiError, serving

ORCH = None
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

    arguments = ()

    def setUp(self):
        context = serving(ORCH, *self.arguments, prepare=self.prepare)
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


class Programs(AccessTest):
    def command(self):
        return ["touch", str(self.outside / "touched")]

    def tearDown(self):
        self.assertFalse((self.outside / "touched").exists())

    def test_are_refused_when_the_definition_is_made(self):
        self.refused_at_creation(task("orch:process", {"argv": self.command()}), "/Resource", "--allow process")
        self.refused_at_creation(task("orch:process"), "/Resource", "--allow process")
        self.refused_at_creation(task("orch:notify", {"to": {"argv": self.command()}, "text": "x"}),
                                 "/Parameters/to/argv", "--allow process")
        nested = {"Type": "Parallel", "End": True, "Branches": [
            {"StartAt": "B", "States": {"B": task("orch:process", {"argv": self.command()})}}]}
        self.refused_at_creation(nested, "/Branches/0/States/B/Resource", "--allow process")

    def test_are_refused_when_a_definition_is_changed(self):
        arn = self.create({"Type": "Pass", "End": True})
        with self.assertRaises(ApiError) as raised:
            self.server.call("UpdateStateMachine", stateMachineArn=arn,
                             definition=machine(task("orch:process", {"argv": self.command()})))
        self.assertEqual(raised.exception.type, "InvalidDefinition")

    def test_are_refused_in_a_trial(self):
        with self.assertRaises(ApiError) as raised:
            self.server.call("TestState", roleArn=ROLE, definition=json.dumps(
                task("orch:process", {"argv": self.command()})))
        self.assertEqual(raised.exception.type, "InvalidDefinition")
        tried = self.server.call("TestState", roleArn=ROLE, input=json.dumps(
            {"to": {"argv": self.command()}, "text": "x"}), definition=json.dumps(task("orch:notify")))
        self.assertEqual((tried["status"], tried["error"]), ("FAILED", "Access.Denied"))

    def test_are_refused_when_they_come_with_the_input(self):
        self.denied_at_run(task("orch:notify"), {"to": {"argv": self.command()}, "text": "x"}, "--allow process")

    def test_are_refused_in_runs_of_runs(self):
        inner = self.create(task("orch:notify"), "inner")
        outer = self.create(task("arn:aws:states:::states:startExecution.sync",
                                 {"StateMachineArn": inner, "Input": {"to": {"argv": self.command()}, "text": "x"}}),
                            "outer")
        row = self.run_machine(outer)
        self.assertIn("Access.Denied", row["cause"])
        each = {"Type": "Map", "End": True, "ItemsPath": "$.all", "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "I", "States": {"I": task("orch:notify")}}}
        row = self.run_machine(self.create(each, "each"), {"all": [{"to": {"argv": self.command()}, "text": "x"}]})
        self.assertEqual(row["status"], "FAILED")

    def test_are_not_had_by_asking_the_service_from_inside(self):
        maker = self.create(task("arn:aws:states:::aws-sdk:sfn:createStateMachine", {
            "Name": "made", "RoleArn": ROLE, "Definition": json.loads(machine(
                task("orch:process", {"argv": self.command()})))}), "maker")
        row = self.run_machine(maker)
        self.assertEqual(row["error"], "Sfn.InvalidDefinitionException")

    def test_are_not_had_by_resume_or_redrive(self):
        row = self.run_machine(self.create(task("orch:notify")), {"to": {"argv": self.command()}, "text": "x"},
                               name="again")
        self.server.call("RedriveExecution", executionArn=row["executionArn"])
        again = until(lambda: (now := self.server.call("DescribeExecution", executionArn=row["executionArn"]))
                      ["status"] != "RUNNING" and now)
        self.denied(again, "--allow process")
        # By the server, and by a process of the operator's own.
        for served in (True, False):
            if not served:
                self.server.end()
            ran = self.server.run("resume", "again")
            self.assertEqual(ran.returncode, 3, ran.stderr)
            self.assertIn("Access.Denied", ran.stdout + ran.stderr)

    def test_of_the_operator_run(self):
        mine = machine(task("orch:process", {"argv": ["echo", "1"]}))
        (self.root / "mine.json").write_text(mine)
        ran = self.server.run("submit", "mine.json", "--name", "handed-over")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        arn = self.server.call("ListStateMachines")["stateMachines"][0]["stateMachineArn"]
        self.denied(self.run_machine(arn), "--allow process")  # started by a client
        theirs = self.create(task("orch:notify"))
        for started, code in ((arn, 0), (theirs, 3)):  # by a run of the operator's
            (self.root / "outer.json").write_text(machine(task(
                "arn:aws:states:::states:startExecution.sync",
                {"StateMachineArn": started, "Input": {"to": {"argv": self.command()}, "text": "x"}})))
            ran = self.server.run("submit", "outer.json", "--name", f"outer-{code}")
            self.assertEqual(ran.returncode, code, ran.stdout + ran.stderr)
        self.server.end()
        ran = self.server.run("submit", "mine.json", "--name", "alone")
        self.assertEqual(ran.returncode, 0, ran.stderr)


class Bound(AccessTest):
    arguments = ("--bindings", "bindings.json")

    def bindings(self):
        return {"bindings": {
            "arn:aws:lambda:us-east-1:1:function:greet": {"process": {"argv": ["cat"]}},
            "arn:aws:lambda:us-east-1:1:function:chosen": {
                "worker": "orch:process", "input": {"argv": ["echo", "{% $string(n) %}"]}},
            "arn:aws:lambda:us-east-1:1:function:any": {"worker": "orch:process"}}}

    def test_is_the_operators_choice(self):
        for name, output in (("greet", {"n": 1}), ("chosen", 1)):
            row = self.run_machine(self.create(task("arn:aws:lambda:us-east-1:1:function:" + name), name), {"n": 1})
            self.assertEqual((row["status"], json.loads(row.get("output", "null"))), ("SUCCEEDED", output), row)

    def test_passes_no_rights_on_with_a_bare_name(self):
        self.denied_at_run(task("arn:aws:lambda:us-east-1:1:function:any"), {"argv": ["true"]}, "--allow process")


class Files(AccessTest):
    def test_outside_are_not_read_as_catalogs(self):
        for path in (str(self.outside / "secret"), "../" + self.outside.name + "/secret", "/proc/self/environ"):
            with self.subTest(path):
                self.refused_at_creation(task("orch:catalog", {"catalog": path}), "/Parameters/catalog",
                                         "--allow folder:PATH")
                row = self.run_machine(self.create(task("orch:catalog")), {"catalog": path})
                self.denied(row, "--allow folder:PATH")
                self.assertFalse(self.leaks(row))

    def test_behind_links_are_not_read(self):
        (self.root / "link.json").symlink_to(self.outside / "secret")
        self.denied_at_run(task("orch:catalog"), {"catalog": "link.json"}, "--allow folder:PATH")

    def test_of_the_server_are_not_read_or_written(self):
        self.denied_at_run(task("orch:catalog"), {"catalog": "connections.json"}, "project")
        self.denied_at_run(task("orch:notify"), {"to": {"file": "connections.json"}, "text": "x"}, "reports")
        self.assertEqual(json.loads((self.root / "connections.json").read_text()), CONNECTIONS)

    def test_are_written_in_reports_only(self):
        row = self.run_machine(self.create(task("orch:noop")), {})
        self.assertEqual(row["status"], "SUCCEEDED")
        (self.root / "reports").mkdir()
        (self.root / "reports" / "out").symlink_to(self.outside)
        for path in ("../x", ".bashrc", "run.sh", str(self.outside / "x"), "reports/../run.sh", "reports/out/x"):
            with self.subTest(path):
                self.denied_at_run(task("orch:notify"), {"to": {"file": path}, "text": "x"}, "reports")
        self.assertEqual(sorted(path.name for path in self.outside.iterdir()), ["secret"])
        good = self.run_machine(self.create(task("orch:notify")), {"to": {"file": "reports/log"}, "text": "x"})
        self.assertEqual(good["status"], "SUCCEEDED", good)

    def report(self, settings):
        return task("orch:report", {"settings": settings, "done": [], "results": []})

    def test_of_reports_stay_where_they_belong(self):
        self.refused_at_creation(self.report({"report_folder": "../../x"}), "/Parameters/settings/report_folder",
                                 "--allow folder:PATH")
        (self.root / "reports").mkdir()
        (self.root / "reports" / "out").symlink_to(self.outside)
        self.denied(self.run_machine(self.create(self.report({})), name="out"), "reports")
        row = self.run_machine(self.create(self.report({})), name="..")
        self.assertEqual(row["status"], "SUCCEEDED", row)
        self.assertTrue((self.root / "reports" / "%2E." / "report.json").exists())
        self.assertFalse((self.root / "report.json").exists())

    def test_names_of_the_operators_runs_do_not_leave_the_folder(self):
        (self.root / "mine.json").write_text(machine(self.report({})))
        ran = self.server.run("submit", "mine.json", "--name", "../../x")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertTrue((self.root / "reports" / "%2E.%2F..%2Fx" / "report.md").exists())

    def test_are_no_buckets(self):
        bucket = f"file:{self.outside}"
        self.refused_at_creation(reader({"Bucket": bucket}, "secret"), "/ItemReader/Parameters/Bucket",
                                 "--allow folder:PATH")
        row = self.run_machine(self.create(reader({"Bucket.$": "$.b"}, "secret")), {"b": bucket})
        self.denied(row, "--allow folder:PATH")
        self.assertFalse(self.leaks(row))
        writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": bucket, "Prefix": "p"}}
        items = {"Type": "Map", "End": True, "ResultWriter": writer, "ItemsPath": "$.items", "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}}
        self.refused_at_creation(items, "/ResultWriter/Parameters/Bucket", "--allow folder:PATH")
        writer["Parameters"] = {"Bucket.$": "$.b", "Prefix": "p"}
        self.denied(self.run_machine(self.create(items, "writes"), {"b": bucket, "items": [1]}), "folder:PATH")
        self.assertEqual(sorted(path.name for path in self.outside.iterdir()), ["secret"])


class GrantedFolder(AccessTest):
    def prepare(self, folder):
        super().prepare(folder)
        self.data = self.root / "data"
        self.data.mkdir()
        (self.data / "items.json").write_text("[1, 2]")
        (self.data / "link.json").symlink_to(self.outside / "secret")
        (self.data / "out").symlink_to(self.outside)

    def setUp(self):
        # Relative to the folder that the server starts in.
        self.arguments = ("--allow", "folder:data", "--allow", "without-keys")
        super().setUp()

    def test_is_a_bucket(self):
        row = self.run_machine(self.create(reader({"Bucket": f"file:{self.data}"})))
        self.assertEqual((row["status"], json.loads(row["output"])), ("SUCCEEDED", [1, 2]), row)

    def test_is_not_left_by_keys_or_links(self):
        for number, key in enumerate(("../connections.json", "link.json", "out/secret", "/etc/passwd")):
            with self.subTest(key):
                row = self.run_machine(self.create(reader({"Bucket": f"file:{self.data}"}, key), f"m{number}"))
                self.assertEqual((row["status"], row["error"]), ("FAILED", "States.ItemReaderFailed"), row)
                self.assertFalse(self.leaks(row))
        everything = reader({"Bucket": f"file:{self.data}"})
        everything["ItemReader"] = {"Resource": "arn:aws:states:::s3:listObjectsV2",
                                    "Parameters": {"Bucket": f"file:{self.data}"}}
        row = self.run_machine(self.create(everything, "list"))
        self.assertEqual([item["Key"] for item in json.loads(row["output"])], ["items.json"])
        self.refused_at_creation(reader({"Bucket": f"file:{self.root}"}), "/ItemReader/Parameters/Bucket", "folder:")


class Local(http.server.BaseHTTPRequestHandler):
    """Somebody's service on this machine; sends everybody to the metadata address."""

    def do_GET(self):
        self.server.seen.append(self.path)
        self.send_response(302 if self.path == "/redirect" else 200)
        self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Addresses(AccessTest):
    def prepare(self, folder):
        self.local = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Local)
        self.local.seen = []
        threading.Thread(target=self.local.serve_forever, daemon=True).start()
        self.addCleanup(self.local.server_close)
        self.addCleanup(self.local.shutdown)
        self.url = f"http://127.0.0.1:{self.local.server_port}"
        super().prepare(folder)
        entries = {**CONNECTIONS["connections"], "api": {"url": self.url + "/v1"}}
        (self.root / "connections.json").write_text(json.dumps({"version": 1, "connections": entries}))

    def test_are_refused(self):
        for url in ("http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", self.url + "/x",
                    "http://localhost/", "https://example.com/", "http://2130706433/", "file:///etc/passwd"):
            with self.subTest(url):
                self.refused_at_creation(task("orch:http", {"url": url}), "/Parameters/url", "http")
                self.denied_at_run(task("orch:http"), {"url": url}, "http")
        self.assertEqual(self.local.seen, [])

    def test_of_a_connection_are_reached_below_its_url(self):
        good = self.run_machine(self.create(task("orch:http")), {"connection": "api", "path": "/runs"})
        self.assertEqual(good["status"], "SUCCEEDED", good)
        self.assertEqual(self.local.seen, ["/v1/runs"])
        self.refused_at_creation(task("orch:http", {"connection": "api", "path": "/../admin"}),
                                 "/Parameters/path", "below")
        self.denied_at_run(task("orch:http"), {"connection": "api", "path": "/%2e%2e/admin"}, "below")
        invoke = {"ApiEndpoint.$": "$.url", "Method": "GET", "Authentication": {"ConnectionArn": "api"}}
        arn = self.create(task("arn:aws:states:::http:invoke", invoke), "invokes")
        self.assertEqual(self.run_machine(arn, {"url": self.url + "/v1/a"})["status"], "SUCCEEDED")
        self.denied(self.run_machine(arn, {"url": self.url + "/admin"}), "below")
        self.assertEqual(self.run_machine(arn, {"url": "http://169.254.169.254/"})["error"], "Connection.Refused")
        self.assertEqual(self.local.seen, ["/v1/runs", "/v1/a"])


class GrantedAddresses(Addresses):
    """`url:` of one service, and every public URL."""

    def setUp(self):
        context = serving(ORCH, "--allow", "urls,without-keys", prepare=self.prepare)
        self.server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)

    def test_are_refused(self):
        # Names are asked for when the state runs; these lead to this machine.
        for url in ("http://2130706433:%d/", "http://127.1:%d/"):
            with self.subTest(url):
                row = self.run_machine(self.create(task("orch:http")), {"url": url % self.local.server_port})
                self.denied(row, "--allow url:URL")
        self.denied_at_run(task("orch:http"), {"url": "http://169.254.169.254/"}, "--allow url:")
        self.assertEqual(self.local.seen, [])

    def test_redirects_lead_nowhere(self):
        self.server.end()
        self.server.arguments = ("--allow", f"url:{self.url}/", "--allow", "without-keys")
        self.server.start()
        row = self.run_machine(self.create(task("orch:http")), {"url": self.url + "/redirect"})
        self.assertEqual(row["error"], "Http.StatusCode.302", row)
        self.assertEqual(self.local.seen, ["/redirect"])


class Pages(AccessTest):
    def ask(self, host, origin=None, expect=True):
        connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=30)
        self.addCleanup(connection.close)
        connection.putrequest("POST", "/", skip_host=True)
        for name, value in (("Host", host), ("Origin", origin), ("X-Amz-Target", "AWSStepFunctions.ListActivities"),
                            ("Content-Length", "2" if expect else "8000000")):
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders()
        if expect:
            connection.send(b"{}")
        response = connection.getresponse()
        return response.status, json.loads(response.read())

    def test_of_others_are_refused(self):
        port = self.server.port
        for host in ("evil.example.net", f"evil.example.net:{port}", f"127.0.0.1:{port + 1}", "a\"b", None):
            with self.subTest(host):
                status, body = self.ask(host)
                self.assertEqual(status, 421)
                self.assertIn("Host" if host is None else "--host-name", body["message"])
        for origin in ("https://evil.example.net", "null", "http://localhost:3000"):
            with self.subTest(origin):
                self.assertEqual(self.ask(f"127.0.0.1:{port}", origin)[0], 403)

    def test_are_refused_before_the_body(self):
        self.assertEqual(self.ask("evil.example.net", expect=False)[0], 421)

    def test_of_this_server_are_not(self):
        port = self.server.port
        for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"sync-localhost:{port}"):
            self.assertEqual(self.ask(host)[0], 200, host)
        self.assertEqual(self.ask(f"127.0.0.1:{port}", f"http://127.0.0.1:{port}")[0], 200)
        self.server.end()
        self.server.arguments = ("--host-name", "sfn.example.com", "--host-name", "localhost:9000")
        self.server.start()
        for host in ("sfn.example.com", "sfn.example.com:8443", "localhost:9000"):
            self.assertEqual(self.ask(host)[0], 200, host)


class Words(unittest.TestCase):
    def refused(self, *arguments):
        with serving(ORCH) as server:
            server.end()
            ran = server.run("serve", "--listen", "127.0.0.1:0", *arguments)
        self.assertNotEqual(ran.returncode, 0)
        return ran.stderr

    def test_need_keys(self):
        self.assertRegex(self.refused("--allow", "process"), "--keys, or add without-keys(.|\n)*ORCH-0013")
        with serving(ORCH, "--allow", "process,without-keys"):
            pass

    def test_are_known(self):
        said = self.refused("--allow", "proces")
        self.assertIn("ORCH-0016", said)
        self.assertIn('did you mean "process"?', said)

    def test_come_from_the_configuration_file_too(self):
        config = json.dumps({"allow": ["process", "folder:in", "without-keys"], "host-name": ["a.example.com"]})
        with serving(ORCH, "--config", "orch.json", files={"orch.json": config}) as server:
            shown = json.loads(server.run("config", "--config", "orch.json", "-o", "json").stdout)
            allowed = next(each for each in shown if each["name"] == "allow")
            self.assertEqual(allowed["value"], f"process,folder:{os.path.realpath(server.folder)}/in,without-keys")
            self.assertTrue(allowed["from"].endswith("orch.json"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    ORCH = options.orch
    unittest.main(argv=[sys.argv[0], *rest])

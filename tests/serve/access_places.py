#!/usr/bin/env python3
"""What a client of the API cannot reach on the server's host: files, links that lead elsewhere, addresses,
and the server itself from foreign pages; through the real server.

    access_places.py --orch build/dev/orch"""
import http.client
import http.server
import json
import threading

from access_case import CONNECTIONS, AccessTest, main, reader, task, machine
from server import serving


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
        context = serving(self.orch, "--allow", "urls,without-keys", prepare=self.prepare)
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


if __name__ == "__main__":
    main()

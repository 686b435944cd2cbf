#!/usr/bin/env python3
"""Who may use the REST API of `orch serve`: every route by every role, and what attackers try.

    rest_access.py --orch build/dev/orch"""
import argparse
import http.client
import json
import os
import pathlib
import socket
import subprocess
import sys
import unittest

from server import ask, serving

ORCH = None
ROLES = ["none", "viewer", "operator", "approver", "editor", "admin"]
# A request that a proxy passes on is not of the user who owns the server.
PASSED_ON = {"X-Forwarded-For": "192.0.2.7"}
# One of the Step Functions API.
CALL = {"X-Amz-Target": "AWSStepFunctions.ListStateMachines", "Content-Type": "application/x-amz-json-1.0"}
IN_PATHS = {"run": "none", "code": "ORCH-0203", "key": "none", "visit": "2", "pipeline": "none", "trigger": "none", "operation": "none",
            "subject": "none", "silence": "1", "backfill": "1", "connection": "none", "name": "none"}
# Routes that take less than an operator although they are no GET: they look at who asks by themselves, or
# change nothing.
OPEN_WRITES = {"session.open", "session.close", "operations.perform", "trial.eval", "trial.state", "hooks.deliver"}


class Access(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        context = serving(ORCH)
        cls.server = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)
        cls.tokens = {role: cls.add_token(role, "--role", role) for role in ROLES[1:]}
        cls.document = json.loads(ask(cls.server, "GET", "/v1/openapi.json")[2])

    @classmethod
    def add_token(cls, *arguments):
        made = cls.server.run("token", "add", *arguments)
        assert made.returncode == 0, made.stderr
        return made.stdout.strip()

    def headers(self, role):
        return dict(PASSED_ON, Authorization="Bearer " + self.tokens[role]) if role != "none" else dict(PASSED_ON)

    def status(self, method, target, headers, body=None):
        """Without the body: some never end."""
        connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=60)
        try:
            connection.request(method, target, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def routes(self):
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                yield method.upper(), path, operation

    def test_every_route_takes_its_role_and_those_above_it(self):
        for method, path, operation in self.routes():
            needed = ROLES.index(operation["x-role"])
            body = json.dumps({"token": self.tokens["viewer"]}) if operation["operationId"] == "session.open" else "{}"
            for role in ROLES:
                with self.subTest(route=operation["operationId"], role=role):
                    found = self.status(method, path.format(**IN_PATHS), self.headers(role), body)
                    if ROLES.index(role) >= needed:
                        self.assertNotIn(found, (401, 403))
                    else:
                        self.assertEqual(found, 401 if role == "none" else 403)

    def test_what_changes_something_takes_an_operator(self):
        for method, _, operation in self.routes():
            if method != "GET" and operation["operationId"] not in OPEN_WRITES:
                self.assertGreaterEqual(ROLES.index(operation["x-role"]), ROLES.index("operator"), operation)

    def test_operations_have_roles_of_their_own(self):
        text = ask(self.server, "GET", "/v1/operations", headers=self.headers("viewer"))[2]
        items = json.loads(text)["items"]
        for name, writes, role in [("pipelines.pause", True, "operator"), ("store.backup", False, "admin")]:
            self.assertIn({"name": name, "writes": writes, "role": role}, items)
        for item in items:
            for role in ROLES[1:]:
                with self.subTest(operation=item["name"], role=role):
                    found = self.status("POST", "/v1/operations/" + item["name"], self.headers(role), '{"no": "such"}')
                    allowed = ROLES.index(role) >= ROLES.index(item["role"])
                    self.assertEqual(found == 403, not allowed)

    def test_the_user_who_owns_the_server_needs_no_token(self):
        status, _, text = ask(self.server, "GET", "/v1/session")
        self.assertEqual((status, json.loads(text)["how"], json.loads(text)["role"]), (200, "owner", "admin"))
        self.assertEqual(ask(self.server, "GET", "/v1/runs")[0], 200)

    @unittest.skipUnless(os.geteuid() == 0, "takes root to be somebody else")
    def test_other_users_of_the_machine_do(self):
        program = f"""if True:
            import http.client
            for method, path, headers in [("GET", "/v1/runs", {{}}), ("POST", "/", {CALL!r})]:
                connection = http.client.HTTPConnection({self.server.host!r}, {self.server.port})
                connection.request(method, path, "{{}}", headers)
                print(connection.getresponse().status)"""
        done = subprocess.run(["/usr/bin/env", "python3", "-c", program], capture_output=True, text=True, user=65534,
                              group=65534, check=False, cwd="/")
        if done.returncode != 0 and "Permission" in done.stderr:
            self.skipTest("the other user has no Python")
        self.assertEqual(done.stdout.split(), ["401", "400"], done.stderr)

    def test_the_step_functions_api_without_keys_is_for_the_owner(self):
        """Also not for those for whom a proxy of the owner asks, as /v1 is."""
        status, _, text = ask(self.server, "POST", "/", "{}", dict(PASSED_ON, **CALL))
        self.assertEqual((status, json.loads(text)["__type"]), (400, "AccessDeniedException"))
        self.assertRegex(json.loads(text)["message"], "ORCH-0046.*--keys.*without-keys")
        self.assertEqual(ask(self.server, "POST", "/", "{}", CALL)[0], 200)
        with serving(ORCH, "--allow", "process,without-keys") as server:
            self.assertEqual(ask(server, "POST", "/", "{}", dict(PASSED_ON, **CALL))[0], 200)

    def test_calls_of_the_step_functions_api_are_in_the_audit_log(self):
        arn = "arn:aws:states:us-east-1:123456789012:stateMachine:audited"
        call = dict(CALL, **{"X-Amz-Target": "AWSStepFunctions.UpdateStateMachine"})
        for headers in (call, dict(PASSED_ON, **call)):
            ask(self.server, "POST", "/", json.dumps({"stateMachineArn": arn, "definition": "SECRET"}), headers)
        text = self.server.run("audit", "-o", "json").stdout
        self.assertNotIn("SECRET", text)
        found = [(line["role"], bool(line["who"]), line["outcome"]) for line in json.loads(text)
                 if line["action"] == "aws.UpdateStateMachine" and line["object"] == arn]
        self.assertEqual(found, [("admin", True, "StateMachineDoesNotExist"), ("none", False, "AccessDeniedException")])
        self.assertNotIn("aws.ListStateMachines", text)

    def test_a_page_of_another_site_cannot_use_the_browser(self):
        target = "/v1/runs/none/stop"
        secret = json.loads(ask(self.server, "GET", "/v1/session")[2])["csrf"]
        for headers, status in [({}, 403), ({"X-Orch-CSRF": "0" * 64}, 403), ({"X-Orch-CSRF": secret}, 404),
                                ({"X-Orch-CSRF": secret, "Origin": "https://evil.example"}, 403),
                                ({"X-Orch-CSRF": secret, "Host": "evil.example"}, 421)]:
            with self.subTest(headers=headers):
                self.assertEqual(ask(self.server, "POST", target, "{}", headers)[0], status)
        _, headers, _ = ask(self.server, "OPTIONS", "/v1/runs", headers={"Origin": self.server.url})
        self.assertFalse([name for name in headers if name.lower().startswith("access-control")])

    def test_a_session_ends_with_its_token(self):
        token = self.add_token("browser", "--role", "operator")
        status, headers, _ = ask(self.server, "POST", "/v1/session", json.dumps({"token": token}), PASSED_ON)
        self.assertEqual(status, 200)
        for part in ("HttpOnly", "SameSite=Strict", "Path=/"):
            self.assertIn(part, headers["Set-Cookie"])
        cookie = dict(PASSED_ON, Cookie=headers["Set-Cookie"].partition(";")[0])
        session = json.loads(ask(self.server, "GET", "/v1/session", headers=cookie)[2])
        self.assertEqual((session["name"], session["role"], session["how"]), ("browser", "operator", "session"))
        stop = "/v1/runs/none/stop"
        self.assertEqual(ask(self.server, "POST", stop, "{}", cookie)[0], 403)
        self.assertEqual(ask(self.server, "POST", stop, "{}", dict(cookie, **{"X-Orch-CSRF": session["csrf"]}))[0], 404)
        self.assertEqual(self.server.run("token", "remove", "browser").returncode, 0)
        self.assertEqual(ask(self.server, "GET", "/v1/runs", headers=cookie)[0], 401)

    def test_a_session_is_closed(self):
        _, headers, _ = ask(self.server, "POST", "/v1/session", json.dumps({"token": self.tokens["viewer"]}), PASSED_ON)
        cookie = dict(PASSED_ON, Cookie="other=1; " + headers["Set-Cookie"].partition(";")[0])
        self.assertEqual(ask(self.server, "GET", "/v1/runs", headers=cookie)[0], 200)
        self.assertEqual(ask(self.server, "DELETE", "/v1/session", headers=cookie)[0], 200)
        self.assertEqual(ask(self.server, "GET", "/v1/runs", headers=cookie)[0], 401)

    def listen(self, headers):
        connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=60)
        self.addCleanup(connection.close)
        connection.request("GET", "/v1/events", headers=headers)
        response = connection.getresponse()
        self.assertEqual(response.status, 200)
        return response

    def test_streams_end_with_what_has_let_them_in(self):
        """With the next heartbeat; the stream of another one goes on."""
        removed = dict(PASSED_ON, Authorization="Bearer " + self.add_token("removed", "--role", "viewer"))
        _, headers, _ = ask(self.server, "POST", "/v1/session", json.dumps({"token": self.tokens["viewer"]}), PASSED_ON)
        cookie = dict(PASSED_ON, Cookie=headers["Set-Cookie"].partition(";")[0])
        streams = [self.listen(headers) for headers in (removed, cookie, self.headers("viewer"))]
        self.assertEqual(self.server.run("token", "remove", "removed").returncode, 0)
        self.assertEqual(ask(self.server, "DELETE", "/v1/session", headers=cookie)[0], 200)
        for stream in streams[:2]:
            stream.read()
        heard = b""
        while b"still here" not in heard:
            line = streams[2].readline()
            self.assertTrue(line, "it has ended, too")
            heard += line

    def test_tokens_are_not_guessed(self):
        statuses = [ask(self.server, "GET", "/v1/runs", headers={"Authorization": f"Bearer orch_{number:064}"})[0]
                    for number in range(12)]
        self.assertEqual(statuses, [401] * 10 + [429] * 2)
        self.assertEqual(ask(self.server, "GET", "/v1/runs", headers=self.headers("viewer"))[0], 200)

    def test_the_file_of_tokens_holds_none(self):
        path = pathlib.Path(str(self.server.store) + ".tokens")
        text = path.read_text()
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        for token in self.tokens.values():
            self.assertNotIn(token, text)
            self.assertNotIn(token.removeprefix("orch_"), text)
        listed = self.server.run("token", "list")
        self.assertIn("viewer", listed.stdout)

    def test_every_answer_has_the_headers_that_browsers_obey(self):
        for target in ("/v1/runs", "/v1/nothing", "/v1/session"):
            _, headers, _ = ask(self.server, "GET", target)
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual(headers["Cache-Control"], "no-store")
            self.assertIn("frame-ancestors 'none'", headers["Content-Security-Policy"])

    def raw(self, text):
        """Everything until the server ends the connection."""
        with socket.create_connection((self.server.host, self.server.port), timeout=60) as connection:
            connection.sendall(text.encode())
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        return answer.decode(errors="replace")

    def test_a_request_is_not_smuggled_within_another(self):
        hidden = "GET /v1/errors/ORCH-0203 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        head = f"POST /v1/session HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\n"
        for lines in ["Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 2\r\nContent-Length: 60\r\n",
                      "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                      "Content-Length : 2\r\n", "Content-Length: +2\r\n", "X: y\n Content-Length: 2\r\n"]:
            with self.subTest(lines=lines):
                answer = self.raw(head + lines + "Connection: close\r\n\r\n{}" + hidden)
                self.assertNotIn("no such run", answer)
                self.assertEqual(answer.count("HTTP/1.1 "), 1, answer)

    def test_who_did_what_is_in_the_audit_log(self):
        secret = json.loads(ask(self.server, "GET", "/v1/session")[2])["csrf"]
        ask(self.server, "POST", "/v1/runs/someone/stop", "{}", {"X-Orch-CSRF": secret})
        ask(self.server, "POST", "/v1/runs/someone/stop", "{}", self.headers("viewer"))
        ask(self.server, "POST", "/v1/runs/someone/stop", "{}", PASSED_ON)
        lines = json.loads(self.server.run("audit", "-o", "json").stdout)
        stops = [(line["role"], line["object"], line["outcome"]) for line in lines if line["action"] == "runs.stop"
                 and line["object"] == "someone"]
        self.assertEqual(stops, [("admin", "someone", "ORCH-0203"), ("viewer", "someone", "ORCH-0047"),
                                 ("none", "someone", "ORCH-0046")])
        self.assertTrue(all(line["from"] == "127.0.0.1" for line in lines if line["action"] == "runs.stop"))
        self.assertIn(("tokens.add", "viewer"), [(line["action"], line["object"]) for line in lines])
        self.assertEqual([line["number"] for line in lines], list(range(1, len(lines) + 1)))
        log = pathlib.Path(str(self.server.store) + ".audit")
        whole = log.read_text()
        for changed in (whole.replace("someone", "nobody", 1), "".join(whole.splitlines(True)[1:])):
            log.write_text(changed)
            done = self.server.run("audit")
            self.assertEqual(done.returncode, 1)
            self.assertIn("ORCH-0050", done.stderr)
        log.write_text(whole)
        self.assertEqual(self.server.run("audit").returncode, 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    ORCH = str(pathlib.Path(options.orch).resolve())
    unittest.main(argv=[sys.argv[0], *rest])

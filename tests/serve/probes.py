#!/usr/bin/env python3
"""What attackers try at `orch serve` that no other test does: other names for this machine, frames, paths that lead
elsewhere, header fields within values, markup in names, forms of other sites, clients that never end a request.

    probes.py --orch build/dev/orch"""
import argparse
import contextlib
import json
import pathlib
import socket
import sys
import time
import unittest
import urllib.parse

from rest import ask
from server import serving

ORCH = None
ROLE = "arn:aws:iam::123456789012:role/r"
MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
PATHS = ["/v1/runs", "/v1/session", "/v1/openapi.json", "/ui/", "/ui/runs", "/metrics", "/healthz", "/readyz", "/"]


class Probes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        context = serving(ORCH)
        cls.server = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)
        cls.secret = json.loads(ask(cls.server, "GET", "/v1/session")[2])["csrf"]

    def raw(self, data):
        """Everything until the server ends the connection."""
        with socket.create_connection((self.server.host, self.server.port), timeout=60) as connection:
            connection.sendall(data)
            answer = b""
            with contextlib.suppress(ConnectionError):
                while piece := connection.recv(65536):
                    answer += piece
        return answer

    def test_a_name_that_came_to_mean_this_machine(self):
        """DNS rebinding: the page's own host, which leads here by now."""
        for path in PATHS[:-1]:
            for host in ("evil.example", f"evil.example:{self.server.port}", "127.0.0.1.evil.example", "localhost.evil.example",
                         f"127.0.0.1:{self.server.port}@evil.example", "[::1", ""):
                with self.subTest(path=path, host=host):
                    status, headers, text = ask(self.server, "GET", path, headers={"Host": host, "X-Orch-CSRF": self.secret})
                    self.assertIn(status, (400, 421), text)
                    self.assertNotIn(self.secret, text)
                    self.assertNotIn("Set-Cookie", headers)

    def test_no_frame_shows_a_page_and_no_site_reads_an_answer(self):
        for path in PATHS[:5]:
            with self.subTest(path=path):
                _, headers, _ = ask(self.server, "GET", path)
                self.assertIn("frame-ancestors 'none'", headers["Content-Security-Policy"])
                self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
                self.assertFalse([name for name in headers if name.lower().startswith("access-control")])

    def test_forms_of_other_sites_change_nothing(self):
        """A form sends what a script may not: no JSON, but anything in a text; and no field of its own."""
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            for origin in (None, "null", "https://evil.example", f"http://127.0.0.1:{self.server.port + 1}"):
                with self.subTest(kind=kind, origin=origin):
                    headers = {"Content-Type": kind, **({"Origin": origin} if origin else {})}
                    self.assertEqual(ask(self.server, "POST", "/v1/holds", '{"server": true}', headers)[0], 403)
        self.assertEqual(json.loads(ask(self.server, "GET", "/v1/holds")[2])["items"], [])

    def test_paths_lead_nowhere_else(self):
        outside = self.server.folder / "outside.txt"
        outside.write_text("the secret of the folder")
        for prefix in ("/ui/", "/ui/0123456789abcdef/", "/v1/", "/v1/runs/", "/v1/errors/"):
            for way in ("../outside.txt", "..%2foutside.txt", "%2e%2e/outside.txt", "%2e%2e%2foutside.txt", "..\\outside.txt",
                        "..%5coutside.txt", "....//outside.txt", "..;/outside.txt", "%252e%252e/outside.txt", "../../../../../../etc/passwd",
                        "..%c0%afoutside.txt", "outside.txt%00.js", "/etc/passwd", "//etc/passwd", urllib.parse.quote(str(outside))):
                with self.subTest(prefix=prefix, way=way):
                    answer = self.raw(f"GET {prefix}{way} HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\nConnection: close\r\n\r\n".encode())
                    self.assertNotIn(b"the secret of the folder", answer)
                    self.assertNotIn(b"root:", answer)
                    self.assertNotIn(b" 500 ", answer.split(b"\r\n")[0])

    def test_values_are_no_header_fields(self):
        for target in ("/ui/%0d%0aX-Evil:%20yes", "/v1/runs/%0d%0aX-Evil:%20yes", "/v1/errors/x%0aX-Evil:yes", "/v1/runs?name=%0d%0aX-Evil:%20yes",
                       "/v1/session/login?to=/ui/%0d%0aX-Evil:%20yes", "/ui?%0d%0aX-Evil:%20yes"):
            with self.subTest(target=target):
                _, headers, _ = ask(self.server, "GET", target)
                self.assertNotIn("X-Evil", headers)
        for line in (b"X: a\rX-Evil: b", b"X: a\x00b", b"X\x00: a", b": a", b"X Y: a", b" X: a"):
            with self.subTest(line=line):
                answer = self.raw(b"GET /v1/runs HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s\r\nConnection: close\r\n\r\n" % (self.server.port, line))
                self.assertIn(answer[9:12], (b"400", b"421", b""))  # a folded Host is another one

    def test_two_hosts_are_none(self):
        for lines in (b"Host: 127.0.0.1:%d\r\nHost: evil.example" % self.server.port, b"Host: evil.example\r\nHost: 127.0.0.1:%d" % self.server.port):
            answer = self.raw(b"GET /v1/runs HTTP/1.1\r\n%s\r\nConnection: close\r\n\r\n" % lines)
            self.assertIn(answer[9:12], (b"400", b"421"), answer)

    def test_markup_in_names_is_never_a_page(self):
        definition = json.dumps({"StartAt": MARKUP[:80], "States": {MARKUP[:80]: {"Type": "Fail", "Error": MARKUP, "Cause": MARKUP}}})
        made = self.server.call("CreateStateMachine", name="markup", roleArn=ROLE, definition=definition)["stateMachineArn"]
        self.server.call("StartExecution", stateMachineArn=made, input=json.dumps({MARKUP: MARKUP}))
        quoted = urllib.parse.quote(MARKUP, safe="")
        for target in ("/v1/runs", f"/v1/runs?name={quoted}", f"/v1/runs/{quoted}", f"/v1/{quoted}", f"/v1/errors/{quoted}",
                       f"/v1/runs?cursor={quoted}", f"/v1/runs?{quoted}=1", "/v1/runs/@last", "/v1/runs/@last/events", f"/{quoted}"):
            with self.subTest(target=target):
                status, headers, _ = ask(self.server, "GET", target)
                self.assertNotEqual(status, 500)
                self.assertNotIn("html", headers.get("Content-Type", "").lower())
        page = ask(self.server, "GET", f"/ui/runs/{quoted}?x={quoted}")[2]
        self.assertNotIn("alert(1)", page)

    def test_clients_that_never_end_a_request(self):
        slow = []
        for _ in range(300):
            client = socket.create_connection((self.server.host, self.server.port), timeout=60)
            self.addCleanup(client.close)
            client.sendall(b"GET /v1/runs HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
            slow.append(client)
        for _ in range(20):
            for client in slow:
                with contextlib.suppress(OSError):
                    client.sendall(b"a")
            begun = time.monotonic()
            self.assertEqual(ask(self.server, "GET", "/v1/runs")[0], 200)
            self.assertLess(time.monotonic() - begun, 5)
        # A header without an end is not kept without one.
        endless = socket.create_connection((self.server.host, self.server.port), timeout=60)
        self.addCleanup(endless.close)
        with self.assertRaises(OSError):
            for _ in range(200):
                endless.sendall(b"GET / HTTP/1.1\r\nX: " + b"a" * 65536)
                if endless.recv(65536, socket.MSG_DONTWAIT) == b"":
                    raise ConnectionResetError

    def test_tokens_of_every_kind_are_counted(self):
        """Guesses of tokens are, by the header and by the form of the login page alike."""
        context = serving(ORCH)
        server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        statuses = []
        for number in range(14):
            token = f"orch_{number:064}"
            if number % 2:
                statuses.append(ask(server, "POST", "/v1/session", json.dumps({"token": token}))[0])
            else:
                statuses.append(ask(server, "GET", "/v1/runs", headers={"Authorization": "Bearer " + token})[0])
        self.assertEqual(statuses, [401] * 10 + [429] * 4)
        cookies = [ask(server, "GET", "/v1/runs", headers={"Cookie": f"orch_session={number:064}", "X-Forwarded-For": "192.0.2.7"})[0]
                   for number in range(3)]
        self.assertEqual(cookies, [401] * 3)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    ORCH = str(pathlib.Path(options.orch).resolve())
    unittest.main(argv=[sys.argv[0], *rest])

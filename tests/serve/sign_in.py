#!/usr/bin/env python3
"""Browsers sign in at an identity provider: the authorization code flow with PKCE against a provider on the
loopback interface that checks what it is sent, and what attackers try.

    sign_in.py --orch build/dev/orch"""
import argparse
import base64
import hashlib
import http.client
import json
import pathlib
import secrets
import shutil
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from identities import PASSED_ON, RsaKey, encoded
from rest import ask
from server import serving

ORCH = None
CLIENT, SECRET = "orch ui", "s3cret/+%"


class Provider(ThreadingHTTPServer):
    """Signs everybody in as `person`. A code is good once, for the client, the address and the verifier that it was
    asked for with."""

    def __init__(self, keys):
        super().__init__(("127.0.0.1", 0), Answering)
        self.keys, self.codes, self.exchanges = keys, {}, []
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.person = {"email": "ann@example.com", "groups": ["orch-day"]}
        self.change = lambda claims: claims  #: what a liar would do
        self.spoil = lambda token: token
        self.redirect = None  #: where clients may be sent back to
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def authorize(self, query):
        """The address that the browser is sent back to."""
        assert query["response_type"] == "code" and query["client_id"] == CLIENT, query
        assert query["code_challenge_method"] == "S256" and "openid" in query["scope"].split(), query
        assert query["redirect_uri"] == self.redirect, query
        code = secrets.token_urlsafe()
        self.codes[code] = query
        return query["redirect_uri"] + "?" + urllib.parse.urlencode(
            {"code": code, "state": query["state"], "iss": self.issuer, "session_state": "passed over"})

    def exchange(self, form, authorization):
        wanted = f"{urllib.parse.quote(CLIENT, safe='')}:{urllib.parse.quote(SECRET, safe='')}".encode()
        if authorization != "Basic " + base64.b64encode(wanted).decode():
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form["code"], None)
        challenge = encoded(hashlib.sha256(form["code_verifier"].encode()).digest())
        if not asked or challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = dict(self.person, iss=self.issuer, aud=CLIENT, iat=now, exp=now + 600, nonce=asked["nonce"])
        return 200, {"token_type": "Bearer", "access_token": "x", "id_token": self.spoil(self.keys[-1].token(self.change(claims)))}


class Answering(BaseHTTPRequestHandler):
    def do_GET(self):
        provider, target = self.server, urllib.parse.urlsplit(self.path)
        if target.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", provider.authorize(dict(urllib.parse.parse_qsl(target.query))))
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif target.path == "/keys":
            self.send(200, {"keys": [key.jwk for key in provider.keys]})
        else:
            self.send(200, {"issuer": provider.issuer, "jwks_uri": provider.issuer + "/keys",
                            "authorization_endpoint": provider.issuer + "/authorize", "token_endpoint": provider.issuer + "/token"})

    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.server.exchanges.append(form)
        self.send(*self.server.exchange(form, self.headers["Authorization"]))

    def send(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Browser:
    """Keeps cookies, and follows redirects one at a time."""

    def __init__(self, server, provider):
        self.server, self.provider, self.cookies, self.texts = server, provider, {}, []

    def get(self, target):
        """Status and Location of an address of the server."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        status, headers, _ = ask(self.server, "GET", target, headers=dict(PASSED_ON, Cookie=cookie))
        for text in headers.get_all("Set-Cookie") or []:
            self.texts.append(text)
            name, _, value = text.partition(";")[0].partition("=")
            if "Max-Age=0" in text:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return status, headers.get("Location")

    def begin(self, to="/ui/"):
        """The provider's address that the browser is sent to."""
        status, where = self.get("/v1/session/login?" + urllib.parse.urlencode({"to": to}))
        assert status == 303, (status, where)
        return where

    def at_provider(self, where):
        """Where the provider sends the browser back to, below the server."""
        parts = urllib.parse.urlsplit(where)
        connection = http.client.HTTPConnection(parts.netloc, timeout=60)
        connection.request("GET", parts.path + "?" + parts.query)
        answer = connection.getresponse()
        connection.close()
        back = urllib.parse.urlsplit(answer.getheader("Location"))
        return back.path + "?" + back.query

    def sign_in(self, to="/ui/"):
        return self.get(self.at_provider(self.begin(to)))

    def session(self):
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return json.loads(ask(self.server, "GET", "/v1/session", headers=dict(PASSED_ON, Cookie=cookie))[2])


class SignIn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="orch-sign-in-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.keys = [RsaKey(cls.folder, name) for name in ("one", "two")]

    def setUp(self):
        self.provider = Provider([self.keys[0]])
        self.addCleanup(self.provider.server_close)
        self.addCleanup(self.provider.shutdown)
        # The browser's address is another one than the server listens at, as behind a proxy.
        self.provider.redirect = "https://orch.example.com/v1/session/callback"
        grants = [{"claim": "groups", "value": "orch-*", "role": "operator"}]
        sign_in = {"client_id": CLIENT, "client_secret": {"env": "CLIENT_SECRET"}, "address": "https://orch.example.com/",
                   "label": "Bank ID", "scopes": ["openid", "groups"]}
        identities = {"oidc": {"issuer": self.provider.issuer, "audience": "orch", "name": "email", "grants": grants, "sign_in": sign_in}}
        context = serving(ORCH, "--identities", "identities.json", files={"identities.json": json.dumps(identities)},
                          environment={"CLIENT_SECRET": SECRET})
        self.server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        self.browser = Browser(self.server, self.provider)

    def failed(self, found, trouble):
        self.assertEqual(found, (303, "/ui/sign-in?trouble=" + trouble))
        self.assertNotIn("orch_session", self.browser.cookies)
        self.assertEqual(self.browser.session()["how"], "none")

    def lines(self):
        return [line for line in json.loads(self.server.run("audit", "-o", "json").stdout) if line["action"] == "session.callback"]

    def test_signs_in_and_keeps_the_link(self):
        self.assertEqual(self.browser.session()["sign_in"], {"label": "Bank ID", "address": "https://orch.example.com/v1/session/login"})
        page = "/ui/runs/abc/events?failures=true&text=%C3%A4"
        self.assertEqual(self.browser.sign_in(page), (303, page))
        session = self.browser.session()
        self.assertEqual((session["name"], session["role"], session["how"]), ("ann@example.com", "operator", "session"))
        begun, opened, over = self.browser.texts
        for text in (begun, opened, over):
            self.assertIn("; HttpOnly", text)
            self.assertIn("; Secure", text)  # the browser's address is https
        self.assertIn("SameSite=Lax", begun)
        self.assertIn("Path=/v1/session/", begun)
        self.assertIn("SameSite=Strict", opened)
        self.assertEqual(list(self.browser.cookies), ["orch_session"])
        self.assertEqual([(line["who"], line["role"], line["outcome"]) for line in self.lines()], [("ann@example.com", "operator", "done")])
        # What changes something takes the secret of the session.
        cookie = dict(PASSED_ON, Cookie="orch_session=" + self.browser.cookies["orch_session"])
        self.assertEqual(ask(self.server, "POST", "/v1/runs/none/stop", "{}", cookie)[0], 403)
        self.assertEqual(ask(self.server, "POST", "/v1/runs/none/stop", "{}", dict(cookie, **{"X-Orch-CSRF": session["csrf"]}))[0], 404)

    def test_the_session_ends_with_the_token(self):
        self.provider.change = lambda claims: dict(claims, exp=int(time.time()) - 58)  # of which the leeway is 60
        self.assertEqual(self.browser.sign_in()[0], 303)
        give_up = time.monotonic() + 30
        while self.browser.session()["how"] == "session":
            self.assertLess(time.monotonic(), give_up)
            time.sleep(0.1)

    def test_keys_that_change_are_fetched(self):
        self.assertEqual(self.browser.sign_in(), (303, "/ui/"))
        # The provider may be asked again ten seconds after the first time.
        time.sleep(10)
        self.provider.keys.append(self.keys[1])
        other = Browser(self.server, self.provider)
        self.assertEqual(other.sign_in(), (303, "/ui/"))
        self.assertEqual(other.session()["how"], "session")

    def test_leads_to_the_ui_alone(self):
        for to in ("https://evil.example.net/", "//evil.example.net", "/\\evil.example.net", "/v1/runs", "/ui/../v1/runs", "/ui/%2e%2e/v1",
                   "/ui//evil", "/ui/\\..\\v1", "/ui/x\ty", "/ui/x\r\nSet-Cookie: a=b", "javascript:alert(1)", "ui/", "/uix", "/ui/.", ""):
            with self.subTest(to=to):
                status, where = self.browser.get("/v1/session/login?" + urllib.parse.urlencode({"to": to}))
                if status == 303:
                    self.assertEqual(self.browser.get(self.browser.at_provider(where)), (303, "/ui/"))
                else:
                    self.assertEqual(status, 400)  # a control character

    def test_the_answer_to_another_sign_in_is_refused(self):
        back = self.browser.at_provider(self.browser.begin())
        query = dict(urllib.parse.parse_qsl(back.partition("?")[2]))
        for change in ({"state": "x" * 43}, {"state": ""}):
            with self.subTest(change=change):
                self.browser.begin()
                self.failed(self.browser.get("/v1/session/callback?" + urllib.parse.urlencode(dict(query, **change))), "expired")
        self.assertEqual(self.provider.exchanges, [])

    def test_nobody_is_signed_in_by_a_foreign_link(self):
        """An attacker begins, and makes somebody else's browser finish: it would act as the attacker's."""
        attacker = Browser(self.server, self.provider)
        back = attacker.at_provider(attacker.begin())
        self.failed(self.browser.get(back), "expired")
        self.browser.begin()
        self.failed(self.browser.get(back), "expired")
        self.browser.cookies["orch_sign_in"] = "e30." + "A" * 43
        self.failed(self.browser.get(back), "expired")
        self.assertEqual(self.provider.exchanges, [])

    def test_a_code_is_good_once(self):
        back = self.browser.at_provider(self.browser.begin())
        kept = dict(self.browser.cookies)
        self.assertEqual(self.browser.get(back), (303, "/ui/"))
        self.browser.cookies = kept
        self.failed(self.browser.get(back), "expired")
        # Neither is it with the verifier of another sign-in.
        stolen = dict(urllib.parse.parse_qsl(Browser(self.server, self.provider).begin().partition("?")[2]))
        code = dict(urllib.parse.parse_qsl(self.provider.authorize(stolen).partition("?")[2]))["code"]
        mine = dict(urllib.parse.parse_qsl(self.browser.begin().partition("?")[2]))
        query = urllib.parse.urlencode({"code": code, "state": mine["state"]})
        self.failed(self.browser.get("/v1/session/callback?" + query), "expired")

    def test_a_provider_that_does_not_count_codes_signs_in_once(self):
        back = self.browser.at_provider(self.browser.begin())
        kept, codes = dict(self.browser.cookies), dict(self.provider.codes)
        self.assertEqual(self.browser.get(back), (303, "/ui/"))
        self.browser.cookies, self.provider.codes = kept, codes
        self.failed(self.browser.get(back), "expired")

    def test_id_tokens_that_do_not_hold(self):
        unsigned = encoded(b'{"alg":"none"}')
        spoils = {"none": lambda token: f"{unsigned}.{token.split('.')[1]}.", "no signature": lambda token: token.rpartition(".")[0] + ".",
                  "other claims": lambda token: ".".join([token.split(".")[0], encoded(b"{}"), token.split(".")[2]])}
        changes = {"nonce": {"nonce": "other"}, "no nonce": {"nonce": None}, "audience": {"aud": "orch"}, "issuer": {"iss": "http://127.0.0.1:1"},
                   "client": {"aud": [CLIENT, "x"], "azp": "x"}, "time": {"exp": int(time.time()) - 600}, "name": {"email": None}}
        for name in [*spoils, *changes]:
            with self.subTest(name):
                self.provider.spoil = spoils.get(name, lambda token: token)
                self.provider.change = lambda claims, name=name: dict(claims, **changes.get(name, {}))
                self.failed(self.browser.sign_in(), "refused")
        self.assertEqual({line["outcome"] for line in self.lines()}, {"ORCH-0046"})

    def test_who_has_no_grant_is_told_so(self):
        self.provider.person = {"email": "eve@example.com", "groups": ["staff"]}
        self.failed(self.browser.sign_in("/ui/runs"), "no-grant")
        self.assertEqual([(line["who"], line["role"], line["outcome"]) for line in self.lines()], [("eve@example.com", "none", "ORCH-0047")])

    def test_a_provider_that_says_no_or_nothing(self):
        state = dict(urllib.parse.parse_qsl(self.browser.begin().partition("?")[2]))["state"]
        said = urllib.parse.urlencode({"error": "access_denied", "error_description": "<script>alert(1)</script>", "state": state})
        self.failed(self.browser.get("/v1/session/callback?" + said), "denied")
        back = self.browser.at_provider(self.browser.begin())
        self.provider.exchange = lambda *_: (500, {"error": "<b>Bearer secret</b>"})
        self.failed(self.browser.get(back), "provider")
        back = self.browser.at_provider(self.browser.begin())
        self.provider.exchange = lambda *_: (200, {"access_token": "x"})
        self.failed(self.browser.get(back), "provider")
        self.browser.begin()
        query = dict(urllib.parse.parse_qsl(back.partition("?")[2]))
        mine = dict(urllib.parse.parse_qsl(self.browser.begin().partition("?")[2]))
        other = urllib.parse.urlencode(dict(query, state=mine["state"], iss="https://evil.example.net"))
        self.failed(self.browser.get("/v1/session/callback?" + other), "refused")

    def test_no_secret_is_in_the_log(self):
        self.browser.sign_in()
        self.provider.exchange = lambda *_: (400, {"error": "invalid_client"})
        self.browser.sign_in()
        secrets_of = [SECRET, urllib.parse.quote(SECRET, safe=""), *[form[name] for form in self.provider.exchanges for name in ("code", "code_verifier")]]
        text = self.server.log_text() + pathlib.Path(str(self.server.store) + ".audit").read_text()
        self.assertIn("the token endpoint answers 400 invalid_client", text)
        for secret in secrets_of:
            self.assertNotIn(secret, text)

    def test_what_is_wrong_is_said_at_the_start(self):
        file = self.server.folder / "identities.json"
        right = json.loads(file.read_text())
        (self.server.folder / "open").write_text("x")
        (self.server.folder / "open").chmod(0o644)
        for change, message in [({"address": "http://orch.example.com"}, "https://HOST"), ({"address": "https://a.example/x"}, "https://HOST"),
                                ({"address": "https://a@b.example"}, "https://HOST"),
                                ({"client_secret": "plain"}, "client_secret"), ({"client_secret": {"env": "NOT_THERE"}}, "NOT_THERE"),
                                ({"client_secret": {"file": "open"}}, "open to other users"), ({"scopes": ["email"]}, "openid"),
                                ({"client_id": None}, "client_id")]:
            with self.subTest(change=change):
                document = json.loads(json.dumps(right))
                document["oidc"]["sign_in"].update(change)
                file.write_text(json.dumps(document))
                done = self.server.run("serve", "--listen", "127.0.0.1:0", "--identities", "identities.json")
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(message, done.stderr)
                self.assertIn("ORCH-0051", done.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    ORCH = str(pathlib.Path(options.orch).resolve())
    unittest.main(argv=[sys.argv[0], *rest])

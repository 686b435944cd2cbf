#!/usr/bin/env python3
"""Whom an identity provider vouches for and who shows a certificate may use `orch serve`: a provider on the
loopback interface that changes its keys, and clients with certificates. Keys are made and used by openssl.

    identities.py --orch build/dev/orch"""
import argparse
import base64
import contextlib
import http.client
import http.server
import json
import pathlib
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from server import ask, serving

ORCH = None
PASSED_ON = {"X-Forwarded-For": "192.0.2.7"}  # so that nobody is the owner of the server


def openssl(*arguments, text=b""):
    return subprocess.run(["openssl", *arguments], input=text, check=True, capture_output=True).stdout


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class RsaKey:
    def __init__(self, folder, name):
        self.name, self.file = name, pathlib.Path(folder) / f"{name}.pem"
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", str(self.file))
        modulus = openssl("rsa", "-in", str(self.file), "-noout", "-modulus").decode().strip().partition("=")[2]
        self.jwk = {"kid": name, "kty": "RSA", "use": "sig", "alg": "RS256", "n": encoded(bytes.fromhex(modulus)), "e": "AQAB"}

    def token(self, claims, **header):
        parts = [encoded(json.dumps(part).encode()) for part in (dict({"alg": "RS256", "kid": self.name}, **header), claims)]
        text = ".".join(parts)
        return text + "." + encoded(openssl("dgst", "-sha256", "-sign", str(self.file), text=text.encode()))


class IdentityProvider(http.server.ThreadingHTTPServer):
    """Answers with its discovery document and its key set; counts how often the keys are asked for."""

    def __init__(self, keys):
        super().__init__(("127.0.0.1", 0), Answering)
        self.keys, self.asked = keys, 0
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Answering(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        provider = self.server
        document = {"issuer": provider.issuer, "jwks_uri": provider.issuer + "/keys"}
        if self.path == "/keys":
            provider.asked += 1
            document = {"keys": [key.jwk for key in provider.keys]}
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Oidc(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="orch-oidc-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.key, cls.other = RsaKey(cls.folder, "one"), RsaKey(cls.folder, "two")
        cls.provider = IdentityProvider([cls.key])
        cls.addClassCleanup(cls.provider.server_close)
        cls.addClassCleanup(cls.provider.shutdown)
        grants = [{"claim": "groups", "value": "admins", "role": "admin"},
                  {"claim": "groups", "value": "orch-*", "role": "viewer", "pipelines": ["markets-*"]}]
        identities = {"oidc": {"issuer": cls.provider.issuer, "audience": "orch", "name": "email", "grants": grants}}
        context = serving(ORCH, "--identities", "identities.json", files={"identities.json": json.dumps(identities)})
        cls.server = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)

    def claims(self, *groups, **more):
        return dict({"iss": self.provider.issuer, "aud": ["orch"], "exp": int(time.time()) + 600, "email": "ann@example.com",
                     "groups": groups}, **more)

    def session(self, token):
        status, _, text = ask(self.server, "GET", "/v1/session", headers=dict(PASSED_ON, Authorization="Bearer " + token))
        return status, json.loads(text)

    def test_a_token_of_the_provider_is_one_of_the_server(self):
        status, session = self.session(self.key.token(self.claims("staff", "orch-night")))
        self.assertEqual((status, session["name"], session["role"], session["how"]), (200, "ann@example.com", "viewer", "oidc"))
        self.assertEqual(session["scope"], {"pipelines": ["markets-*"]})
        headers = dict(PASSED_ON, Authorization="Bearer " + self.key.token(self.claims("admins")))
        self.assertEqual(ask(self.server, "GET", "/v1/runs", headers=headers)[0], 200)
        self.assertEqual(ask(self.server, "POST", "/v1/runs/none/stop", "{}", headers)[0], 404)
        lines = json.loads(self.server.run("audit", "-o", "json").stdout)
        self.assertIn(("ann@example.com", "admin", "runs.stop"), [(line["who"], line["role"], line["action"]) for line in lines])

    def test_other_tokens_are_not(self):
        now = int(time.time())
        signed = self.key.token(self.claims("admins"))
        header, claims, signature = signed.split(".")
        unsigned = encoded(b'{"alg":"none"}') + "." + claims + "."
        for token in [self.key.token(self.claims("nobody")), self.key.token(self.claims("admins", aud="other")),
                      self.key.token(self.claims("admins", iss="http://127.0.0.1:1")),
                      self.key.token(self.claims("admins", exp=now - 3600)),
                      self.key.token(self.claims("admins", nbf=now + 3600)),
                      self.key.token(self.claims("admins"), alg="HS256"), unsigned, f"{header}.{claims}.AAAA",
                      f"{header}.{encoded(b'{}')}.{signature}"]:
            status, problem = self.session(token)
            self.assertIn(status, (401, 429), problem)  # 429: many wrong ones came
            self.assertNotIn(token, json.dumps(problem))
            self.assertNotIn("admins", json.dumps(problem))

    def test_a_browser_has_a_session_with_it(self):
        token = self.key.token(self.claims("admins", exp=int(time.time()) + 600))
        status, headers, _ = ask(self.server, "POST", "/v1/session", json.dumps({"token": token}), PASSED_ON)
        self.assertEqual(status, 200)
        cookie = dict(PASSED_ON, Cookie=headers["Set-Cookie"].partition(";")[0])
        session = json.loads(ask(self.server, "GET", "/v1/session", headers=cookie)[2])
        self.assertEqual((session["name"], session["role"], session["how"]), ("ann@example.com", "admin", "session"))
        self.assertEqual(ask(self.server, "POST", "/v1/runs/none/stop", "{}", cookie)[0], 403)
        self.assertEqual(ask(self.server, "POST", "/v1/runs/none/stop", "{}", dict(cookie, **{"X-Orch-CSRF": session["csrf"]}))[0], 404)
        self.assertEqual(ask(self.server, "DELETE", "/v1/session", headers=cookie)[0], 200)
        self.assertEqual(ask(self.server, "GET", "/v1/runs", headers=cookie)[0], 401)

    def test_keys_of_a_provider_that_is_down_stay(self):
        self.assertEqual(self.session(self.key.token(self.claims("admins")))[0], 200)
        asked = self.provider.asked
        for _ in range(5):
            self.assertIn(self.session(self.other.token(self.claims("admins")))[0], (401, 429))
        self.assertLessEqual(self.provider.asked - asked, 1)
        self.assertEqual(self.session(self.key.token(self.claims("admins")))[0], 200)


def make_authority(folder, name):
    folder = pathlib.Path(folder)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout",
            str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem"))


def make_certificate(folder, authority, name, subject, names):
    folder = pathlib.Path(folder)
    (folder / f"{name}.ext").write_text(f"subjectAltName={names}\n")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", subject, "-keyout", str(folder / f"{name}.key"), "-out",
            str(folder / f"{name}.csr"))
    openssl("x509", "-req", "-days", "2", "-in", str(folder / f"{name}.csr"), "-CA", str(folder / f"{authority}.pem"), "-CAkey",
            str(folder / f"{authority}.key"), "-CAcreateserial", "-extfile", str(folder / f"{name}.ext"), "-out",
            str(folder / f"{name}.pem"))
    (folder / f"{name}.key").chmod(0o600)


class Certificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        def prepare(folder):
            for authority in ("authority", "stranger"):
                make_authority(folder, authority)
            make_certificate(folder, "authority", "server", "/CN=localhost", "IP:127.0.0.1")
            make_certificate(folder, "authority", "loader", "/O=Bank/CN=loader", "DNS:loader.example.com")
            make_certificate(folder, "authority", "named", "/CN=any", "DNS:other.example.com,URI:spiffe://bank/viewer")
            make_certificate(folder, "authority", "unknown", "/CN=unknown", "DNS:unknown.example.com")
            make_certificate(folder, "stranger", "foreign", "/O=Bank/CN=loader", "DNS:loader.example.com")
        grants = [{"subject": "CN=loader,O=Bank", "role": "operator", "pipelines": ["markets-*"]},
                  {"name": "URI:spiffe://bank/viewer", "role": "viewer"}]
        context = serving(ORCH, "--certificate", "server.pem", "--private-key", "server.key", "--client-ca", "authority.pem",
                          "--identities", "identities.json", prepare=prepare,
                          files={"identities.json": json.dumps({"certificates": grants})})
        cls.server = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)

    def ask(self, certificate, method, target, headers=None):
        trust = ssl.create_default_context(cafile=str(self.server.folder / "authority.pem"))
        if certificate:
            trust.load_cert_chain(self.server.folder / f"{certificate}.pem", self.server.folder / f"{certificate}.key")
        connection = http.client.HTTPSConnection(self.server.host, self.server.port, timeout=60, context=trust)
        with contextlib.closing(connection):
            connection.request(method, target, "{}", dict(PASSED_ON, **(headers or {})))
            response = connection.getresponse()
            return response.status, json.loads(response.read())

    def test_a_certificate_is_an_identity(self):
        status, session = self.ask("loader", "GET", "/v1/session")
        self.assertEqual((status, session["name"], session["role"], session["how"]), (200, "CN=loader,O=Bank", "operator", "certificate"))
        self.assertEqual(session["scope"], {"pipelines": ["markets-*"]})
        self.assertEqual(self.ask("loader", "GET", "/v1/runs")[0], 200)
        # As a browser would, without being asked.
        self.assertEqual(self.ask("loader", "POST", "/v1/operations/pipelines.pause")[0], 403)
        secret = {"X-Orch-CSRF": session["csrf"]}
        self.assertRegex(self.ask("loader", "POST", "/v1/operations/pipelines.pause", secret)[1]["detail"], "limited to")
        self.assertEqual(self.ask("named", "GET", "/v1/session")[1]["role"], "viewer")
        self.assertNotEqual(self.ask("named", "GET", "/v1/session")[1]["csrf"], session["csrf"])

    def test_other_certificates_are_none(self):
        for certificate in (None, "unknown"):
            self.assertEqual(self.ask(certificate, "GET", "/v1/runs")[0], 401)
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            self.ask("foreign", "GET", "/v1/session")

    def test_what_is_wrong_is_said_at_the_start(self):
        for arguments, message in [(["--client-ca", "authority.pem"], "--certificate"),
                                   (["--identities", "identities.json"], "--client-ca"),
                                   (["--certificate", "server.pem", "--private-key", "server.key", "--client-ca", "server.key"],
                                    "ORCH-0015")]:
            with self.subTest(arguments=arguments):
                done = self.server.run("serve", "--listen", "127.0.0.1:0", *arguments)
                self.assertNotEqual(done.returncode, 0)
                self.assertTrue(re.search(message, done.stderr), done.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    ORCH = str(pathlib.Path(options.orch).resolve())
    unittest.main(argv=[sys.argv[0], *rest])

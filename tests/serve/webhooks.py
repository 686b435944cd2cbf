#!/usr/bin/env python3
"""Signed deliveries fire pipelines of a server, each once, also when the server is killed meanwhile.

    webhooks.py --orch build/dev/orch"""
import argparse
import base64
import hashlib
import hmac
import http.client
import json
import pathlib
import signal
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))

from run_store import RunStore  # noqa: E402
from server import ask, serving, until  # noqa: E402

ORCH = None
OLD, NEW, KEY = "the old secret of orders", "the new secret of orders", base64.b64encode(b"0123456789abcdef01234567").decode()
WEBHOOK = {"secret": ["${NEW}", "${OLD}"], "filter": "{% $trigger.body.action = 'released' %}", "max_bytes": 2000,
           "input": {"order": "{% $trigger.body.order %}", "event": "{% $trigger.headers.`x-event` %}",
                     "broken": "{% $trigger.body.number + 1 %}"}}
STANDARD = {"secret": "${KEY}", "signature": "standard"}
PROJECT = {
    "project.json": {"name": "hooks", "secrets": {"NEW": {"file": "new"}, "OLD": {"file": "old"}, "KEY": {"env": "HOOK_KEY"}}},
    "workflows/w.json": {"StartAt": "S", "States": {"S": {"Type": "Pass", "End": True}}},
    "pipelines/orders.json": {"workflow": "workflows/w.json", "overlap": "allow", "triggers": {
        "released": {"webhook": WEBHOOK},
        "few": {"webhook": {"secret": "${OLD}", "per_minute": 2}},
        "bodies": {"webhook": {"secret": "${OLD}", "delivery": ""}},
        "nightly": {"schedule": "0 0 1 1 *"}}},
    "pipelines/signed.json": {"workflow": "workflows/w.json", "overlap": "allow", "input": {"body": "{% $trigger.body %}"},
                              "triggers": {"hook": {"webhook": STANDARD}}}}


def write_project(folder):
    for name, document in PROJECT.items():
        file = pathlib.Path(folder) / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(document))
    for name, secret in [("new", NEW), ("old", OLD)]:
        (pathlib.Path(folder) / name).write_text(secret + "\n")


def github(body, secret=OLD, delivery=None, **headers):
    made = {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(), **headers}
    return dict(made, **{"X-GitHub-Delivery": delivery}) if delivery else made


def standard(body, delivery, at=None):
    at = str(int(time.time()) if at is None else at)
    text = f"{delivery}.{at}.".encode() + body
    mac = hmac.new(base64.b64decode(KEY), text, hashlib.sha256).digest()
    return {"webhook-id": delivery, "webhook-timestamp": at, "webhook-signature": "v1," + base64.b64encode(mac).decode()}


def released(order, **more):
    return json.dumps({"action": "released", "order": order, "number": 1, **more}).encode()


class Webhooks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        context = serving(ORCH, environment={"HOOK_KEY": "whsec_" + KEY}, prepare=write_project)
        cls.server = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)
        done = cls.server.run("deploy")
        assert done.returncode == 0, done.stderr

    def deliver(self, body, headers, target="orders/released"):
        """Status and document. It comes from elsewhere: nothing but the signature says from whom."""
        status, _, text = ask(self.server, "POST", "/v1/hooks/" + target, body, dict(headers, **{"X-Forwarded-For": "192.0.2.1"}))
        return status, json.loads(text)

    def refused(self, status, code, *delivery, **more):
        found, problem = self.deliver(*delivery, **more)
        self.assertEqual((found, problem["code"]), (status, code), problem)
        return problem

    def input_of(self, run):
        text = until(lambda: json.loads(ask(self.server, "GET", "/v1/runs/" + run)[2]))
        return text["input"]

    def fires(self, pipeline, key):
        items = json.loads(ask(self.server, "GET", f"/v1/pipelines/{pipeline}/fires")[2])["items"]
        return [fire for fire in items if fire["key"] == key]

    def test_a_delivery_fires_once_with_what_the_mapping_makes_of_it(self):
        body = released(7)
        status, fired = self.deliver(body, github(body, delivery="d-7", **{"X-Event": "push", "Authorization": "Basic eDp5"}))
        self.assertEqual((status, fired["outcome"], fired["key"]), (202, "started", "d-7"), fired)
        given = self.input_of(fired["run"])
        self.assertEqual((given["order"], given["event"], given["broken"]), (7, "push", 2))
        self.assertEqual((given["trigger"]["kind"], given["trigger"]["delivery"]), ("webhook", "d-7"))
        self.assertNotIn("body", given["trigger"])
        status, again = self.deliver(body, github(body, delivery="d-7"))
        self.assertEqual((status, again["run"], again["again"]), (202, fired["run"], True))
        self.assertEqual(len(self.fires("orders", "d-7")), 1)
        other = released(8)
        self.refused(409, "ORCH-0820", other, github(other, delivery="d-7"))

    def test_without_an_id_equal_bodies_are_one_delivery(self):
        body = released("same")
        first, second = (self.deliver(body, github(body)) for _ in range(2))
        self.assertEqual((first[0], second[1]["run"], second[1]["again"]), (202, first[1]["run"], True))

    def test_a_body_that_comes_again_under_another_id_fires_nothing_where_bodies_count(self):
        body = released("replayed")
        first, second = (self.deliver(body, github(body, delivery=each), target="orders/bodies") for each in ("one", "two"))
        self.assertEqual((first[0], second[1]["run"], second[1]["again"]), (202, first[1]["run"], True))
        self.assertRegex(first[1]["key"], "^sha256:[0-9a-f]{64}$")

    def test_both_secrets_are_right_while_they_are_changed(self):
        for secret, delivery in [(OLD, "by-old"), (NEW, "by-new")]:
            body = released(delivery)
            self.assertEqual(self.deliver(body, github(body, secret, delivery))[0], 202)
        old = self.server.folder / "old"
        try:
            old.write_text("another one\n")  # read each time: no deployment and no restart
            body = released("late")
            self.refused(401, "ORCH-0808", body, github(body, OLD, "late"))
            self.assertEqual(self.deliver(body, github(body, "another one", "late"))[0], 202)
        finally:
            old.write_text(OLD)

    def test_what_the_filter_leaves_out_is_recorded_with_the_reason(self):
        body = json.dumps({"action": "opened"}).encode()
        status, fired = self.deliver(body, github(body, delivery="opened"))
        self.assertEqual((status, fired["outcome"], fired["reason"]), (202, "skipped", "the filter gives false"))
        self.assertEqual(self.fires("orders", "opened")[0]["reason"], "the filter gives false")

    def test_what_the_mapping_cannot_be_made_of_is_recorded_and_decided_anew(self):
        body = released(9, number="nine")
        status, fired = self.deliver(body, github(body, delivery="nine"))
        self.assertEqual((status, fired["outcome"]), (202, "refused"), fired)
        self.assertIn("input at /broken", fired["reason"])
        mended = released(9)
        self.assertEqual(self.deliver(mended, github(mended, delivery="nine"))[1]["outcome"], "started")
        self.assertEqual(len(self.fires("orders", "nine")), 1)

    def test_who_has_no_secret_fires_nothing(self):
        body = released(1)
        self.refused(401, "ORCH-0808", body, {})
        self.refused(401, "ORCH-0808", released(2), github(body))
        self.refused(401, "ORCH-0808", body, github(body, "wrong", "wrong"))
        self.assertEqual(self.fires("orders", "wrong"), [])
        for target in ("orders/none", "none/released", "orders/nightly"):
            self.refused(404, "ORCH-0806", body, github(body), target=target)
        status, _, _ = ask(self.server, "POST", "/v1/hooks/orders/released", body, dict(github(body), Host="evil.example"))
        self.assertEqual(status, 421)
        self.assertEqual(ask(self.server, "GET", "/v1/hooks/orders/released")[0], 405)
        large = released("x" * 3000)
        self.refused(413, "ORCH-0807", large, github(large))

    def test_wrong_signatures_are_counted_and_do_not_hold_up_right_ones(self):
        body = released("counted")
        for _ in range(12):
            status, problem = self.deliver(body, github(body, "guess"))
        self.assertEqual((status, problem["code"]), (429, "ORCH-0809"))
        self.assertEqual(self.deliver(body, github(body))[0], 202)

    def test_a_paused_pipeline_keeps_deliveries_for_its_resume(self):
        self.assertEqual(self.server.run("pipeline", "pause", "orders", "--note", "stock-taking").returncode, 0)
        body = released("paused")
        try:
            status, fired = self.deliver(body, github(body, delivery="paused"))
        finally:
            self.assertEqual(self.server.run("pipeline", "resume", "orders").returncode, 0)
        self.assertEqual((status, fired["outcome"]), (202, "queued"), fired)
        self.assertIn("stock-taking", fired["reason"])
        until(lambda: self.fires("orders", "paused")[0]["outcome"] == "started")

    def test_a_run_is_asked_for_once_with_a_key(self):
        def run(body, **headers):
            status, _, text = ask(self.server, "POST", "/v1/pipelines/signed/runs", json.dumps(body), dict(headers, **self.secret()))
            return status, json.loads(text)
        given = {"input": {"n": 1}, "at": "2026-11-30T06:00:00Z"}
        status, first = run(given, **{"Idempotency-Key": "ticket 4711"})
        self.assertEqual((status, first["outcome"], first["key"], first["fire_time"]), (200, "started", "ticket 4711", given["at"]))
        self.assertEqual(self.input_of(first["run"])["n"], 1)
        status, again = run(given, **{"Idempotency-Key": "ticket 4711"})
        self.assertEqual((status, again["run"], again["again"]), (200, first["run"], True))
        status, problem = run({"input": {"n": 2}}, **{"Idempotency-Key": "ticket 4711"})
        self.assertEqual((status, problem["code"]), (409, "ORCH-0820"))
        self.assertNotEqual(run({})[1]["run"], run({})[1]["run"])
        self.assertEqual(run({"key": "x"})[0], 400)

    def secret(self):
        return {"X-Orch-CSRF": json.loads(ask(self.server, "GET", "/v1/session")[2])["csrf"]}

    def test_a_flood_is_held_back(self):
        found = [self.deliver(body, github(body), target="orders/few")[0] for body in (b"1", b"2", b"3", b"1")]
        self.assertEqual(found, [202, 202, 429, 202], "what is known costs nothing")
        _, headers, _ = ask(self.server, "POST", "/v1/hooks/orders/few", b"4", github(b"4"))
        self.assertEqual(headers["Retry-After"], "60")

    def test_a_signed_time_keeps_deliveries_from_being_played_back(self):
        body = b'{"n": 1}'
        status, fired = self.deliver(body, standard(body, "msg_1"), target="signed/hook")
        self.assertEqual((status, fired["outcome"], self.input_of(fired["run"])["body"]), (202, "started", {"n": 1}))
        for delivery, shift in [("msg_2", -600), ("msg_3", 600)]:
            self.refused(403, "ORCH-0813", body, standard(body, delivery, int(time.time()) + shift), target="signed/hook")
        self.refused(401, "ORCH-0808", body, dict(standard(body, "msg_4"), **{"webhook-id": "msg_5"}), target="signed/hook")

    def test_the_audit_log_and_no_text_has_a_secret(self):
        body = released("audited")
        self.deliver(body, github(body, delivery="audited"))
        self.deliver(body, {})
        lines = [json.loads(line) for line in (self.server.folder / "runs.db.audit").read_text().splitlines()]
        mine = [line for line in lines if line["action"] == "hooks.deliver" and line["object"] == "orders released"]
        self.assertIn(("webhook orders/released", "done"), [(line["who"], line["outcome"]) for line in mine])
        self.assertIn(("", "ORCH-0808"), [(line["who"], line["outcome"]) for line in mine])
        shown = self.server.run("pipeline", "show", "orders", "-o", "json").stdout + self.server.log_text() + json.dumps(lines)
        for secret in (OLD, NEW, KEY):
            self.assertNotIn(secret, shown)


class Crash(unittest.TestCase):
    def test_a_delivery_fires_once_when_the_server_dies(self):
        with serving(ORCH, environment={"HOOK_KEY": KEY}, prepare=write_project) as server:
            self.assertEqual(server.run("deploy").returncode, 0)
            server.end()
            for number, point in enumerate(("engine.fire", "webhook.answer", "engine.fire")):
                body = released(number)
                headers = github(body, delivery=f"crash-{number}")
                server.extra["ORCH_FAULT"] = f"{point}:1:kill"
                server.start()
                with self.assertRaises((http.client.HTTPException, OSError)):
                    ask(server, "POST", "/v1/hooks/orders/released", body, headers)
                self.assertEqual(server.process.wait(60), -signal.SIGKILL)
                server.forget()
                del server.extra["ORCH_FAULT"]
                server.start()
                status, _, text = ask(server, "POST", "/v1/hooks/orders/released", body, headers)
                fired = json.loads(text)
                self.assertEqual((status, fired["outcome"]), (202, "started"), text)
                self.assertEqual("again" in fired, point == "webhook.answer", point)
                store = RunStore(server.store)
                until(lambda: store.ask("SELECT count(*) FROM execution WHERE status = 'SUCCEEDED'")[0][0] == number + 1)
                self.assertEqual(store.ask("SELECT count(*) FROM execution")[0][0], number + 1)
                server.end()
            self.assertTrue(store.sound())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    ORCH = options.orch
    unittest.main(argv=[sys.argv[0], *rest])

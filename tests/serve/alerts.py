#!/usr/bin/env python3
"""Who is told of what by a running server, through channels that fail and past kill -9.

    alerts.py --orch build/dev/orch"""
import argparse
import email
import email.policy
import json
import pathlib
import sys
import unittest

from receiver import HttpReceiver, MailReceiver, until
from server import serving

ORCH = None
ROLE = "arn:aws:iam::123456789012:role/r"
MACHINE = json.dumps({"StartAt": "C", "States": {
    "C": {"Type": "Choice", "Choices": [{"Variable": "$.fail", "BooleanEquals": True, "Next": "F"}], "Default": "S"},
    "F": {"Type": "Fail", "Error": "Source.Gone", "Cause": "no table <loans>"}, "S": {"Type": "Succeed"}}})


class Alerts(unittest.TestCase):
    def setUp(self):
        self.hooks = HttpReceiver()
        self.addCleanup(self.hooks.close)

    def serve(self, channels, rules, environment=None, **more):
        document = {"server": "etl-1", "group": "1s", "channels": channels, "rules": rules, **more}
        context = serving(ORCH, "--alerts", "alerts.json", environment=environment,
                          files={"alerts.json": json.dumps(document)})
        self.server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        self.arn = self.server.call("CreateStateMachine", name="load", definition=MACHINE, roleArn=ROLE)["stateMachineArn"]

    def run_machine(self, fail):
        execution = self.server.call("StartExecution", stateMachineArn=self.arn,
                                     input=json.dumps({"fail": fail}))["executionArn"]
        until(lambda: self.server.call("DescribeExecution", executionArn=execution)["status"] != "RUNNING")

    def orch(self, *arguments):
        done = self.server.run(*arguments)
        return done.returncode, done.stdout, done.stderr

    def told(self, path="/ops"):
        return [(alert["status"], alert["subject"], alert["rule"], alert["text"])
                for body in self.hooks.bodies(path) for alert in body["alerts"]]

    def failed_rule(self, *channels):
        return {"workflow": "lo*", "on": "failed", "to": list(channels)}

    def test_are_told_and_are_over(self):
        self.serve({"ops": {"webhook": self.hooks.url + "/ops", "token": "${TOKEN}"},
                    "chat": {"webhook": self.hooks.url + "/chat", "format": "slack"}},
                   [self.failed_rule("ops", "chat")], environment={"TOKEN": "s3cret"})
        self.run_machine(fail=True)
        until(lambda: self.told() and self.hooks.bodies("/chat"))
        self.assertEqual(self.told(), [("firing", "workflow:load", "failed", "Source.Gone: no table <loans>")])
        self.assertIn("no table &lt;loans&gt;", self.hooks.bodies("/chat")[0]["text"])
        headers = next(headers for path, headers, _ in self.hooks.requests if path == "/ops")
        self.assertEqual(headers["Authorization"], "Bearer s3cret")
        code, out, _ = self.orch("alerts", "list", "-o", "json")
        open_alerts = json.loads(out)["open"]
        self.assertEqual((code, [each["subject"] for each in open_alerts]), (0, ["workflow:load"]))
        self.run_machine(fail=False)
        until(lambda: len(self.told()) == 2)
        self.assertEqual(self.told()[1][0], "recovered")
        self.assertEqual(json.loads(self.orch("alerts", "list", "-o", "json")[1])["open"], [])

    def test_are_silent_when_that_is_wanted(self):
        self.serve({"ops": {"webhook": self.hooks.url + "/ops"}}, [self.failed_rule("ops")])
        code, _, said = self.orch("alerts", "silence", "workflow:load", "--for", "1h", "--reason", "a migration")
        self.assertEqual(code, 0, said)
        self.run_machine(fail=True)
        silenced = until(lambda: json.loads(self.orch("alerts", "list", "-o", "json")[1])["open"])
        self.assertIn("silenced_until", silenced[0])
        self.assertEqual(self.told(), [])
        self.assertIn("a migration", self.orch("alerts", "list")[1])
        self.assertEqual(self.orch("alerts", "unsilence", "1")[0], 0)
        until(self.told)

    def test_go_by_mail_and_to_programs(self):
        mail = MailReceiver()
        self.addCleanup(mail.close)
        self.serve({"mail": {"smtp": mail.url, "from": "orch@example.org", "to": ["ops@example.org"], "encrypted": False},
                    "pager": {"program": ["sh", "-c", "cat > page.json; echo $ORCH_DELIVERY > page.id"]}},
                   [self.failed_rule("mail", "pager")])
        self.run_machine(fail=True)
        page = self.server.folder / "page.id"
        until(lambda: mail.mails and page.exists() and page.read_text())
        envelope, text = mail.mails[0]
        self.assertEqual([line.split(":")[1].split(" ")[0] for line in envelope], ["<orch@example.org>", "<ops@example.org>"])
        read = email.message_from_string(text, policy=email.policy.default)
        self.assertEqual(read["Subject"], "workflow:load: failed")
        self.assertIn("Source.Gone: no table <loans>", read.get_body().get_content())
        self.assertEqual(json.loads((self.server.folder / "page.json").read_text())["server"], "etl-1")

    def test_wait_for_a_channel_that_fails(self):
        self.hooks.status = 503
        self.serve({"ops": {"webhook": self.hooks.url + "/ops"}}, [self.failed_rule("ops")])
        self.run_machine(fail=True)
        until(self.told)
        self.run_machine(fail=False)  # goes on as ever
        deliveries = until(lambda: [each for each in json.loads(self.orch("alerts", "list", "-o", "json")[1])["deliveries"]
                                    if each.get("error")])
        self.assertIn("503", deliveries[0]["error"])
        self.assertNotIn("/ops", deliveries[0]["error"])
        self.hooks.status = 200
        until(lambda: all(each["outcome"] == "done" for each in
                          json.loads(self.orch("alerts", "list", "-o", "json")[1])["deliveries"]))
        ids = [headers["Idempotency-Key"] for _, headers, _ in self.hooks.requests]
        self.assertLess(len(set(ids)), len(ids))

    def test_are_not_lost_by_kill(self):
        # The first commit is that of the first evaluation, at the start.
        faults = ("alerts.before_commit:2", "alerts.after_commit:2", "alerts.sent:1")
        for fault in faults:
            with self.subTest(fault):
                self.hooks.requests.clear()
                self.serve({"ops": {"webhook": self.hooks.url + "/ops"}}, [self.failed_rule("ops")],
                           environment={"ORCH_FAULT": fault + ":kill"})
                try:
                    self.run_machine(fail=True)
                except (ConnectionError, OSError):
                    pass
                self.server.process.wait(60)
                self.server.forget()
                self.server.extra = {}
                self.server.start()
                until(self.told)
                until(lambda: (found := json.loads(self.orch("alerts", "list", "-o", "json")[1]))["deliveries"]
                      and all(each["outcome"] == "done" for each in found["deliveries"]))
                self.assertEqual({each[0] for each in self.told()}, {"firing"})
                ids = {headers["Idempotency-Key"] for _, headers, _ in self.hooks.requests}
                self.assertEqual(len(ids), 1)
                # Twice only where the answer was lost.
                self.assertEqual(len(self.hooks.requests), 2 if fault == "alerts.sent:1" else 1)

    def test_of_the_file_are_read_again(self):
        self.serve({"ops": {"webhook": self.hooks.url + "/ops"}}, [])
        code, _, said = self.orch("alerts", "test", "ops")
        self.assertEqual(code, 0, said)
        self.assertEqual(self.told()[0][:2], ("firing", "test"))
        path = pathlib.Path(self.server.folder) / "alerts.json"
        document = json.loads(path.read_text())
        document["rules"] = [{"workflow": "load", "on": "failed", "to": ["nobody"]}]
        path.write_text(json.dumps(document))
        until(lambda: "stays as it was" in self.server.log_text())
        document["rules"] = [self.failed_rule("ops")]
        path.write_text(json.dumps(document))
        until(lambda: "alerts_read" in self.server.log_text())
        self.run_machine(fail=True)
        until(lambda: len(self.told()) == 2)

    def test_say_that_all_is_well(self):
        self.serve({}, [], alive={"url": self.hooks.url + "/alive", "every": "1s"})
        until(lambda: len(self.hooks.bodies("/alive")) >= 2)

    def test_refuse_a_file_that_is_wrong(self):
        with self.assertRaises(RuntimeError) as raised:
            self.serve({"ops": {"webhook": "ftp://x"}}, [{"workflow": "a", "on": "disk", "to": ["ops"]}])
        for part in ("ORCH-0830", "http://", "is about the server"):
            self.assertIn(part, str(raised.exception))


def main():
    global ORCH
    parser = argparse.ArgumentParser()
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    ORCH = options.orch
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""`orch work` against an endpoint that a test plays: signatures and TLS, heartbeats, limits, trouble, the end."""
import argparse
import json
import pathlib
import shutil
import signal
import socket
import sys
import tempfile
import time
import unittest

import endpoint
import fleet

ORCH = ""
ARN = "arn:aws:states:eu-west-1:123456789012:activity:work"
TIMED_OUT = (400, {"__type": "TaskTimedOut", "message": "Task Timed Out"})


def sleeping(seconds):
    return {"argv": ["sleep", str(seconds)]}


class WorkTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="orch-work-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def endpoint(self, answer, **options):
        made = endpoint.Endpoint(answer, **options)
        self.addCleanup(made.end)
        return made

    def worker(self, url, resource, *arguments, environment=None, activity=ARN):
        made = fleet.Worker(ORCH, self.folder, "--endpoint", url, "--activity", f"{activity}={resource}",
                            "--concurrency", "1", "--heartbeat", "1", *arguments, environment=environment)
        self.addCleanup(made.end)
        return made

    def refused(self, code, pattern, *arguments, environment=None):
        made = fleet.Worker(ORCH, self.folder, *arguments, environment=environment)
        self.addCleanup(made.end)
        self.assertEqual(made.wait(), code, made.text())
        self.assertRegex(made.text(), pattern)


@unittest.skipUnless(shutil.which("openssl"), "no openssl to make a certificate with")
class Signatures(WorkTest):
    def setUp(self):
        super().setUp()
        self.answer = endpoint.OneTask({"n": 1})
        self.endpoint = self.endpoint(self.answer, folder=self.folder)
        self.keys = {"AWS_ACCESS_KEY_ID": endpoint.KEY_ID, "AWS_SECRET_ACCESS_KEY": endpoint.SECRET,
                     "AWS_SESSION_TOKEN": endpoint.SESSION}
        self.tls = {"SSL_CERT_FILE": self.endpoint.certificate}

    def does_the_task(self, environment):
        worker = self.worker(self.endpoint.url, "orch:noop", environment={**self.tls, **environment})
        told = self.endpoint.wait_for("SendTaskSuccess")[0]
        self.assertEqual((told["taskToken"], json.loads(told["output"])), ("the token", {"n": 1}))
        worker.signal()
        self.assertEqual(worker.wait(), 0, worker.text())
        self.assertEqual(self.endpoint.refused, [])

    def test_keys_of_the_environment_over_tls(self):
        self.does_the_task(self.keys)

    def test_keys_of_a_profile(self):
        credentials = self.folder / ".aws" / "credentials"
        credentials.parent.mkdir()
        text = (f"# keys\n[default]\naws_access_key_id = nobody\n[night]\naws_access_key_id = {endpoint.KEY_ID}\n"
                f"aws_secret_access_key={endpoint.SECRET}\n")
        (self.folder / ".aws" / "config").write_text("[profile night]\nregion = eu-west-1\n")
        credentials.write_text(text + f"aws_session_token = {endpoint.SESSION}\n")
        self.does_the_task({"AWS_PROFILE": "night"})

    def test_a_wrong_secret_ends_it(self):
        worker = self.worker(self.endpoint.url, "orch:noop",
                             environment={**self.tls, **self.keys, "AWS_SECRET_ACCESS_KEY": "other"})
        self.assertEqual(worker.wait(), 1)
        self.assertRegex(worker.text(), "InvalidSignatureException(.|\n)*clock(.|\n)*ORCH-0660")

    def test_a_certificate_of_nobody_is_no_endpoint(self):
        worker = self.worker(self.endpoint.url, "orch:noop", environment=self.keys)
        event = worker.wait_for("unreachable")
        self.assertIn("certificate", event["message"])
        self.assertIn("SSL_CERT_FILE", event["hint"])
        worker.signal()
        self.assertEqual(worker.wait(), 0)
        self.assertEqual(self.endpoint.calls, [])


class AtWork(WorkTest):
    def test_gives_signs_of_life(self):
        server = self.endpoint(endpoint.OneTask(sleeping(4)))
        self.worker(server.url, "orch:process")
        beats = server.wait_for("SendTaskHeartbeat", 2)
        self.assertEqual({beat["taskToken"] for beat in beats}, {"the token"})
        server.wait_for("SendTaskSuccess")

    def test_stops_when_the_endpoint_has_given_the_task_up(self):
        server = self.endpoint(endpoint.OneTask(sleeping(600), SendTaskHeartbeat=TIMED_OUT))
        worker = self.worker(server.url, "orch:process")
        event = worker.wait_for("lost")
        self.assertLess(event["duration_ms"], 60_000)
        worker.signal()
        self.assertEqual(worker.wait(), 0)
        self.assertEqual({name for name, _ in server.calls}, {"GetActivityTask", "SendTaskHeartbeat"})

    def test_a_result_that_comes_too_late_is_lost(self):
        server = self.endpoint(endpoint.OneTask({}, SendTaskSuccess=TIMED_OUT))
        self.assertIn("TaskTimedOut", self.worker(server.url, "orch:noop").wait_for("lost")["message"])

    def test_tells_the_error_and_the_cause_of_the_worker(self):
        server = self.endpoint(endpoint.OneTask({"argv": ["sh", "-c", "echo no luck >&2; exit 7"]}))
        self.worker(server.url, "orch:process")
        told = server.wait_for("SendTaskFailure")[0]
        self.assertEqual(told["error"], "Process.ExitCode.7")
        self.assertIn("no luck", json.loads(told["cause"])["stderr"])

    def test_a_result_that_is_too_large_is_a_failure(self):
        server = self.endpoint(endpoint.OneTask(["x" * 262_141]))
        self.worker(server.url, "orch:noop")
        told = server.wait_for("SendTaskFailure")[0]
        self.assertEqual(told["error"], "Result.TooLarge")
        self.assertRegex(json.loads(told["cause"])["message"], "262145 bytes, more than the 262144")

    def test_error_and_cause_fit(self):
        (self.folder / "bindings.json").write_text(json.dumps({"bindings": {
            ARN: {"mock": {"error": "E" * 300, "cause": "é" * 40_000}}}}))
        server = self.endpoint(endpoint.OneTask({}))
        self.worker(server.url, ARN, "--bindings", "bindings.json")
        told = server.wait_for("SendTaskFailure")[0]
        self.assertLessEqual(len(told["error"].encode()), 256)
        self.assertLessEqual(len(told["cause"].encode()), 32_768)
        self.assertTrue(told["cause"].endswith("é…"))

    def test_what_the_definition_tells_of_the_task(self):
        given = {"orch": {"run": "r-1", "name": "nightly", "state": "Load", "attempt": 2}, "argv":
                 ["sh", "-c", 'printf \'"%s %s %s"\' "$ORCH_RUN" "$ORCH_STATE" "$ORCH_DELIVERY"']}
        server = self.endpoint(endpoint.OneTask(given))
        worker = self.worker(server.url, "orch:process")
        event = worker.wait_for("succeeded")
        self.assertEqual((event["run"], event["name"], event["state"]), ("r-1", "nightly", "Load"))
        self.assertEqual(json.loads(server.wait_for("SendTaskSuccess")[0]["output"]),
                         f"r-1 Load r-1-{event['ticket']}-2")

    def test_refuses_what_is_no_identity(self):
        server = self.endpoint(endpoint.OneTask({"orch": {"run": 7, "nmae": "x"}}))
        self.worker(server.url, "orch:noop")
        told = server.wait_for("SendTaskFailure")[0]
        self.assertEqual(told["error"], "Input.Invalid")
        self.assertIn("/orch/run", told["cause"])


class Trouble(WorkTest):
    def test_a_busy_service_is_asked_again(self):
        failures = [(400, {"__type": "ThrottlingException", "message": "Rate exceeded"}), (503, {})]
        one = endpoint.OneTask({"n": 1})
        server = self.endpoint(lambda operation, request: failures.pop() if failures
                               else one(operation, request))
        worker = self.worker(server.url, "orch:noop")
        worker.wait_for("unreachable")
        worker.wait_for("reachable")
        worker.wait_for("succeeded")

    def test_a_result_is_told_once_the_endpoint_answers(self):
        failures = [(500, {})] * 2
        server = self.endpoint(endpoint.OneTask(
            {}, SendTaskSuccess=lambda _: failures.pop() if failures else (200, {})))
        self.worker(server.url, "orch:noop").wait_for("succeeded")
        self.assertEqual(len(server.wait_for("SendTaskSuccess", 3)), 3)

    def test_an_endpoint_that_is_down_is_waited_for(self):
        with socket.socket() as taken:  # bound, but not listening
            taken.bind(("127.0.0.1", 0))
            worker = self.worker(f"http://127.0.0.1:{taken.getsockname()[1]}", "orch:noop")
            worker.wait_for("unreachable")
            worker.signal()
            self.assertEqual(worker.wait(10), 0, worker.text())

    def test_what_no_repetition_mends_ends_it(self):
        for error, hint in (("ActivityDoesNotExist", "--create"), ("AccessDeniedException", "states:")):
            server = self.endpoint(lambda *_, error=error: (400, {"__type": error, "message": "no"}))
            worker = self.worker(server.url, "orch:noop")
            self.assertEqual(worker.wait(), 1)
            self.assertRegex(worker.text(), f"{error}(.|\n)*{hint}(.|\n)*ORCH-0660")

    def test_wrong_command_lines(self):
        self.refused(2, "--activity", "--endpoint", "http://127.0.0.1:1")
        self.refused(2, "--create", "--endpoint", "http://127.0.0.1:1", "--activity", "stage=orch:stage")
        self.refused(2, "expected a URL", "--endpoint", "localhost", "--activity", f"{ARN}=orch:noop")
        self.refused(2, "--concurrency", "--concurrency", "0", "--activity", f"{ARN}=orch:noop")
        self.refused(1, 'did you mean "orch:stage"', "--activity", f"{ARN}=orch:stag")
        self.refused(1, "ORCH-0661", "--activity", f"{ARN}=orch:noop",
                     environment={"AWS_EC2_METADATA_DISABLED": "true"})
        self.refused(1, "ORCH-0661", "--activity", f"{ARN}=orch:noop", environment={"AWS_ACCESS_KEY_ID": "x"})
        self.refused(1, "no such profile", "--activity", f"{ARN}=orch:noop", environment={"AWS_PROFILE": "x"})


class End(WorkTest):
    def started(self, seconds, *arguments):
        server = self.endpoint(endpoint.OneTask(sleeping(seconds)))
        worker = self.worker(server.url, "orch:process", *arguments)
        worker.wait_for("started")
        return server, worker

    def test_lets_a_task_finish(self):
        server, worker = self.started(3)
        polls = len([name for name, _ in server.calls if name == "GetActivityTask"])
        worker.signal(signal.SIGTERM)
        self.assertEqual(worker.wait(), 0, worker.text())
        names = [name for name, _ in server.calls]
        self.assertIn("SendTaskSuccess", names)
        self.assertEqual(names.count("GetActivityTask"), polls)
        self.assertEqual(worker.events[-1]["tasks"], {"succeeded": 1, "failed": 0, "lost": 0, "released": 0})

    def test_gives_back_what_takes_too_long(self):
        server, worker = self.started(600, "--drain", "1")
        worker.signal(signal.SIGINT)
        self.assertEqual(worker.wait(), 4, worker.text())
        self.assertEqual(server.wait_for("SendTaskFailure")[0]["error"], "Worker.Stopped")

    def test_a_second_signal_ends_it_at_once(self):
        server, worker = self.started(600)
        worker.signal()
        end = time.monotonic() + fleet.PATIENCE
        while "Ctrl-C again" not in worker.text() and time.monotonic() < end:
            time.sleep(0.02)
        worker.signal()
        self.assertEqual(worker.wait(10), 4)
        self.assertNotIn("SendTaskFailure", [name for name, _ in server.calls])


def main():
    global ORCH
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    ORCH = str(pathlib.Path(options.orch).resolve())
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()

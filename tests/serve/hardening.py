#!/usr/bin/env python3
"""What `orch serve` refuses, survives and finishes: addresses without keys, mistakes of clients, signals.

    hardening.py --orch build/dev/orch"""
import argparse
import contextlib
import http.client
import json
import os
import pathlib
import re
import resource
import select
import signal
import socket
import stat
import sys
import threading
import time
import unittest

from server import ApiError, serving

ORCH = None
ROLE = "arn:aws:iam::123456789012:role/r"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:slow"
# Says that it has begun, then takes the time that it is given.
SLOW = "echo begun >>times; sleep {seconds}; echo '\"done\"'"


def until(condition):
    """Asks again until it is so."""
    give_up = time.monotonic() + 30
    while not (found := condition()):
        if time.monotonic() > give_up:
            raise AssertionError("it never was so")
        time.sleep(0.02)
    return found


def machine(state):
    return json.dumps({"StartAt": "A", "States": {"A": dict(state, End=True)}})


class Stopping(unittest.TestCase):
    def serve(self, *arguments, seconds=2):
        bindings = {"bindings": {FUNCTION: {"process": {"argv": ["sh", "-c", SLOW.format(seconds=seconds)]}}}}
        context = serving(ORCH, "--bindings", "bindings.json", *arguments,
                          files={"bindings.json": json.dumps(bindings)})
        self.server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)

    def begin(self):
        """An execution whose task is at work."""
        made = self.server.call("CreateStateMachine", name="m", roleArn=ROLE,
                                definition=machine({"Type": "Task", "Resource": FUNCTION}))
        arn = self.server.call("StartExecution", stateMachineArn=made["stateMachineArn"])["executionArn"]
        until(lambda: self.begun() == 1)
        return arn

    def begun(self):
        times = self.server.folder / "times"
        return times.read_text().count("begun") if times.exists() else 0

    def describe(self, arn):
        return self.server.call("DescribeExecution", executionArn=arn)

    def test_tasks_at_work_are_drained(self):
        self.serve("--drain", "20")
        execution = self.begin()
        self.assertEqual(self.server.end(signal.SIGTERM), 0)
        self.server.start()
        row = until(lambda: (found := self.describe(execution))["status"] != "RUNNING" and found)
        self.assertEqual((row["status"], row["output"]), ("SUCCEEDED", '"done"'))
        self.assertEqual(self.begun(), 1)

    def test_tasks_that_take_longer_are_done_again_at_the_next_start(self):
        self.serve("--drain", "0", seconds=2)
        execution = self.begin()
        begun = time.monotonic()
        self.assertEqual(self.server.end(signal.SIGTERM), 0)
        self.assertLess(time.monotonic() - begun, 20)
        self.server.start()
        row = until(lambda: (found := self.describe(execution))["status"] != "RUNNING" and found)
        self.assertEqual((row["status"], row["output"]), ("SUCCEEDED", '"done"'))
        self.assertEqual(self.begun(), 2)

    def test_long_polls_are_answered(self):
        self.serve()
        arn = self.server.call("CreateActivity", name="work")["activityArn"]
        answers = []
        poll = threading.Thread(target=lambda: answers.append(self.server.call("GetActivityTask", activityArn=arn)))
        poll.start()
        time.sleep(0.2)
        self.assertEqual(self.server.end(signal.SIGTERM), 0)
        poll.join(30)
        self.assertEqual(answers, [{}])

    def test_a_synchronous_execution_goes_on_at_the_next_start(self):
        self.serve()
        made = self.server.call("CreateStateMachine", name="m", roleArn=ROLE, type="EXPRESS",
                                definition=machine({"Type": "Wait", "Seconds": 2}))
        refusals = []

        def ask():
            try:
                self.server.call("StartSyncExecution", stateMachineArn=made["stateMachineArn"], name="e")
            except ApiError as refused:
                refusals.append((refused.status, refused.type))

        client = threading.Thread(target=ask)
        client.start()
        until(self.runs)
        self.assertEqual(self.server.end(signal.SIGTERM), 0)
        client.join(30)
        self.assertEqual(refusals, [(503, "ServiceUnavailableException")])
        self.server.start()
        until(lambda: [row["status"] for row in self.runs()] == ["SUCCEEDED"])

    def runs(self):
        return json.loads(self.server.run("status", "-o", "json").stdout)

    def test_a_second_signal_does_not_wait(self):
        self.serve("--drain", "60", seconds=60)
        execution = self.begin()
        self.server.process.send_signal(signal.SIGINT)
        until(lambda: "stopping" in (self.server.folder / "serve.log").read_text())
        self.server.process.send_signal(signal.SIGINT)
        self.assertEqual(self.server.process.wait(30), 4)
        self.server.end()
        self.assertEqual([row["status"] for row in self.runs()], ["RUNNING"], execution)


class Exposure(unittest.TestCase):
    def refused(self, *arguments, files=None):
        with serving(ORCH, files=files) as server:
            server.end()
            ran = server.run("serve", *arguments)
            self.assertEqual(ran.stdout, "")
            self.assertNotEqual(ran.returncode, 0)
            return ran.stderr

    def test_other_machines_need_keys_and_tls(self):
        keys = {"keys.json": '{"id": "s3cr3t"}'}
        self.assertRegex(self.refused("--listen", "0.0.0.0:0"), "there are no keys(.|\n)*--keys")
        message = self.refused("--listen", "0.0.0.0:0", "--keys", "keys.json", files=keys)
        self.assertRegex(message, "there is no TLS(.|\n)*--certificate")
        self.assertNotIn("s3cr3t", message)

    def test_keys_that_others_may_read_are_refused(self):
        with serving(ORCH, files={"keys.json": '{"id": "s3cr3t"}'}) as server:
            server.end()
            keys = server.folder / "keys.json"
            for mode in (0o644, 0o640, 0o604, 0o620):
                keys.chmod(mode)
                ran = server.run("serve", "--listen", "127.0.0.1:0", "--keys", "keys.json")
                self.assertNotEqual(ran.returncode, 0)
                self.assertRegex(ran.stderr, f"keys.json is open to other users: its mode is {mode:04o}(.|\n)*"
                                             "chmod 600(.|\n)*ORCH-0017")
                self.assertNotIn("s3cr3t", ran.stderr)

    def test_broken_files_are_refused_without_their_secrets(self):
        for text in ('{"id": "s3cr3t"', '{"id": ["s3cr3t"]}', '["s3cr3t"]', '{"id": ""}', "{}"):
            message = self.refused("--listen", "127.0.0.1:0", "--keys", "keys.json", files={"keys.json": text})
            self.assertIn("keys.json", message)
            self.assertNotIn("s3cr3t", message)
        self.assertIn("--private-key", self.refused("--certificate", "cert.pem"))
        message = self.refused("--certificate", "cert.pem", "--private-key", "key.pem",
                               files={"cert.pem": "nonsense", "key.pem": "s3cr3t"})
        self.assertIn("cert.pem cannot be used as a certificate chain", message)
        self.assertNotIn("s3cr3t", message)


class Modes(unittest.TestCase):
    """Whatever the umask of the process that starts the server."""

    def test_of_what_the_server_makes(self):
        state = {"Type": "Task", "Resource": "orch:report", "Parameters": {"settings": {}, "done": [], "results": []}}
        with serving(ORCH, "--connections", "connections.json",
                     files={"connections.json": '{"version": 1, "connections": {}}'}) as server:
            server.end()
            server.store_name = "state/orch/orch.db"
            os.umask(0)
            try:
                server.start()
            finally:
                os.umask(0o022)
            made = server.call("CreateStateMachine", name="m", roleArn=ROLE, definition=machine(state))
            server.call("StartExecution", stateMachineArn=made["stateMachineArn"], name="e")
            until(lambda: (server.folder / "reports" / "e" / "report.json").exists())
            server.call("ListStateMachines")
            made = [path for folder in ("state", "reports") for path in (server.folder / folder).rglob("*")]
            modes = {path.name: path.lstat().st_mode for path in made}
            self.assertEqual({name: oct(stat.S_IMODE(mode)) for name, mode in modes.items()},
                             {name: "0o700" if stat.S_ISDIR(mode) else "0o600" for name, mode in modes.items()})
            self.assertLessEqual({"orch", "orch.db", "orch.db-wal", "orch.db-shm", "orch.db.sock", "orch.db.lock",
                                  "e", "report.json", "report.md"}, modes.keys())

    def test_an_open_store_is_closed(self):
        with serving(ORCH) as server:
            server.end()
            server.store.chmod(0o644)
            server.start()
            self.assertEqual(stat.S_IMODE(server.store.stat().st_mode), 0o600)
            self.assertIn("was open to other users (0644); now only its owner may use it", server.log_text())


# Calls beside clients that are up to something: far above what they take on a busy machine, far below what they
# took when one client could hold up the others.
SOON = 5


class Crowds(unittest.TestCase):
    def serve(self, *arguments, files=None):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard != resource.RLIM_INFINITY and hard < 8192:
            self.skipTest("too few descriptors")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 8192), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        context = serving(ORCH, *arguments, files=files)
        self.server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)

    def connect(self, count):
        clients = []
        for _ in range(count):
            client = socket.create_connection((self.server.host, self.server.port), timeout=60)
            self.addCleanup(client.close)
            clients.append(client)
        return clients

    def longest_call(self, busy=lambda: False, calls=20):
        """In seconds, of `calls` at least and for as long as it is `busy`."""
        longest = 0
        while calls > 0 or busy():
            begun = time.monotonic()
            self.server.call("ListActivities")
            longest = max(longest, time.monotonic() - begun)
            calls -= 1
        return longest

    def head(self, operation, length, more=""):
        return (f"POST / HTTP/1.1\r\nHost: {self.server.host}:{self.server.port}\r\n"
                f"X-Amz-Target: AWSStepFunctions.{operation}\r\nContent-Length: {length}\r\n{more}\r\n").encode()

    @staticmethod
    def answer(client):
        response = http.client.HTTPResponse(client)
        response.begin()
        return json.loads(response.read())

    def memory(self):
        """Resident, in MiB."""
        status = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) // 1024

    def test_long_polls_leave_the_others_their_turn_and_get_one_task_each(self):
        self.serve()
        activity = self.server.call("CreateActivity", name="work")["activityArn"]
        body = json.dumps({"activityArn": activity}).encode()
        polls = self.connect(1100)
        for poll in polls:
            poll.sendall(self.head("GetActivityTask", len(body)) + body)
        self.assertLess(self.longest_call(), SOON)
        made = self.server.call("CreateStateMachine", name="m", roleArn=ROLE,
                                definition=machine({"Type": "Task", "Resource": activity}))
        tasks = 50
        for number in range(tasks):
            self.server.call("StartExecution", stateMachineArn=made["stateMachineArn"], name=f"e{number}",
                             input=json.dumps(number))
        answers, waiting = [], polls
        give_up = time.monotonic() + 60
        while len(answers) < tasks and time.monotonic() < give_up:
            readable = ready(waiting)
            answers += [body for body in map(self.answer, readable) if body]
            waiting = [each for each in waiting if each not in readable]
        self.assertEqual(sorted(json.loads(each["input"]) for each in answers), list(range(tasks)))
        self.assertEqual(len({each["taskToken"] for each in answers}), tasks)

    def test_half_sent_bodies_hold_up_nobody(self):
        self.serve()
        part = b"x" * (256 << 10)
        clients = self.connect(3000)
        for client in clients:
            client.setblocking(False)
            with contextlib.suppress(OSError):
                client.send(self.head("StartExecution", 8 << 20) + part)
        self.assertLess(self.longest_call(), SOON)
        self.assertLess(self.memory(), 700)

    def test_a_large_body_of_a_stranger_is_not_read(self):
        self.serve("--keys", "keys.json", files={"keys.json": json.dumps({"AKID": "s3cr3t"})})
        now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())

        def signed(key="AKID", date=now):
            return (f"X-Amz-Date: {date}\r\nAuthorization: AWS4-HMAC-SHA256 "
                    f"Credential={key}/{date[:8]}/us-east-1/states/aws4_request, "
                    f"SignedHeaders=host;x-amz-date;x-amz-target, Signature={'0' * 64}\r\n")

        for more, refusal in (("", "MissingAuthenticationTokenException"),
                              (signed(key="OTHER"), "UnrecognizedClientException"),
                              (signed(date="20200101T000000Z"), "InvalidSignatureException")):
            client, = self.connect(1)
            client.sendall(self.head("StartExecution", 8 << 20, more))
            self.assertEqual(self.answer(client)["__type"], refusal)
        client, = self.connect(1)
        client.sendall(self.head("StartExecution", 100_000, signed()) + b" " * 100_000)
        self.assertIn("The request signature we calculated does not match", self.answer(client)["message"])

    def test_large_documents_are_read_one_after_the_other(self):
        self.serve()
        body = ("{" + ",".join(f'"{number:x}":1' for number in range(700_000)) + "}").encode()

        def send(client):
            with contextlib.suppress(OSError):  # the server ends before it has read all
                client.sendall(self.head("ListActivities", len(body)) + body)

        for client in self.connect(16):
            threading.Thread(target=send, args=(client,)).start()
        begun = time.monotonic()
        self.assertLess(self.longest_call(lambda: time.monotonic() - begun < 3), SOON)


def ready(sockets):
    """Those of them that can be read, within a moment."""
    poll = select.poll()
    by_number = {each.fileno(): each for each in sockets}
    for number in by_number:
        poll.register(number, select.POLLIN)
    return [by_number[number] for number, _ in poll.poll(100)]


class Requests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        context = serving(ORCH)
        cls.server = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)
        cls.connection = http.client.HTTPConnection(cls.server.host, cls.server.port, timeout=60)
        cls.addClassCleanup(cls.connection.close)

    def request(self, method, path, body=None, target=None):
        self.connection.request(method, path, body, {"X-Amz-Target": target} if target else {})
        response = self.connection.getresponse()
        return response.status, response.read()

    def test_health(self):
        self.assertEqual(self.request("GET", "/healthz"), (200, b'{"status":"ok"}'))
        self.assertEqual(self.request("HEAD", "/healthz"), (200, b""))
        status, body = self.request("GET", "/")
        self.assertEqual((status, json.loads(body)["__type"]), (400, "UnknownOperationException"))

    def test_a_mistake_of_a_client_is_never_a_fault_of_the_server(self):
        bodies = [b"", b"{", b"[]", b"null", b"1", b'"x"', b"{}", b"\xff\xfe", b'{"a":1e999}', b'{"a":"\xff"}',
                  b'{"a":"\\ud800"}', b"[" * 100_000, b'{"a":' * 10_000, b'{"a":1,"a":2}', b'{"\\u0000":1}']
        values = [None, True, -1, 1.5, 1e300, 2**63, 2**64, "", "x", "\0", "\ud800", "é" * 3000, [], {}, [[]],
                  [{}], [None], {"key": {}}, "arn:aws:states:us-east-1:123456789012:stateMachine:m",
                  "arn:aws:states:::activity:", "arn:aws:states:a:b:execution:m:e", "arn:aws:states:a:b:mapRun:m/x:y"]
        for operation, members in OPERATIONS.items():
            target = "AWSStepFunctions." + operation
            for body in bodies:
                status, answer = self.request("POST", "/", body, target)
                self.assertIn(status, (200, 400), (operation, body[:40], answer))
            for member in members:
                for value in values:
                    known = {name: ARNS.get(name, "{}") for name in members}
                    for rest in ({}, known):
                        body = json.dumps(dict(rest, **{member: value}))
                        status, answer = self.request("POST", "/", body, target)
                        self.assertIn(status, (200, 400), (operation, body[:200], answer))
                        if status == 400:
                            self.assertIn("__type", json.loads(answer))


ARNS = {name: f"arn:aws:states:us-east-1:123456789012:{kind}" for name, kind in {
    "stateMachineArn": "stateMachine:m", "executionArn": "execution:m:e", "activityArn": "activity:a",
    "stateMachineVersionArn": "stateMachine:m:1", "stateMachineAliasArn": "stateMachine:m:p",
    "mapRunArn": "mapRun:m/l:u", "resourceArn": "stateMachine:m"}.items()}

# The members of each request. GetActivityTask is asked for no activity there is: it would wait.
OPERATIONS = {name: members.split() for name, members in {
    "CreateActivity": "name tags encryptionConfiguration",
    "CreateStateMachine": "name definition roleArn type loggingConfiguration tags tracingConfiguration publish "
                          "versionDescription encryptionConfiguration",
    "CreateStateMachineAlias": "name routingConfiguration description",
    "DeleteActivity": "activityArn",
    "DeleteStateMachine": "stateMachineArn",
    "DeleteStateMachineAlias": "stateMachineAliasArn",
    "DeleteStateMachineVersion": "stateMachineVersionArn",
    "DescribeActivity": "activityArn",
    "DescribeExecution": "executionArn includedData",
    "DescribeMapRun": "mapRunArn",
    "DescribeStateMachine": "stateMachineArn includedData",
    "DescribeStateMachineAlias": "stateMachineAliasArn",
    "DescribeStateMachineForExecution": "executionArn includedData",
    "GetActivityTask": "activityArn workerName",
    "GetExecutionHistory": "executionArn maxResults reverseOrder nextToken includeExecutionData",
    "ListActivities": "maxResults nextToken",
    "ListExecutions": "stateMachineArn statusFilter maxResults nextToken mapRunArn redriveFilter",
    "ListMapRuns": "executionArn maxResults nextToken",
    "ListStateMachineAliases": "stateMachineArn nextToken maxResults",
    "ListStateMachineVersions": "stateMachineArn nextToken maxResults",
    "ListStateMachines": "maxResults nextToken",
    "ListTagsForResource": "resourceArn",
    "PublishStateMachineVersion": "stateMachineArn revisionId description",
    "RedriveExecution": "executionArn clientToken",
    "SendTaskFailure": "taskToken error cause",
    "SendTaskHeartbeat": "taskToken",
    "SendTaskSuccess": "taskToken output",
    "StartExecution": "stateMachineArn name input traceHeader",
    "StartSyncExecution": "stateMachineArn name input traceHeader includedData",
    "StopExecution": "executionArn error cause",
    "TagResource": "resourceArn tags",
    "TestState": "definition roleArn input inspectionLevel revealSecrets variables stateName mock context "
                 "stateConfiguration",
    "UntagResource": "resourceArn tagKeys",
    "UpdateMapRun": "mapRunArn maxConcurrency toleratedFailurePercentage toleratedFailureCount",
    "UpdateStateMachine": "stateMachineArn definition roleArn loggingConfiguration tracingConfiguration publish "
                          "versionDescription encryptionConfiguration",
    "UpdateStateMachineAlias": "stateMachineAliasArn description routingConfiguration",
    "ValidateStateMachineDefinition": "definition type severity maxResults"}.items()}


def main():
    global ORCH
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    ORCH = options.orch
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""The AWS command line against `orch serve`, and `orch` beside it on the same store.

    aws_cli.py --orch build/dev/orch"""
import json
import os
import subprocess
import threading
import unittest

from common import KEY, PASS, ROLE, SECRET, WAIT, main, skip, start_server, task, until

AWS = "/usr/bin/aws"
if not os.path.exists(AWS):
    skip(f"there is no {AWS}; install awscli")


class AwsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        context = start_server()
        cls.server = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)

    def command(self, *arguments, environment=None):
        variables = {"PATH": os.environ["PATH"], "HOME": str(self.server.folder), "AWS_ACCESS_KEY_ID": KEY,
                     "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": "us-east-1", "AWS_PAGER": "",
                     "AWS_DEFAULT_OUTPUT": "json", "AWS_EC2_METADATA_DISABLED": "true"}
        return subprocess.run([AWS, "stepfunctions", *arguments, "--endpoint-url", self.server.url],
                              capture_output=True, text=True, env=dict(variables, **(environment or {})), timeout=120)

    def aws(self, *arguments, **more):
        ran = self.command(*arguments, **more)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return json.loads(ran.stdout) if ran.stdout else None

    def refusal(self, *arguments):
        ran = self.command(*arguments)
        self.assertEqual(ran.returncode, 254, ran.stdout)
        return ran.stderr.strip()

    # What is not to be shown goes without the command line, which takes a second to start.

    def machine(self, name, definition=PASS, **more):
        return self.server.call("CreateStateMachine", name=name, definition=definition, roleArn=ROLE,
                                **more)["stateMachineArn"]

    def await_end(self, execution):
        until(lambda: self.server.call("DescribeExecution", executionArn=execution)["status"] != "RUNNING")

    def ended(self, execution):
        self.await_end(execution)
        return self.aws("describe-execution", "--execution-arn", execution)


class Workflows(AwsTest):
    def test_one_store_with_orch(self):
        machine = self.aws("create-state-machine", "--name", "nightly", "--definition", PASS, "--role-arn",
                           ROLE)["stateMachineArn"]
        execution = self.aws("start-execution", "--state-machine-arn", machine, "--name", "by-aws", "--input",
                             '{"a": 1}')["executionArn"]
        self.assertEqual(json.loads(self.ended(execution)["output"]), {"a": 1})
        ran = self.server.run("status", "by-aws", "-o", "json")
        self.assertEqual(json.loads(ran.stdout)["status"], "SUCCEEDED", ran.stderr)
        (self.server.folder / "nightly.json").write_text(PASS)
        ran = self.server.run("submit", "nightly.json", "--name", "by-orch", "--input", '{"b":2}')
        self.assertEqual(ran.returncode, 0, ran.stderr)
        listed = self.aws("list-executions", "--state-machine-arn", machine, "--page-size", "1")["executions"]
        self.assertEqual([(each["name"], each["status"]) for each in listed],
                         [("by-orch", "SUCCEEDED"), ("by-aws", "SUCCEEDED")])

    def test_pages_through_a_history(self):
        execution = self.server.call("StartExecution", stateMachineArn=self.machine("paged"))["executionArn"]
        self.await_end(execution)
        read = ("get-execution-history", "--execution-arn", execution)
        whole = self.aws(*read, "--page-size", "1")["events"]
        self.assertEqual([event["id"] for event in whole], [1, 2, 3, 4])
        first = self.aws(*read, "--max-results", "3", "--reverse-order")
        rest = self.aws(*read, "--reverse-order", "--next-token", first["nextToken"])
        self.assertEqual([event["id"] for event in first["events"] + rest["events"]], [4, 3, 2, 1])

    def test_stops(self):
        execution = self.server.call("StartExecution", stateMachineArn=self.machine("long", WAIT))["executionArn"]
        self.aws("stop-execution", "--execution-arn", execution, "--error", "Enough")
        self.assertEqual((row := self.ended(execution))["status"], "ABORTED")
        self.assertEqual(row["error"], "Enough")

    def test_errors_read_as_those_of_the_service(self):
        arn = "arn:aws:states:us-east-1:123456789012:stateMachine:none"
        self.assertEqual(self.refusal("describe-state-machine", "--state-machine-arn", arn),
                         "An error occurred (StateMachineDoesNotExist) when calling the DescribeStateMachine operation: "
                         f"State Machine Does Not Exist: '{arn}'")

    def test_an_express_machine_through_the_prefixed_host(self):
        """StartSyncExecution goes to sync-127.0.0.1, which no resolver knows: as a proxy the server gets it all
        the same, as a whole URL."""
        row = self.aws("start-sync-execution", "--state-machine-arn", self.machine("quick", type="EXPRESS"),
                       "--input", '{"a": 1}', environment={"HTTP_PROXY": self.server.url})
        self.assertEqual((row["status"], json.loads(row["output"])), ("SUCCEEDED", {"a": 1}))


class Signatures(AwsTest):
    @classmethod
    def setUpClass(cls):
        context = start_server("--keys", "keys.json")
        cls.server = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)

    def test_only_the_right_secret_opens(self):
        self.assertEqual(self.aws("list-activities"), {"activities": []})
        refused = self.command("list-activities", environment={"AWS_SECRET_ACCESS_KEY": "wrong"})
        self.assertIn("(InvalidSignatureException)", refused.stderr)
        # The signature is of the host that the client meant, not of the proxy.
        missing = "arn:aws:states:us-east-1:123456789012:stateMachine:none"
        refused = self.command("start-sync-execution", "--state-machine-arn", missing,
                               environment={"HTTP_PROXY": self.server.url})
        self.assertIn("(StateMachineDoesNotExist)", refused.stderr)


class Tasks(AwsTest):
    def test_a_worker_in_the_shell(self):
        arn = self.aws("create-activity", "--name", "work", "--tags", "key=team,value=data")["activityArn"]
        self.assertEqual(self.aws("list-tags-for-resource", "--resource-arn", arn)["tags"],
                         [{"key": "team", "value": "data"}])
        machine = self.machine("worked", task(arn, HeartbeatSeconds=60))
        taken = []
        poll = threading.Thread(target=lambda: taken.append(self.aws(
            "get-activity-task", "--activity-arn", arn, "--worker-name", "w", "--cli-read-timeout", "70")))
        poll.start()
        execution = self.server.call("StartExecution", stateMachineArn=machine, input="[7]")["executionArn"]
        poll.join(60)
        self.assertEqual(json.loads(taken[0]["input"]), [7])
        self.aws("send-task-heartbeat", "--task-token", taken[0]["taskToken"])
        self.aws("send-task-success", "--task-token", taken[0]["taskToken"], "--task-output", '"done"')
        self.assertEqual(json.loads(self.ended(execution)["output"]), "done")
        self.assertIn("(TaskTimedOut)", self.refusal("send-task-failure", "--task-token", taken[0]["taskToken"]))


if __name__ == "__main__":
    main(__doc__)

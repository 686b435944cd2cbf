#!/usr/bin/python3
"""boto3 against `orch serve`.

    boto.py --orch build/dev/orch"""
import json
import subprocess
import threading
import unittest

from common import (CALLBACK, KEY, PASS, ROLE, SECRET, WAIT, distributed_map, main, skip, start_server, task, until)

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError, SSLError
except ImportError as missing:
    skip(f"{missing}; install python3-boto3")


def client_of(url, secret=SECRET, key=KEY, **more):
    config = Config(inject_host_prefix=False, retries={"max_attempts": 1}, read_timeout=70, proxies={})
    session = boto3.session.Session()
    return session.client("stepfunctions", endpoint_url=url, region_name="eu-central-1", aws_access_key_id=key,
                          aws_secret_access_key=secret, config=config, **more)


class BotoTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        context = start_server("--bindings", "bindings.json")
        cls.server = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)
        cls.sfn = client_of(cls.server.url)

    def machine(self, definition=PASS, **more):
        name = self.id().rsplit(".", 1)[-1][:70]
        return self.sfn.create_state_machine(name=name, definition=definition, roleArn=ROLE, **more)["stateMachineArn"]

    def start(self, machine, given=None, **more):
        return self.sfn.start_execution(stateMachineArn=machine, input=json.dumps(given), **more)["executionArn"]

    def ended(self, execution):
        return until(lambda: (row := self.sfn.describe_execution(executionArn=execution))["status"] != "RUNNING" and row)

    def activity(self):
        return self.sfn.create_activity(name=self.id().rsplit(".", 1)[-1][:70])["activityArn"]


class Machines(BotoTest):
    def test_a_machine_from_its_creation_to_its_end(self):
        arn = self.machine()
        self.assertIn(":eu-central-1:123456789012:stateMachine:", arn)
        self.assertEqual(self.machine(), arn)
        described = self.sfn.describe_state_machine(stateMachineArn=arn)
        self.assertEqual((described["definition"], described["roleArn"], described["type"]), (PASS, ROLE, "STANDARD"))
        with self.assertRaises(self.sfn.exceptions.StateMachineAlreadyExists):
            self.machine(WAIT)
        self.sfn.update_state_machine(stateMachineArn=arn, definition=WAIT)
        self.assertEqual(self.sfn.describe_state_machine(stateMachineArn=arn)["definition"], WAIT)
        self.sfn.delete_state_machine(stateMachineArn=arn)
        with self.assertRaises(self.sfn.exceptions.StateMachineDoesNotExist) as raised:
            self.sfn.describe_state_machine(stateMachineArn=arn)
        self.assertEqual(raised.exception.response["Error"]["Message"], f"State Machine Does Not Exist: '{arn}'")
        self.assertEqual(raised.exception.response["ResponseMetadata"]["HTTPStatusCode"], 400)

    def test_errors_are_the_clients_types(self):
        sfn = self.sfn
        refusals = [
            (sfn.exceptions.InvalidArn, lambda: sfn.describe_execution(executionArn="nonsense")),
            (sfn.exceptions.InvalidName, lambda: sfn.create_activity(name="a b")),
            (sfn.exceptions.InvalidDefinition, lambda: self.machine("{}")),
            (sfn.exceptions.InvalidToken, lambda: sfn.list_activities(nextToken="x")),
            (sfn.exceptions.InvalidExecutionInput,
             lambda: sfn.start_execution(stateMachineArn=self.machine(), input="{")),
            (sfn.exceptions.InvalidOutput, lambda: sfn.send_task_success(taskToken="x", output="{")),
            (sfn.exceptions.MissingRequiredParameter, lambda: sfn.update_state_machine(stateMachineArn=self.machine())),
            (sfn.exceptions.ResourceNotFound,
             lambda: sfn.list_tags_for_resource(resourceArn=self.machine() + "x")),
        ]
        for error, call in refusals:
            with self.subTest(error.__name__), self.assertRaises(error):
                call()
        with self.assertRaises(ClientError) as raised:
            sfn.list_activities(maxResults=1001)
        self.assertEqual(raised.exception.response["Error"], {
            "Code": "ValidationException",
            "Message": "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: "
                       "Member must have value less than or equal to 1000"})

    def test_what_a_client_may_not_reach(self):
        program, arn = task("orch:process"), self.machine()
        for call in (lambda: self.machine(program),
                     lambda: self.sfn.update_state_machine(stateMachineArn=arn, definition=program)):
            with self.assertRaises(self.sfn.exceptions.InvalidDefinition) as raised:
                call()
            self.assertRegex(str(raised.exception), "ACCESS_DENIED: .*--allow process at /States/A/Resource")

    def test_tags(self):
        arn = self.machine(tags=[{"key": "team", "value": "data"}])
        self.sfn.tag_resource(resourceArn=arn, tags=[{"key": "cost", "value": "7"}])
        self.sfn.untag_resource(resourceArn=arn, tagKeys=["team"])
        self.assertEqual(self.sfn.list_tags_for_resource(resourceArn=arn)["tags"], [{"key": "cost", "value": "7"}])


class Executions(BotoTest):
    def test_starts_polls_and_pages(self):
        arn = self.machine()
        started = [self.start(arn, {"n": n}, name=f"e{n}") for n in range(5)]
        row = self.ended(started[0])
        self.assertEqual((row["status"], json.loads(row["output"])), ("SUCCEEDED", {"n": 0}))
        self.assertLessEqual(row["startDate"], row["stopDate"])
        for execution in started:
            self.ended(execution)
        pages = list(self.sfn.get_paginator("list_executions").paginate(
            stateMachineArn=arn, statusFilter="SUCCEEDED", PaginationConfig={"PageSize": 2}))
        self.assertEqual([len(page["executions"]) for page in pages], [2, 2, 1])
        listed = [each["name"] for page in pages for each in page["executions"]]
        self.assertEqual(listed, ["e4", "e3", "e2", "e1", "e0"])
        events = self.sfn.get_paginator("get_execution_history").paginate(
            executionArn=started[0], PaginationConfig={"PageSize": 1}).build_full_result()["events"]
        self.assertEqual([event["type"] for event in events],
                         ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"])
        with self.assertRaises(self.sfn.exceptions.ExecutionAlreadyExists):
            self.start(arn, {"n": 9}, name="e0")

    def test_stops(self):
        execution = self.start(self.machine(WAIT))
        stopped = self.sfn.stop_execution(executionArn=execution, error="Enough", cause="test")["stopDate"]
        row = self.sfn.describe_execution(executionArn=execution)
        self.assertEqual((row["status"], row["error"], row["cause"], row["stopDate"]),
                         ("ABORTED", "Enough", "test", stopped))

    def test_an_express_machine_answers_with_its_result(self):
        row = self.sfn.start_sync_execution(stateMachineArn=self.machine(type="EXPRESS"), input='{"a": 1}')
        self.assertEqual((row["status"], json.loads(row["output"])), ("SUCCEEDED", {"a": 1}))
        self.assertGreater(row["billingDetails"]["billedDurationInMilliseconds"], 0)
        with self.assertRaises(self.sfn.exceptions.StateMachineTypeNotSupported):
            self.sfn.list_executions(stateMachineArn=row["stateMachineArn"])

    def test_map_runs(self):
        execution = self.start(self.machine(distributed_map({"Type": "Wait", "Seconds": 600})), [1, 2, 3])
        run = until(lambda: self.sfn.list_map_runs(executionArn=execution)["mapRuns"])[0]["mapRunArn"]
        self.sfn.update_map_run(mapRunArn=run, maxConcurrency=2, toleratedFailurePercentage=12.5)
        described = self.sfn.describe_map_run(mapRunArn=run)
        self.assertEqual((described["status"], described["maxConcurrency"], described["toleratedFailurePercentage"],
                          described["itemCounts"]["total"]), ("RUNNING", 2, 12.5, 3))
        children = until(lambda: len(found := self.sfn.list_executions(mapRunArn=run)["executions"]) == 2 and found)
        self.assertEqual(children[0]["mapRunArn"], run)
        self.sfn.stop_execution(executionArn=execution)
        self.assertEqual(self.sfn.describe_map_run(mapRunArn=run)["status"], "ABORTED")


PROJECT = {
    "project.json": {"name": "clients"},
    "workflows/wait.json": json.loads(WAIT),
    "pipelines/nightly.json": {"workflow": "workflows/wait.json"},
    "pipelines/latest.json": {"workflow": "workflows/wait.json", "overlap": "cancel_running"},
    "workflows/again.json": {"StartAt": "Go", "States": {"Go": {
        "Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "End": True, "Parameters": {
            "StateMachineArn": "arn:aws:states:eu-central-1:123456789012:stateMachine:itself:live", "Name": "inner"}}}},
    "pipelines/tasks.json": {"workflow": "workflows/wait.json"},
    "pipelines/newest.json": {"workflow": "workflows/wait.json", "overlap": "cancel_running"},
    "pipelines/itself.json": {"workflow": "workflows/again.json", "overlap": "cancel_running"},
    "pipelines/beside.json": {"workflow": "workflows/wait.json", "overlap": "allow"}}


class Pipelines(BotoTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, document in PROJECT.items():
            file = cls.server.folder / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(json.dumps(document))
        done = cls.server.run("deploy")
        assert done.returncode == 0, done.stderr

    def alias(self, pipeline):
        return f"arn:aws:states:eu-central-1:123456789012:stateMachine:{pipeline}:live"

    def fires(self, pipeline):
        done = self.server.run("pipeline", "fires", pipeline, "-o", "jsonl")
        found = [json.loads(line) for line in done.stdout.splitlines()]
        return {fire["key"]: (fire["trigger"], fire["outcome"], fire.get("reason", "")) for fire in found}

    def test_a_client_starts_a_pipeline_by_its_alias_as_its_overlap_allows(self):
        first = self.start(self.alias("nightly"), {"n": 1}, name="first")
        self.assertEqual(self.start(self.alias("nightly"), {"n": 1}, name="first"), first, "it is the same")
        with self.assertRaises(self.sfn.exceptions.ExecutionLimitExceeded) as raised:
            self.start(self.alias("nightly"), {"n": 2}, name="second")
        self.assertIn("is under way", str(raised.exception))
        fires = self.fires("nightly")
        self.assertEqual(fires["first"], ("api", "started", ""))
        self.assertEqual(fires["second"][:2], ("api", "skipped"))
        self.sfn.stop_execution(executionArn=first)
        self.start(self.alias("nightly"), {"n": 2}, name="second")
        self.assertEqual(self.fires("nightly")["second"], ("api", "started", ""))

    def test_a_task_starts_a_pipeline_as_its_overlap_allows(self):
        def machine(pipeline, waits):
            return self.sfn.create_state_machine(name=pipeline + "-asks", roleArn=ROLE, definition=json.dumps({"StartAt": "Go", "States": {"Go": {
                "Type": "Task", "Resource": "arn:aws:states:::states:startExecution" + waits, "End": True,
                "Parameters": {"StateMachineArn": self.alias(pipeline), "Name.$": "$.name", "Input": {"n": 1}}}}}))["stateMachineArn"]

        asks = machine("tasks", "")
        self.assertEqual(self.ended(self.start(asks, {"name": "one"}))["status"], "SUCCEEDED")
        refused = self.ended(self.start(asks, {"name": "two"}))
        self.assertEqual((refused["status"], refused["error"]), ("FAILED", "StepFunctions.ExecutionLimitExceededException"))
        self.assertIn("is under way", refused["cause"])
        self.assertEqual({key: fire[:2] for key, fire in self.fires("tasks").items()},
                         {"one": ("api", "started"), "two": ("api", "skipped")})
        running = self.sfn.list_executions(stateMachineArn=self.alias("tasks").removesuffix(":live"))["executions"]
        self.assertEqual([run["name"] for run in running], ["one"])
        # Waiting for its end changes nothing, and the latest takes the place of the one before.
        takes = machine("newest", ".sync:2")
        first = self.start(takes, {"name": "first"})
        until(lambda: self.fires("newest").get("first"))
        self.start(takes, {"name": "second"})
        self.assertEqual(self.ended(first)["status"], "FAILED")
        self.assertEqual({fire[1] for fire in self.fires("newest").values()}, {"started"})

    def test_a_run_does_not_cancel_itself(self):
        self.start(self.alias("itself"), {"again": True}, name="outer")
        until(lambda: "inner" in self.fires("itself"))
        fire = self.fires("itself")["inner"]
        self.assertEqual(fire[:2], ("api", "skipped"))
        self.assertIn("run outer of the pipeline asks for it", fire[2])

    def test_the_latest_takes_the_place_of_the_one_before(self):
        first = self.start(self.alias("latest"), name="first")
        second = self.start(self.alias("latest"), name="second")
        self.assertEqual((self.ended(first)["status"], self.ended(first)["error"]), ("ABORTED", "Pipeline.Cancelled"))
        self.assertEqual(self.sfn.describe_execution(executionArn=second)["status"], "RUNNING")

    def test_some_run_beside_one_another(self):
        for name in ("first", "second"):
            self.start(self.alias("beside"), name=name)
        self.assertEqual({fire[1] for fire in self.fires("beside").values()}, {"started"})


class Tasks(BotoTest):
    def test_a_worker_polls_reports_and_fails(self):
        arn = self.activity()
        machine = self.machine(task(arn, HeartbeatSeconds=60))
        taken = []
        poll = threading.Thread(target=lambda: taken.append(self.sfn.get_activity_task(activityArn=arn, workerName="w")))
        poll.start()
        execution = self.start(machine, {"n": 1})
        poll.join(30)
        self.assertEqual(json.loads(taken[0]["input"]), {"n": 1})
        token = taken[0]["taskToken"]
        self.sfn.send_task_heartbeat(taskToken=token)
        self.sfn.send_task_success(taskToken=token, output='{"done": true}')
        self.assertEqual(json.loads(self.ended(execution)["output"]), {"done": True})
        with self.assertRaises(self.sfn.exceptions.TaskTimedOut):
            self.sfn.send_task_heartbeat(taskToken=token)
        execution = self.start(machine)
        token = self.sfn.get_activity_task(activityArn=arn)["taskToken"]
        self.sfn.send_task_failure(taskToken=token, error="Bad", cause="luck")
        row = self.ended(execution)
        self.assertEqual((row["status"], row["error"], row["cause"]), ("FAILED", "Bad", "luck"))
        history = self.sfn.get_execution_history(executionArn=execution, reverseOrder=True)["events"]
        self.assertEqual(history[1]["activityFailedEventDetails"], {"error": "Bad", "cause": "luck"})

    def test_a_missing_heartbeat_times_out(self):
        arn = self.activity()
        execution = self.start(self.machine(task(arn, HeartbeatSeconds=1)))
        self.assertIn("taskToken", self.sfn.get_activity_task(activityArn=arn))
        row = self.ended(execution)
        self.assertEqual((row["status"], row["error"]), ("FAILED", "States.Timeout"))

    def test_activities_are_listed_and_deleted(self):
        arn = self.activity()
        pages = self.sfn.get_paginator("list_activities").paginate(PaginationConfig={"PageSize": 1})
        self.assertIn(arn, [each["activityArn"] for each in pages.build_full_result()["activities"]])
        self.sfn.delete_activity(activityArn=arn)
        with self.assertRaises(self.sfn.exceptions.ActivityDoesNotExist):
            self.sfn.get_activity_task(activityArn=arn)

    def test_a_callback_by_its_token(self):
        execution = self.start(self.machine(CALLBACK))
        scheduled = until(lambda: [
            event["taskScheduledEventDetails"] for event in self.sfn.get_execution_history(executionArn=execution)["events"]
            if "taskScheduledEventDetails" in event])[0]
        self.sfn.send_task_success(taskToken=json.loads(scheduled["parameters"])["Message"], output='"called back"')
        self.assertEqual(json.loads(self.ended(execution)["output"]), "called back")


class Signatures(unittest.TestCase):
    def test_only_the_right_secret_opens(self):
        with start_server("--keys", "keys.json") as server:
            self.assertEqual(client_of(server.url).list_activities()["activities"], [])
            self.assertEqual(client_of(server.url, aws_session_token="any").list_activities()["activities"], [])
            for error, wrong in (("InvalidSignatureException", {"secret": SECRET + "x"}),
                                 ("UnrecognizedClientException", {"key": "AKIDOTHER"})):
                with self.assertRaises(ClientError) as raised:
                    client_of(server.url, **wrong).list_activities()
                self.assertEqual(raised.exception.response["Error"]["Code"], error)
            self.assertNotIn(SECRET, (server.folder / "serve.log").read_text())

    def test_a_key_from_the_environment(self):
        with start_server(environment={"ORCH_ACCESS_KEY_ID": "me", "ORCH_SECRET_ACCESS_KEY": "hush"}) as server:
            self.assertEqual(client_of(server.url, key="me", secret="hush").list_activities()["activities"], [])
            with self.assertRaises(ClientError):
                client_of(server.url).list_activities()


class Encryption(unittest.TestCase):
    def test_tls_with_a_certificate_of_ones_own(self):
        with start_server("--keys", "keys.json", "--certificate", "cert.pem", "--private-key", "key.pem",
                          prepare=make_certificate) as server:
            self.assertTrue(server.url.startswith("https://127.0.0.1:"))
            sfn = client_of(server.url, verify=str(server.folder / "cert.pem"))
            arn = sfn.create_activity(name="work")["activityArn"]
            large = sfn.create_state_machine(name="large", roleArn=ROLE,
                                             definition=task(arn, Comment="x" * 900_000))["stateMachineArn"]
            sfn.start_execution(stateMachineArn=large)
            self.assertIn("taskToken", sfn.get_activity_task(activityArn=arn))
            with self.assertRaises(SSLError):
                client_of(server.url, verify=True).list_activities()
            with self.assertRaises(ClientError):
                client_of(server.url, secret="wrong", verify=str(server.folder / "cert.pem")).list_activities()


def make_certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj", "/CN=orch",
                    "-addext", "subjectAltName=IP:127.0.0.1"], cwd=folder, check=True, capture_output=True)


if __name__ == "__main__":
    main(__doc__)

#!/usr/bin/env python3
"""The server as its clients meet it: one store with the command line, restarts, tokens that outlive
a crash, long polls, slow and broken clients.

    api.py --orch build/dev/orch"""
import argparse
import json
import signal
import socket
import sys
import threading
import time
import unittest

from server import ApiError, serving

ORCH = None
ROLE = "arn:aws:iam::123456789012:role/r"
PASS = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
WAIT = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 600, "End": True}}})


def activity_machine(arn):
    return json.dumps({"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": arn, "End": True}}})


def until(condition):
    """Asks again until it is so; the test's own timeout is the bound."""
    give_up = time.monotonic() + 30
    while not (found := condition()):
        if time.monotonic() > give_up:
            raise AssertionError("it never was so")
        time.sleep(0.02)
    return found


class ServeTest(unittest.TestCase):
    def setUp(self):
        context = serving(ORCH)
        self.server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)

    def machine(self, name, definition=PASS, **more):
        return self.server.call("CreateStateMachine", name=name, definition=definition, roleArn=ROLE,
                                **more)["stateMachineArn"]

    def start(self, machine, **more):
        return self.server.call("StartExecution", stateMachineArn=machine, **more)["executionArn"]

    def describe(self, execution):
        return self.server.call("DescribeExecution", executionArn=execution)

    def ended(self, execution):
        return until(lambda: (row := self.describe(execution))["status"] != "RUNNING" and row)

    def refused(self, error, operation, **members):
        with self.assertRaises(ApiError) as raised:
            self.server.call(operation, **members)
        self.assertEqual(raised.exception.type, error, raised.exception)
        self.assertEqual(raised.exception.status, 400)
        return raised.exception.message


class OneStore(ServeTest):
    def test_a_submitted_run_is_an_execution(self):
        (self.server.folder / "nightly.json").write_text(PASS)
        ran = self.server.run("submit", "nightly.json", "--name", "first", "--input", '{"a":1}')
        self.assertEqual(ran.returncode, 0, ran.stderr)
        machines = self.server.call("ListStateMachines")["stateMachines"]
        self.assertEqual([machine["name"] for machine in machines], ["nightly"])
        arn = machines[0]["stateMachineArn"]
        self.assertEqual(self.server.call("DescribeStateMachine", stateMachineArn=arn)["definition"], PASS)
        listed = self.server.call("ListExecutions", stateMachineArn=arn)["executions"]
        self.assertEqual([(each["name"], each["status"]) for each in listed], [("first", "SUCCEEDED")])
        self.assertEqual(self.describe(listed[0]["executionArn"])["output"], '{"a":1}')

    def test_an_execution_is_a_run(self):
        self.ended(self.start(self.machine("m"), name="e"))
        ran = self.server.run("status", "e", "-o", "json")
        self.assertEqual(json.loads(ran.stdout)["status"], "SUCCEEDED", ran.stderr)

    def test_the_command_line_stops_an_execution(self):
        execution = self.start(self.machine("m", WAIT), name="long")
        ran = self.server.run("stop", "long", "--error", "Enough")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual(self.ended(execution)["error"], "Enough")

    def test_names_are_unique_within_a_machine(self):
        one, other = self.machine("one"), self.machine("other", WAIT)
        self.ended(self.start(one, name="same"))
        running = self.start(other, name="same", input="{}")
        self.assertEqual(self.start(other, name="same", input="{}"), running)
        self.refused("ExecutionAlreadyExists", "StartExecution", stateMachineArn=other, name="same",
                     input='{"a":1}')
        self.refused("ExecutionAlreadyExists", "StartExecution", stateMachineArn=one, name="same")


class Restarts(ServeTest):
    def test_goes_on_where_it_was(self):
        arn = self.server.call("CreateActivity", name="work")["activityArn"]
        execution = self.start(self.machine("m", activity_machine(arn)), input='{"n":1}')
        task = self.server.call("GetActivityTask", activityArn=arn, workerName="w")
        self.server.end(signal.SIGKILL)
        self.server.start()
        self.assertEqual(self.describe(execution)["status"], "RUNNING")
        self.server.call("SendTaskHeartbeat", taskToken=task["taskToken"])
        self.server.call("SendTaskSuccess", taskToken=task["taskToken"], output='{"done":true}')
        self.assertEqual(self.ended(execution)["output"], '{"done":true}')
        self.refused("TaskTimedOut", "SendTaskSuccess", taskToken=task["taskToken"], output="{}")

    def test_ends_gently(self):
        execution = self.start(self.machine("m", WAIT))
        self.assertEqual(self.server.end(signal.SIGTERM), 0)
        self.server.start()
        self.assertEqual(self.describe(execution)["status"], "RUNNING")


class Tasks(ServeTest):
    def test_a_poll_waits_for_its_task(self):
        arn = self.server.call("CreateActivity", name="work")["activityArn"]
        machine = self.machine("m", activity_machine(arn))
        tasks = []
        poll = threading.Thread(
            target=lambda: tasks.append(self.server.call("GetActivityTask", activityArn=arn)))
        poll.start()
        execution = self.start(machine, input='{"n":2}')
        poll.join(30)
        self.assertEqual(json.loads(tasks[0]["input"]), {"n": 2})
        self.server.call("SendTaskFailure", taskToken=tasks[0]["taskToken"], error="Bad", cause="luck")
        row = self.ended(execution)
        self.assertEqual((row["status"], row["error"], row["cause"]), ("FAILED", "Bad", "luck"))

    def test_a_poll_that_hangs_up_takes_no_task(self):
        arn = self.server.call("CreateActivity", name="work")["activityArn"]
        machine = self.machine("m", activity_machine(arn))
        body = json.dumps({"activityArn": arn}).encode()
        with socket.create_connection((self.server.host, self.server.port)) as gone:
            gone.sendall(b"POST / HTTP/1.1\r\nHost: localhost:%d\r\nX-Amz-Target: AWSStepFunctions.GetActivityTask\r\n"
                         b"Content-Length: %d\r\n\r\n%s" % (self.server.port, len(body), body))
            for _ in range(20):  # by then the poll has been read, on a busy machine too
                self.server.call("ListActivities")
        for _ in range(20):  # and by then its end has been noticed
            self.server.call("ListActivities")
        self.start(machine)
        self.assertIn("taskToken", self.server.call("GetActivityTask", activityArn=arn))

    def test_refuses_foreign_tokens_and_broken_outputs(self):
        self.refused("InvalidToken", "SendTaskSuccess", taskToken="x", output="{}")
        self.refused("InvalidOutput", "SendTaskSuccess", taskToken="x", output="{")

    def test_an_express_machine_answers_at_once(self):
        machine = self.machine("quick", type="EXPRESS")
        row = self.server.call("StartSyncExecution", stateMachineArn=machine, input='{"a":1}')
        self.assertEqual((row["status"], row["output"]), ("SUCCEEDED", '{"a":1}'))
        self.refused("InvalidArn", "DescribeExecution", executionArn=row["executionArn"])


class TasksThatCall(ServeTest):
    """Tasks that wait for what the service tells them."""

    def calling(self, name, operation, **parameters):
        return self.machine(name, json.dumps({"StartAt": "C", "States": {"C": {
            "Type": "Task", "Resource": f"arn:aws:states:::aws-sdk:sfn:{operation}", "Parameters": parameters,
            "End": True}}}))

    def test_one_task_of_an_activity_goes_to_one_that_waits(self):
        activity = self.server.call("CreateActivity", name="inner")["activityArn"]
        polls = [self.start(self.calling(f"poll-{i}", "getActivityTask", ActivityArn=activity)) for i in range(3)]
        stopped = polls.pop()
        self.server.call("StopExecution", executionArn=stopped)
        self.ended(stopped)
        machine = self.machine("giver", activity_machine(activity))
        given = [self.start(machine, input=json.dumps(i)) for i in range(2)]
        tasks = [json.loads(self.ended(poll)["output"]) for poll in polls]
        self.assertEqual(sorted(task["Input"] for task in tasks), ["0", "1"])
        for task in tasks:
            self.server.call("SendTaskSuccess", taskToken=task["TaskToken"], output="7")
        for execution in given:
            self.assertEqual(self.ended(execution)["output"], "7")

    def test_one_that_waits_hears_how_an_express_execution_ends(self):
        inner = self.machine("inner", json.dumps({"StartAt": "W", "States": {
            "W": {"Type": "Wait", "Seconds": 1, "Next": "P"}, "P": {"Type": "Pass", "End": True}}}), type="EXPRESS")
        row = self.ended(self.start(self.calling("caller", "startSyncExecution", StateMachineArn=inner, Input='{"a":1}')))
        answer = json.loads(row["output"])
        self.assertEqual((answer["Status"], answer["Output"]), ("SUCCEEDED", '{"a":1}'))


class Redrives(ServeTest):
    def test_redrives_what_failed(self):
        arn = self.server.call("CreateActivity", name="work")["activityArn"]
        execution = self.start(self.machine("m", activity_machine(arn)))
        token = self.server.call("GetActivityTask", activityArn=arn)["taskToken"]
        self.server.call("SendTaskFailure", taskToken=token, error="Once")
        self.assertEqual(self.ended(execution)["redriveStatus"], "REDRIVABLE")
        redriven = self.server.call("RedriveExecution", executionArn=execution, clientToken="once")
        self.assertEqual(self.server.call("RedriveExecution", executionArn=execution, clientToken="once"), redriven)
        self.refused("ExecutionNotRedrivable", "RedriveExecution", executionArn=execution, clientToken="twice")
        token = self.server.call("GetActivityTask", activityArn=arn)["taskToken"]
        self.server.call("SendTaskSuccess", taskToken=token, output="1")
        row = self.ended(execution)
        self.assertEqual((row["status"], row["redriveCount"]), ("SUCCEEDED", 1))
        self.refused("ExecutionNotRedrivable", "RedriveExecution", executionArn=execution)


class Pages(ServeTest):
    def test_pages_through_a_history_both_ways(self):
        execution = self.start(self.machine("m"))
        self.ended(execution)
        for reverse in (False, True):
            ids, token = [], {}
            while True:
                page = self.server.call("GetExecutionHistory", executionArn=execution, maxResults=1,
                                        reverseOrder=reverse, **token)
                ids += [event["id"] for event in page["events"]]
                if "nextToken" not in page:
                    break
                token = {"nextToken": page["nextToken"]}
            self.assertEqual(ids, sorted(ids, reverse=reverse))
            self.assertEqual(len(ids), 4)

    def test_refuses_a_token_of_another_list(self):
        for name in ("a", "b"):
            self.machine(name)
        token = self.server.call("ListStateMachines", maxResults=1)["nextToken"]
        self.refused("InvalidToken", "ListActivities", nextToken=token)
        self.refused("InvalidToken", "ListStateMachines", nextToken="xyz")


def one_state(**state):
    return json.dumps({"StartAt": "S", "States": {"S": dict(state, End=True)}})


def jsonata(output):
    return one_state(Type="Pass", QueryLanguage="JSONata", Output="{% " + output + " %}")


class TooMuch(ServeTest):
    """What asks for more than there is ends in an error; no other client waits for it."""

    # How long an execution of one state may take beside all of these.
    PATIENCE = 20

    GREEDY = {
        "endless tail call": jsonata("($f := function($x){ $f($x + 1) }; $f(1))"),
        "endless recursion": jsonata("($f := function($x){ 1 + $f($x) }; $f(1))"),
        "doubling text": jsonata('($p := function($s, $n){ $n = 0 ? $s : $p($s & $s, $n - 1) }; $p("x", 60))'),
        "joined text": jsonata('($s := $pad("x", 1000000); $length($join($map([1..9999], function(){ $s }))))'),
        "huge range": jsonata("$sum([1..1000000000])"),
        "catastrophic expression of JSONata": jsonata('$match("' + "a" * 50 + 'b", /^(a+)+$/)'),
        "nested maps": jsonata("[1..3000].([1..3000].([1..3000]))"),
    }
    # A filter that gives up matches nothing, and few places may be visited often.
    HARD = {
        "catastrophic expression of JSONPath": one_state(
            Type="Pass", InputPath="$.items[?(@.text =~ /^(a+)+$/)]"),
        "paths that pile up": one_state(Type="Pass", InputPath="$" + "..*" * 12),
    }

    def test_greedy_expressions_end_and_hold_nobody_up(self):
        data = json.dumps({"items": [{"text": "a" * 50 + "b"}], "deep": [[[[[{"a": [1] * 50}] * 5] * 5] * 5]]})
        greedy = {name: self.start(self.machine(f"greedy-{i}", definition), input=data)
                  for i, (name, definition) in enumerate((self.GREEDY | self.HARD).items())}
        begun = time.monotonic()
        self.ended(self.start(self.machine("modest")))
        self.assertLess(time.monotonic() - begun, self.PATIENCE)
        for name, execution in greedy.items():
            row = self.ended(execution)
            if name in self.GREEDY:
                self.assertEqual(row["status"], "FAILED", name)
                self.assertIn(row["error"], ("States.QueryEvaluationError", "States.Runtime",
                                             "States.DataLimitExceeded"), name)

    def test_definitions_too_large_too_deep_and_cyclic(self):
        self.refused("ValidationException", "CreateStateMachine", name="m", roleArn=ROLE,
                     definition=one_state(Type="Pass", Result="x" * 2_000_000))
        deep = '{"a":' * 10_000 + "1" + "}" * 10_000
        for definition in (deep, one_state(Type="Pass").replace("true", deep), "[" * 100_000):
            self.refused("InvalidDefinition", "CreateStateMachine", name="m", roleArn=ROLE,
                         definition=definition)
        message = self.refused("InvalidDefinition", "CreateStateMachine", name="m", roleArn=ROLE,
                               definition=json.dumps({"StartAt": "A", "States": {
                                   "A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}}))
        self.assertIn("MISSING_END_STATE", message)

    def test_an_endless_loop_ends_with_its_history(self):
        self.server.end()
        self.server.arguments = ("--history-limit", "2000")
        self.server.start()
        loop = json.dumps({"StartAt": "A", "States": {
            "A": {"Type": "Choice", "Choices": [{"Variable": "$.stop", "IsPresent": True, "Next": "Z"}],
                  "Default": "A"}, "Z": {"Type": "Succeed"}}})
        row = self.ended(self.start(self.machine("loop", loop)))
        self.assertEqual((row["status"], row["error"]), ("FAILED", "States.Runtime"))
        self.assertIn("2000", row["cause"])

    def test_inputs_too_large_and_too_deep(self):
        machine = self.machine("m")
        self.refused("ValidationException", "StartExecution", stateMachineArn=machine,
                     input=json.dumps("x" * 300_000))
        self.refused("InvalidExecutionInput", "StartExecution", stateMachineArn=machine,
                     input="[" * 5_000 + "]" * 5_000)


class Activities(ServeTest):
    def test_a_task_of_a_deleted_activity_fails(self):
        arn = self.server.call("CreateActivity", name="gone")["activityArn"]
        machine = self.machine("m", activity_machine(arn))
        self.server.call("DeleteActivity", activityArn=arn)
        execution = self.start(machine)
        row = self.ended(execution)
        self.assertEqual((row["error"], row["cause"]),
                         ("States.Runtime", f"The activity {arn} does not exist."))
        events = self.server.call("GetExecutionHistory", executionArn=execution)["events"]
        self.assertEqual([event["type"] for event in events],
                         ["ExecutionStarted", "TaskStateEntered", "ExecutionFailed"])


class Trials(ServeTest):
    def tried(self, definition, **members):
        return self.server.call("TestState", definition=json.dumps(definition), roleArn=ROLE, **members)

    def test_variables_are_shown_as_they_are_behind_the_state(self):
        state = {"Type": "Pass", "Assign": {"b.$": "$.n"}, "End": True}
        row = self.tried(state, input='{"n":2}', variables='{"a":1}', inspectionLevel="DEBUG")
        self.assertEqual(json.loads(row["inspectionData"]["variables"]), {"a": 1, "b": 2})
        row = self.tried({"Type": "Pass", "End": True}, variables='{"a":1}', inspectionLevel="DEBUG")
        self.assertEqual(json.loads(row["inspectionData"]["variables"]), {"a": 1})

    def test_a_choice_without_a_match_fails(self):
        state = {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": 1, "Next": "X"}]}
        row = self.tried(state, input='{"n":2}')
        self.assertEqual((row["status"], row["error"]), ("FAILED", "States.NoChoiceMatched"))
        self.assertEqual(self.tried(state, input='{"n":1}')["nextState"], "X")


class BrokenClients(ServeTest):
    def raw(self, data, read=65536):
        with socket.create_connection((self.server.host, self.server.port), timeout=30) as peer:
            peer.sendall(data)
            answer = b""
            while chunk := peer.recv(read):
                answer += chunk
            return answer

    def post(self, head, body=b"{}"):
        return self.raw(head + b"Host: localhost:%d\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (
            self.server.port, len(body), body))

    def test_answers_errors_of_the_protocol(self):
        self.assertIn(b"400 Bad Request", self.raw(b"nonsense\r\n\r\n"))
        self.assertIn(b"UnknownOperationException", self.post(b"POST / HTTP/1.1\r\n"))
        target = b"X-Amz-Target: AWSStepFunctions.ListActivities\r\n"
        self.assertIn(b"SerializationException", self.post(b"POST / HTTP/1.1\r\n" + target, b"{"))
        self.assertIn(b"SerializationException", self.post(b"POST / HTTP/1.1\r\n" + target, b"[]"))
        self.assertIn(b"SerializationException",
                      self.post(b"POST / HTTP/1.1\r\n" + target, b'{"maxResults":"x"}'))
        self.assertIn(b"431 ", self.raw(b"POST / HTTP/1.1\r\nX: " + b"x" * 100_000 + b"\r\n\r\n"))
        self.assertIn(b"413 ", self.raw(b"POST / HTTP/1.1\r\nContent-Length: 100000000\r\n\r\n"))

    def test_takes_whole_urls_and_prefixed_hosts(self):
        answer = self.post(b"POST http://sync-localhost:%d/ HTTP/1.1\r\n" % self.server.port +
                           b"X-Amz-Target: AWSStepFunctions.ListActivities\r\n")
        self.assertIn(b'{"activities":[]}', answer)

    def test_slow_clients_hold_nobody_up(self):
        slow = [socket.create_connection((self.server.host, self.server.port)) for _ in range(200)]
        try:
            for peer in slow:
                peer.sendall(b"POST / HTTP/1.1\r\nContent-Le")
            begun = time.monotonic()
            self.server.call("ListActivities")
            self.assertLess(time.monotonic() - begun, 5)
        finally:
            for peer in slow:
                peer.close()


def main():
    global ORCH
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    ORCH = options.orch
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""Requests and responses against the service model that botocore ships: each constraint of each member is broken
once, and what comes back has the members that the model knows, of its types.

    model.py --orch build/dev/orch"""
import unittest

from common import PASS, ROLE, distributed_map, main, skip, start_server, task, until
from server import ApiError

try:
    import botocore.session
except ImportError as missing:
    skip(f"{missing}; install python3-botocore")

MODEL = botocore.session.get_session().get_service_model("stepfunctions")
# What later models have beside the one of botocore 1.29: limits, and members of responses.
LATER_LIMITS = {"taskToken": 2048}
LATER_MEMBERS = {
    "CreateStateMachine": {"stateMachineVersionArn"},
    "DescribeStateMachine": {"revisionId", "description", "encryptionConfiguration", "variableReferences"},
    "UpdateStateMachine": {"revisionId", "stateMachineVersionArn"},
    "DescribeExecution": {"stateMachineVersionArn", "stateMachineAliasArn", "redriveCount", "redriveDate",
                          "redriveStatus", "redriveStatusReason"},
    "ListExecutions.executions": {"stateMachineVersionArn", "stateMachineAliasArn", "redriveCount", "redriveDate"},
    "DescribeActivity": {"encryptionConfiguration"},
    "DescribeStateMachineForExecution": {"revisionId", "encryptionConfiguration", "variableReferences"},
    "DescribeMapRun": {"redriveCount", "redriveDate"},
    "DescribeMapRun.itemCounts": {"failuresNotRedrivable", "pendingRedrive"},
    "DescribeMapRun.executionCounts": {"failuresNotRedrivable", "pendingRedrive"}}
ARNS = {"stateMachineArn": "stateMachine:m", "executionArn": "execution:m:e", "activityArn": "activity:a",
        "mapRunArn": "mapRun:m/l:u", "resourceArn": "stateMachine:m"}


def valid(name, shape):
    """A value that breaks no constraint."""
    if name == "roleArn":
        return ROLE
    if name in ARNS:
        return "arn:aws:states:us-east-1:123456789012:" + ARNS[name]
    if name == "definition":
        return PASS
    return {"string": "name", "list": [], "structure": {}}.get(shape.type_name, 1)


def violations(name, shape, required):
    """Values that break a constraint, with the words that must be in the refusal."""
    least, most = shape.metadata.get("min"), LATER_LIMITS.get(name, shape.metadata.get("max"))
    failed = f"at '{name}' failed to satisfy constraint: Member must "
    if required:
        yield None, "Value null " + failed + "not be null"
    if shape.type_name == "string":
        if most is not None:
            yield "x" * (most + 1), failed + f"have length less than or equal to {most}"
        if least:
            yield "", failed + f"have length greater than or equal to {least}"
        if shape.enum:
            yield "nope", "Value 'nope' " + failed + "satisfy enum value set: ["
    elif shape.type_name in ("integer", "long", "float"):
        if most is not None:
            yield most + 1, failed + f"have value less than or equal to {most}"
        if least is not None:
            yield least - 1, failed + f"have value greater than or equal to {least}"


class ModelTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        context = start_server()
        cls.server = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)

    def refusal(self, operation, members):
        with self.assertRaises(ApiError) as raised:
            self.server.call(operation, **members)
        return raised.exception


class Requests(ModelTest):
    def test_every_constraint_is_held(self):
        count = 0
        for operation in MODEL.operation_names:
            shape = MODEL.operation_model(operation).input_shape
            # The model does not say that ListExecutions needs one of two members.
            needed = shape.required_members or (["stateMachineArn"] if operation == "ListExecutions" else [])
            good = {name: valid(name, shape.members[name]) for name in needed}
            for name, member in shape.members.items():
                for value, words in violations(name, member, name in shape.required_members):
                    with self.subTest(operation=operation, member=name, words=words):
                        refused = self.refusal(operation, dict(good, **{name: value}))
                        self.assertEqual((refused.status, refused.type), (400, "ValidationException"))
                        self.assertIn("1 validation error detected: Value ", refused.message)
                        self.assertIn(words, refused.message)
                        count += 1
        self.assertGreater(count, 90)

    def test_every_type_is_held(self):
        for operation in MODEL.operation_names:
            for name, member in MODEL.operation_model(operation).input_shape.members.items():
                with self.subTest(operation=operation, member=name):
                    wrong = 5 if member.type_name == "string" else "x"
                    self.assertEqual(self.refusal(operation, {name: wrong}).type, "SerializationException")


class Responses(ModelTest):
    def call(self, operation, **members):
        answer = self.server.call(operation, **members)
        self.check(operation, MODEL.operation_model(operation).output_shape, answer)
        return answer

    def check(self, place, shape, value):
        if shape is None:
            return self.assertEqual(value, {})
        kinds = {"structure": dict, "map": dict, "list": list, "string": str, "boolean": bool, "integer": int,
                 "long": int, "float": (int, float), "timestamp": (int, float)}
        self.assertIsInstance(value, kinds[shape.type_name], place)
        if shape.type_name == "list":
            for item in value:
                self.check(place, shape.member, item)
        if shape.type_name != "structure":
            return None
        self.assertLessEqual(set(shape.required_members), set(value), place)
        self.assertLessEqual(set(value), set(shape.members) | LATER_MEMBERS.get(place, set()), place)
        for name in set(value) & set(shape.members):
            self.check(f"{place}.{name}", shape.members[name], value[name])
        return None

    def test_machines_and_executions(self):
        arn = self.call("CreateStateMachine", name="m", definition=PASS, roleArn=ROLE,
                        tags=[{"key": "k", "value": "v"}])["stateMachineArn"]
        execution = self.call("StartExecution", stateMachineArn=arn, traceHeader="Root=1")["executionArn"]
        until(lambda: self.call("DescribeExecution", executionArn=execution)["status"] != "RUNNING")
        self.call("DescribeStateMachineForExecution", executionArn=execution)
        self.call("GetExecutionHistory", executionArn=execution)
        self.call("ListExecutions", stateMachineArn=arn)
        self.call("ListStateMachines", maxResults=1)
        self.call("UpdateStateMachine", stateMachineArn=arn, tracingConfiguration={"enabled": True})
        self.assertEqual(self.call("DescribeStateMachine", stateMachineArn=arn)["tracingConfiguration"],
                         {"enabled": True})
        self.call("TagResource", resourceArn=arn, tags=[{"key": "l", "value": ""}])
        self.call("UntagResource", resourceArn=arn, tagKeys=["k"])
        self.call("ListTagsForResource", resourceArn=arn)
        self.call("DeleteStateMachine", stateMachineArn=arn)
        arn = self.call("CreateStateMachine", name="x", definition=PASS, roleArn=ROLE, type="EXPRESS")["stateMachineArn"]
        self.call("StartSyncExecution", stateMachineArn=arn, traceHeader="Root=1")

    def test_activities(self):
        arn = self.call("CreateActivity", name="a")["activityArn"]
        self.call("DescribeActivity", activityArn=arn)
        self.call("ListActivities")
        machine = self.call("CreateStateMachine", name="a", definition=task(arn), roleArn=ROLE)["stateMachineArn"]
        ends = (("SendTaskSuccess", {"output": "1"}), ("SendTaskFailure", {"error": "E", "cause": "C"}))
        for operation, members in ends:
            execution = self.call("StartExecution", stateMachineArn=machine)["executionArn"]
            token = self.call("GetActivityTask", activityArn=arn, workerName="w")["taskToken"]
            self.call("SendTaskHeartbeat", taskToken=token)
            self.call(operation, taskToken=token, **members)
            until(lambda: self.call("DescribeExecution", executionArn=execution)["status"] != "RUNNING")
            self.call("GetExecutionHistory", executionArn=execution)
        execution = self.call("StartExecution", stateMachineArn=machine)["executionArn"]
        self.call("StopExecution", executionArn=execution, error="E", cause="C")
        self.call("GetExecutionHistory", executionArn=execution, includeExecutionData=False)
        self.call("DeleteActivity", activityArn=arn)

    def test_map_runs(self):
        definition = distributed_map({"Type": "Wait", "Seconds": 600})
        machine = self.call("CreateStateMachine", name="d", definition=definition, roleArn=ROLE)["stateMachineArn"]
        execution = self.call("StartExecution", stateMachineArn=machine, input="[1,2]")["executionArn"]
        run = until(lambda: self.call("ListMapRuns", executionArn=execution)["mapRuns"])[0]["mapRunArn"]
        self.call("UpdateMapRun", mapRunArn=run, maxConcurrency=2)
        self.call("ListExecutions", mapRunArn=run)
        self.call("StopExecution", executionArn=execution)
        self.call("DescribeMapRun", mapRunArn=run)
        self.call("GetExecutionHistory", executionArn=execution)


if __name__ == "__main__":
    main(__doc__)

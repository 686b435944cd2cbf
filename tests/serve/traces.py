#!/usr/bin/env python3
"""Traces of runs over OTLP: which spans, whose parents, what of them programs and HTTP services are told, and a
collector that fails.

    traces.py --orch build/dev/orch"""
import argparse
import json
import sys
import unittest

from receiver import HttpReceiver, until
from server import serving

ORCH = None
ROLE = "arn:aws:iam::123456789012:role/r"
CALLED = "arn:aws:lambda:us-east-1:123456789012:function:called"
HEADER = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
MACHINE = {"StartAt": "Both", "States": {
    "Both": {"Type": "Parallel", "Next": "Call", "Branches": [
        {"StartAt": "One", "States": {"One": {"Type": "Pass", "End": True}}}]},
    "Call": {"Type": "Task", "Resource": CALLED, "Next": "Break"},
    "Break": {"Type": "Task", "Resource": "orch:catalog", "Parameters": {"catalog": "missing.json"}, "End": True}}}


class Traces(unittest.TestCase):
    def setUp(self):
        self.collector = HttpReceiver()
        self.addCleanup(self.collector.close)

    def serve(self, *arguments, environment=None):
        bindings = {"bindings": {CALLED: {"process": {"argv": ["sh", "-c", "echo \"\\\"$TRACEPARENT\\\"\""]}}}}
        context = serving(ORCH, "--bindings", "bindings.json", "--connections", "connections.json", *arguments,
                          environment=environment, files={
                              "bindings.json": json.dumps(bindings),
                              "connections.json": json.dumps({"version": 1, "connections": {}})})
        self.server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)

    def run_machine(self):
        arn = self.server.call("CreateStateMachine", name="load", definition=json.dumps(MACHINE),
                               roleArn=ROLE)["stateMachineArn"]
        execution = self.server.call("StartExecution", stateMachineArn=arn, traceHeader=HEADER)["executionArn"]
        until(lambda: self.server.call("DescribeExecution", executionArn=execution)["status"] == "FAILED")
        return execution

    def spans(self):
        return [span for body in self.collector.bodies("/v1/traces") for group in body["resourceSpans"]
                for scope in group["scopeSpans"] for span in scope["spans"]]

    def test_have_a_span_for_run_states_and_attempts(self):
        self.serve("--traces", self.collector.url + "/v1/traces",
                   environment={"OTEL_EXPORTER_OTLP_HEADERS": "x-key=s3cret, x-other=a%20b"})
        execution = self.run_machine()
        until(lambda: any(span["name"] == "load" for span in self.spans()))
        spans = {span["name"]: span for span in self.spans()}
        self.assertEqual(set(spans), {"load", "Both", "One", "Call", CALLED, "Break", "orch:catalog"})
        self.assertEqual({span["traceId"] for span in spans.values()}, {spans["load"]["traceId"]})
        parent = {name: next((other for other, each in spans.items() if each["spanId"] == span.get("parentSpanId")), None)
                  for name, span in spans.items()}
        self.assertEqual(parent, {"load": None, "Both": "load", "One": "Both", "Call": "load", CALLED: "Call",
                                  "Break": "load", "orch:catalog": "Break"})
        for span in spans.values():
            self.assertRegex(span["traceId"], r"^[0-9a-f]{32}$")
            self.assertRegex(span["spanId"], r"^[0-9a-f]{16}$")
            self.assertLessEqual(int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"]))
        self.assertEqual({name for name, span in spans.items() if span.get("status", {}).get("code") == 2},
                         {"load", "Break", "orch:catalog"})
        self.assertEqual(spans["load"]["links"], [{"traceId": "5759e988bd862e3fe1be46a994272793",
                                                   "spanId": "53995c3f42cd8ad8"}])
        # The program was told of its span.
        history = self.server.call("GetExecutionHistory", executionArn=execution)["events"]
        outputs = [event.get("stateExitedEventDetails", {}).get("output", "") for event in history]
        told = f'00-{spans[CALLED]["traceId"]}-{spans[CALLED]["spanId"]}-01'
        self.assertTrue(any(told in output for output in outputs), outputs)
        headers = self.collector.requests[0][1]
        self.assertEqual((headers["Content-Type"], headers["x-key"], headers["x-other"]),
                         ("application/json", "s3cret", "a b"))
        resource = {each["key"]: each["value"]["stringValue"] for each in
                    self.collector.bodies("/v1/traces")[0]["resourceSpans"][0]["resource"]["attributes"]}
        self.assertEqual(resource["service.name"], "orch")

    def test_are_one_for_all_that_a_run_has_begun(self):
        """Children of a distributed map, executions that a task starts, and what those call."""
        self.serve("--traces", self.collector.url + "/v1/traces")

        def create(name, states):
            definition = {"StartAt": next(iter(states)), "States": states}
            return self.server.call("CreateStateMachine", name=name, definition=json.dumps(definition),
                                    roleArn=ROLE)["stateMachineArn"]

        def start(waits, machine, **more):
            return {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution" + waits,
                    "Parameters": {"StateMachineArn": machine}, **more}

        inner = create("inner", {"Call": {"Type": "Task", "Resource": CALLED, "End": True}})
        outer = create("outer", {
            "Each": {"Type": "Map", "Label": "each", "ItemsPath": "$.items", "Next": "Leave", "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Nest",
                "States": {"Nest": start(".sync:2", inner, End=True)}}},
            "Leave": start("", inner, End=True)})
        self.server.call("StartExecution", stateMachineArn=outer, input=json.dumps({"items": [1, 2]}))
        until(lambda: len([span for span in self.spans() if span["name"] == "inner"]) == 3
              and any(span["name"] == "outer" for span in self.spans()))
        spans = self.spans()
        self.assertEqual(len({span["traceId"] for span in spans}), 1, "one trace")
        by_id = {span["spanId"]: span for span in spans}
        self.assertEqual(len(by_id), len(spans), "each span once")

        def path(span):
            names = [span["name"]]
            while "parentSpanId" in span:
                span = by_id[span["parentSpanId"]]
                names.append(span["name"])
            return names[::-1]

        paths = [path(span) for span in spans if span["name"] == CALLED]
        task = "arn:aws:states:::states:startExecution"
        child = ["outer", "Each", "Each map run", "outer/each", "Nest", task + ".sync:2", "inner", "Call", CALLED]
        self.assertEqual(sorted(paths), sorted([child, child, ["outer", "Leave", task, "inner", "Call", CALLED]]))
        # Programs were told of their spans, in the same trace.
        told = {f'00-{span["traceId"]}-{span["spanId"]}-01' for span in spans if span["name"] == CALLED}
        runs = self.server.call("ListExecutions", stateMachineArn=inner)["executions"]
        outputs = {json.loads(self.server.call("DescribeExecution", executionArn=run["executionArn"])["output"])
                   for run in runs}
        self.assertEqual(outputs, told)

    def test_wait_for_a_collector_that_fails(self):
        self.collector.status = 503
        self.serve("--traces", self.collector.url + "/v1/traces")
        self.run_machine()
        until(lambda: self.collector.requests)
        self.run_machine()  # goes on as ever
        self.collector.status = 200
        until(lambda: sum(span["name"] == "load" for span in self.spans()) >= 3)  # the first one came twice
        self.assertIn("traces_failed", self.server.log_text())

    def test_are_sent_at_the_end(self):
        self.serve("--traces", self.collector.url + "/v1/traces")
        self.run_machine()
        self.server.end()
        self.assertTrue(any(span["name"] == "load" for span in self.spans()))

    def test_are_none_by_default(self):
        self.serve()
        execution = self.run_machine()
        history = self.server.call("GetExecutionHistory", executionArn=execution)["events"]
        self.assertIn('""', [event.get("stateExitedEventDetails", {}).get("output") for event in history])
        self.assertEqual(self.collector.requests, [])


def main():
    global ORCH
    parser = argparse.ArgumentParser()
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    ORCH = options.orch
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Which programs of the server's host a client of the API can start (none), what the operator may, and the
words that grant more; through the real server.

    access_programs.py --orch build/dev/orch"""
import json
import os

from access_case import AccessTest, ROLE, machine, main, task, until
from server import ApiError, serving


class Programs(AccessTest):
    def command(self):
        return ["touch", str(self.outside / "touched")]

    def tearDown(self):
        self.assertFalse((self.outside / "touched").exists())

    def test_are_refused_when_the_definition_is_made(self):
        self.refused_at_creation(task("orch:process", {"argv": self.command()}), "/Resource", "--allow process")
        self.refused_at_creation(task("orch:process"), "/Resource", "--allow process")
        self.refused_at_creation(task("orch:notify", {"to": {"argv": self.command()}, "text": "x"}),
                                 "/Parameters/to/argv", "--allow process")
        nested = {"Type": "Parallel", "End": True, "Branches": [
            {"StartAt": "B", "States": {"B": task("orch:process", {"argv": self.command()})}}]}
        self.refused_at_creation(nested, "/Branches/0/States/B/Resource", "--allow process")

    def test_are_refused_when_a_definition_is_changed(self):
        arn = self.create({"Type": "Pass", "End": True})
        with self.assertRaises(ApiError) as raised:
            self.server.call("UpdateStateMachine", stateMachineArn=arn,
                             definition=machine(task("orch:process", {"argv": self.command()})))
        self.assertEqual(raised.exception.type, "InvalidDefinition")

    def test_are_refused_in_a_trial(self):
        with self.assertRaises(ApiError) as raised:
            self.server.call("TestState", roleArn=ROLE, definition=json.dumps(
                task("orch:process", {"argv": self.command()})))
        self.assertEqual(raised.exception.type, "InvalidDefinition")
        tried = self.server.call("TestState", roleArn=ROLE, input=json.dumps(
            {"to": {"argv": self.command()}, "text": "x"}), definition=json.dumps(task("orch:notify")))
        self.assertEqual((tried["status"], tried["error"]), ("FAILED", "Access.Denied"))

    def test_are_refused_when_they_come_with_the_input(self):
        self.denied_at_run(task("orch:notify"), {"to": {"argv": self.command()}, "text": "x"}, "--allow process")

    def test_are_refused_in_runs_of_runs(self):
        inner = self.create(task("orch:notify"), "inner")
        outer = self.create(task("arn:aws:states:::states:startExecution.sync",
                                 {"StateMachineArn": inner, "Input": {"to": {"argv": self.command()}, "text": "x"}}),
                            "outer")
        row = self.run_machine(outer)
        self.assertIn("Access.Denied", row["cause"])
        each = {"Type": "Map", "End": True, "ItemsPath": "$.all", "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "I", "States": {"I": task("orch:notify")}}}
        row = self.run_machine(self.create(each, "each"), {"all": [{"to": {"argv": self.command()}, "text": "x"}]})
        self.assertEqual(row["status"], "FAILED")

    def test_are_not_had_by_asking_the_service_from_inside(self):
        maker = self.create(task("arn:aws:states:::aws-sdk:sfn:createStateMachine", {
            "Name": "made", "RoleArn": ROLE, "Definition": json.loads(machine(
                task("orch:process", {"argv": self.command()})))}), "maker")
        row = self.run_machine(maker)
        self.assertEqual(row["error"], "Sfn.InvalidDefinitionException")

    def test_are_not_had_by_resume_or_redrive(self):
        row = self.run_machine(self.create(task("orch:notify")), {"to": {"argv": self.command()}, "text": "x"},
                               name="again")
        self.server.call("RedriveExecution", executionArn=row["executionArn"])
        again = until(lambda: (now := self.server.call("DescribeExecution", executionArn=row["executionArn"]))
                      ["status"] != "RUNNING" and now)
        self.denied(again, "--allow process")
        # By the server, and by a process of the operator's own.
        for served in (True, False):
            if not served:
                self.server.end()
            ran = self.server.run("resume", "again")
            self.assertEqual(ran.returncode, 3, ran.stderr)
            self.assertIn("Access.Denied", ran.stdout + ran.stderr)

    def test_of_the_operator_run(self):
        mine = machine(task("orch:process", {"argv": ["echo", "1"]}))
        (self.root / "mine.json").write_text(mine)
        ran = self.server.run("submit", "mine.json", "--name", "handed-over")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        arn = self.server.call("ListStateMachines")["stateMachines"][0]["stateMachineArn"]
        self.denied(self.run_machine(arn), "--allow process")  # started by a client
        theirs = self.create(task("orch:notify"))
        for started, code in ((arn, 0), (theirs, 3)):  # by a run of the operator's
            (self.root / "outer.json").write_text(machine(task(
                "arn:aws:states:::states:startExecution.sync",
                {"StateMachineArn": started, "Input": {"to": {"argv": self.command()}, "text": "x"}})))
            ran = self.server.run("submit", "outer.json", "--name", f"outer-{code}")
            self.assertEqual(ran.returncode, code, ran.stdout + ran.stderr)
        self.server.end()
        ran = self.server.run("submit", "mine.json", "--name", "alone")
        self.assertEqual(ran.returncode, 0, ran.stderr)


class Bound(AccessTest):
    arguments = ("--bindings", "bindings.json")

    def bindings(self):
        return {"bindings": {
            "arn:aws:lambda:us-east-1:1:function:greet": {"process": {"argv": ["cat"]}},
            "arn:aws:lambda:us-east-1:1:function:chosen": {
                "worker": "orch:process", "input": {"argv": ["echo", "{% $string(n) %}"]}},
            "arn:aws:lambda:us-east-1:1:function:any": {"worker": "orch:process"}}}

    def test_is_the_operators_choice(self):
        for name, output in (("greet", {"n": 1}), ("chosen", 1)):
            row = self.run_machine(self.create(task("arn:aws:lambda:us-east-1:1:function:" + name), name), {"n": 1})
            self.assertEqual((row["status"], json.loads(row.get("output", "null"))), ("SUCCEEDED", output), row)

    def test_passes_no_rights_on_with_a_bare_name(self):
        self.denied_at_run(task("arn:aws:lambda:us-east-1:1:function:any"), {"argv": ["true"]}, "--allow process")


class Words(AccessTest):
    def setUp(self):
        pass  # each test starts its own server

    def refused(self, *arguments):
        with serving(self.orch) as server:
            server.end()
            ran = server.run("serve", "--listen", "127.0.0.1:0", *arguments)
        self.assertNotEqual(ran.returncode, 0)
        return ran.stderr

    def test_need_keys(self):
        self.assertRegex(self.refused("--allow", "process"), "--keys, or add without-keys(.|\n)*ORCH-0013")
        with serving(self.orch, "--allow", "process,without-keys"):
            pass

    def test_are_known(self):
        said = self.refused("--allow", "proces")
        self.assertIn("ORCH-0016", said)
        self.assertIn('did you mean "process"?', said)

    def test_come_from_the_configuration_file_too(self):
        config = json.dumps({"allow": ["process", "folder:in", "without-keys"], "host-name": ["a.example.com"]})
        with serving(self.orch, "--config", "orch.json", files={"orch.json": config}) as server:
            shown = json.loads(server.run("config", "--config", "orch.json", "-o", "json").stdout)
            allowed = next(each for each in shown if each["name"] == "allow")
            self.assertEqual(allowed["value"], f"process,folder:{os.path.realpath(server.folder)}/in,without-keys")
            self.assertTrue(allowed["from"].endswith("orch.json"))


if __name__ == "__main__":
    main()

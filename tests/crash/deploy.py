#!/usr/bin/env python3
"""Kills `orch deploy` and `orch rollback` at each of their points, with and without a server, and looks: the
store has all of what was before or all of what the files say, and the next deploy does the rest.

  deploy.py --orch BINARY
"""
import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))

from run_store import RunStore  # noqa: E402

KILLED = -signal.SIGKILL
POINTS = ("deploy.change:1", "deploy.change:3", "store.write:1", "deploy.before_commit:1")


class Project:
    def __init__(self, orch, folder):
        self.orch, self.folder = orch, pathlib.Path(folder)
        self.store = RunStore(self.folder / "runs.db")
        (self.folder / "pipelines").mkdir()
        (self.folder / "workflows").mkdir()
        self.write("project.json", {"name": "crash"})

    def write(self, name, value):
        (self.folder / name).write_text(json.dumps(value))

    def say(self, number):
        """The files of the version `number`: each has a pipeline of its own, and one that all have."""
        for file in (self.folder / "pipelines").iterdir():
            file.unlink()
        self.write("workflows/w.json", {"StartAt": "S", "States": {"S": {"Type": "Pass", "Result": number, "End": True}}})
        for name in ("always", "other", f"only{number}"):
            self.write(f"pipelines/{name}.json", {"workflow": "workflows/w.json", "input": number})

    def call(self, *arguments, fault=""):
        environment = dict(os.environ, ORCH_STORE=str(self.store.file), **({"ORCH_FAULT": fault + ":kill"} if fault else {}))
        done = subprocess.run([self.orch, *arguments], cwd=self.folder, env=environment, capture_output=True, text=True,
                              timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr

    def expect(self, *arguments):
        code, out = self.call(*arguments)
        if code != 0:
            raise AssertionError(f"orch {' '.join(arguments)} ended with {code}:\n{out}")

    def deployed(self):
        """Which version the store has: its pipelines, their inputs, definitions and aliases agree."""
        rows = self.store.ask(
            "SELECT pipeline.name, document, text, routing FROM pipeline "
            "JOIN pipeline_revision ON pipeline_revision.id = pipeline.revision "
            "JOIN definition ON hash = definition_hash "
            "JOIN state_machine ON state_machine.name = pipeline.name AND deleted_ms IS NULL "
            "JOIN alias ON machine = state_machine.id AND routing = '[[' || machine_version || ',100]]' ORDER BY 1")
        found = {(json.loads(document)["input"], json.loads(text)["States"]["S"]["Result"]) for _, document, text, _ in rows}
        (pair,) = found
        number = pair[0]
        names = [row[0] for row in rows]
        machines = [name for (name,) in self.store.ask("SELECT name FROM state_machine WHERE deleted_ms IS NULL ORDER BY 1")]
        if pair != (number, number) or names != ["always", f"only{number}", "other"] or machines != names:
            raise AssertionError(f"half of a deploy: {pair}, {names}, {machines}")
        return number


def serving(project, fault):
    server = subprocess.Popen([project.orch, "serve", "--listen", "127.0.0.1:0"], cwd=project.folder, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              env=dict(os.environ, ORCH_STORE=str(project.store.file), ORCH_FAULT=fault + ":kill"))
    server.stdout.readline()
    return server


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orch", required=True)
    orch = os.path.abspath(parser.parse_args().orch)
    failed = deaths = 0
    with tempfile.TemporaryDirectory(prefix="orch_deploy_") as folder:
        project = Project(orch, folder)
        number = 1
        project.say(number)
        project.expect("deploy")
        for point in POINTS:
            for with_server in (False, True):
                before = project.deployed()
                number += 1
                project.say(number)
                server = serving(project, point) if with_server else None
                code, _ = project.call("deploy", fault="" if server else point)
                if server:
                    # The client becomes the owner after the server's death, and deploys by itself.
                    code = KILLED if server.wait(timeout=60) == KILLED else code
                deaths += code == KILLED
                try:
                    if project.deployed() not in (before, number):
                        raise AssertionError(f"neither {before} nor {number}")
                    project.expect("deploy")
                    if project.deployed() != number:
                        raise AssertionError("the second deploy has not finished the first one")
                    if "nothing to do" not in project.call("deploy")[1]:
                        raise AssertionError("the third deploy found something to do")
                except AssertionError as error:
                    failed += 1
                    print(f"FAILED {point}{' with a server' if with_server else ''}: {error}")
        code, _ = project.call("rollback", "always", fault="deploy.before_commit:1")
        deaths += code == KILLED
        if project.deployed() != number:
            failed += 1
            print("FAILED half of a rollback")
        if not project.store.sound():
            failed += 1
            print("FAILED the store is not sound")
    if deaths != 2 * len(POINTS) + 1:
        failed += 1
        print(f"FAILED only {deaths} processes died")
    print(f"{deaths} deaths, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Kills `orch resume` and `orch stop` at every pass of the engine's points, and processes that share a
store at random instants, and looks.

  - resume: what failed is done again once, however often resume itself dies; what succeeded is kept.
  - stop: the run is stopped, or still under way and can be stopped.
  - delegated: the owner dies between the commit of what another process asked for and its answer; that process
    becomes the owner, asks again, and nothing is done twice.
  - poison: a run over which the process dies twice does not stop the third one, and is resumed or ended by people.
  - sharing: every process that is not killed ends as if it were alone, whichever process owns the store meanwhile.

  command_crash.py --orch BINARY [--slow] [--seed N] [--only REGEX]
"""
import argparse
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))

from run_store import RunStore  # noqa: E402

KILLED = -signal.SIGKILL
OK, FAILED = 0, 3
POINTS = ("engine.before_commit", "engine.after_commit", "engine.before_dispatch", "engine.result_received")


class Folder:
    """A store and the definitions that runs of it have."""

    def __init__(self, orch, folder):
        self.orch, self.folder = str(orch), pathlib.Path(folder)
        self.store = RunStore(self.folder / "runs.db")
        self.flag = self.folder / "mended"
        self.write("flaky", {"StartAt": "First", "States": {
            "First": {"Type": "Task", "Resource": "orch:noop", "Next": "Both"},
            "Both": {"Type": "Parallel", "End": True, "Branches": [
                {"StartAt": "Good", "States": {"Good": {"Type": "Task", "Resource": "orch:noop", "End": True}}},
                {"StartAt": "Bad", "States": {"Bad": {
                    "Type": "Task", "Resource": "orch:process", "End": True,
                    "Parameters": {"argv": ["test", "-e", str(self.flag)]}}}}]}}})
        self.write("long", {"StartAt": "Sleep", "States": {"Sleep": {"Type": "Wait", "Seconds": 600, "End": True}}})
        self.write("harmless", {"StartAt": "Only", "States": {"Only": {"Type": "Pass", "End": True}}})
        self.write("deadly", {"StartAt": "First", "States": {
            "First": {"Type": "Task", "Resource": "orch:noop", "Next": "Sleep"},
            "Sleep": {"Type": "Wait", "Seconds": 0, "End": True}}})
        self.write("shared", {"StartAt": "All", "States": {"All": {
            "Type": "Map", "MaxConcurrency": 3, "End": True, "ItemProcessor": {"StartAt": "One", "States": {
                "One": {"Type": "Task", "Resource": "orch:process", "End": True,
                        "Parameters": {"argv": ["sh", "-c", "sleep 0.02; echo 7"]}}}}}}})

    def write(self, name, definition):
        (self.folder / f"{name}.json").write_text(json.dumps(definition))

    def begin(self):
        for file in self.folder.glob("runs.db*"):
            file.unlink()
        self.flag.unlink(missing_ok=True)

    def start(self, *arguments, fault=""):
        environment = dict(os.environ, **({"ORCH_FAULT": fault + ":kill"} if fault else {}))
        return subprocess.Popen([self.orch, *arguments, "--store", str(self.store.file)], cwd=self.folder,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)

    def call(self, *arguments, fault=""):
        process = self.start(*arguments, fault=fault)
        out, _ = process.communicate(timeout=60)
        return process.returncode, out

    def expect(self, code, *arguments):
        found, out = self.call(*arguments)
        if found != code:
            raise AssertionError(f"orch {' '.join(arguments)} ended with {found}, expected {code}:\n{out}")

    def status(self, name):
        return next(row[2] for row in self.store.runs() if row[1] == name)

    def ended(self):
        """How many runs have succeeded."""
        return sum(status == "SUCCEEDED" for _, _, status in self.store.runs())

    def look(self, wanted):
        """What is wrong when all runs should have the status `wanted`."""
        wrong = [f"{name} is {status}" for _, name, status in self.store.runs() if status != wanted]
        return wrong + self.store.history_gaps() + ([] if self.store.sound() else ["the store is not sound"])


def resume(folder, fault):
    """None: the point is not passed so often."""
    folder.begin()
    folder.expect(FAILED, "submit", "flaky.json", "--name", "r")
    folder.flag.touch()
    code, out = folder.call("resume", "r", fault=fault)
    if code == OK:
        return None
    if code != KILLED:
        return [f"resume ended with {code}:\n{out}"]
    if folder.status("r") != "SUCCEEDED":
        folder.expect(OK, "resume", "r")
    wrong = folder.look("SUCCEEDED")
    redrives = folder.store.ask("SELECT redrive_count FROM execution")
    if redrives != [(1,)]:
        wrong.append(f"redrive counts {redrives}")
    (types,) = folder.store.event_types().values()
    scheduled = types.count("TaskScheduled")
    if scheduled != 4:  # First, Good, Bad, and Bad again
        wrong.append(f"{scheduled} tasks were scheduled")
    return wrong


def stop(folder, fault):
    folder.begin()
    process = folder.start("submit", "long.json", "--name", "r")
    wait_for_wait_state(folder)
    process.kill()
    process.communicate()
    code, out = folder.call("stop", "r", fault=fault)
    if code == OK:
        return None
    if code != KILLED:
        return [f"stop ended with {code}:\n{out}"]
    if folder.status("r") == "RUNNING":
        folder.expect(OK, "stop", "r")
    return folder.look("ABORTED")


def wait_for_wait_state(folder):
    until = time.monotonic() + 30
    while not any(types[-1] == "WaitStateEntered" for types in event_types(folder)):
        if time.monotonic() > until:
            raise AssertionError("the run never began")
        time.sleep(0.01)


def delegated(folder, command, report):
    """`command`: what the client asks for, what becomes of its run, and how often that was resumed."""
    arguments, becomes, redrives = command
    folder.begin()
    if arguments[0] == "resume":
        folder.expect(FAILED, "submit", "flaky.json", "--name", "r")
        folder.flag.touch()
    owner = folder.start("submit", "long.json", "--name", "long", fault="host.answer:1")
    wait_for_wait_state(folder)
    client = folder.start(*arguments)
    owner.communicate(timeout=60)
    wrong = [] if owner.returncode == KILLED else [f"the owner ended with {owner.returncode}"]
    until = time.monotonic() + 60
    while folder.ended() < 1 and time.monotonic() < until:
        time.sleep(0.02)
    # The client has continued the other run as well, and stays for it.
    folder.expect(OK, "stop", "long")
    out, _ = client.communicate(timeout=60)
    if client.returncode != OK:
        wrong.append(f"the client ended with {client.returncode}:\n{out}")
    found = sorted(folder.store.ask("SELECT status, redrive_count FROM execution"))
    if found != sorted([("ABORTED", 0), (becomes, redrives)]):
        wrong.append(f"runs: {found}")
    report(f"delegated {arguments[0]}", wrong + folder.store.history_gaps())


def poison(folder, ending, report):
    """`ending`: what a person does about the run that was set aside, and what becomes of it."""
    command, becomes = ending
    folder.begin()
    wrong = []
    for name in ("r", "second", "third"):
        definition = "deadly.json" if name == "r" else "harmless.json"
        code, out = folder.call("submit", definition, "--name", name, fault="machine.wait:1")
        if code != (OK if name == "third" else KILLED):
            wrong.append(f"submit of {name} ended with {code}:\n{out}")
    _, out = folder.call("status", "r")
    if "two processes in a row died while it was being decided" not in out or "orch resume" not in out:
        wrong.append(f"status says nothing of it:\n{out}")
    folder.expect(OK, command, "r")
    if folder.status("r") != becomes:
        wrong.append(f"after {command} the run is {folder.status('r')}")
    report(f"poison, then {command}", wrong + folder.store.history_gaps())


def event_types(folder):
    return folder.store.event_types().values() if folder.store.runs() else []


def at_points(folder, act, passes, report):
    for point in POINTS:
        for number in passes:
            fault = f"{point}:{number}"
            wrong = act(folder, fault)
            if wrong is None:
                break
            report(f"{act.__name__} at {fault}", wrong)


class Actor(threading.Thread):
    """Submits one run, again after each time it is killed, until it has ended."""

    def __init__(self, folder, name, instants):
        super().__init__(daemon=True)
        self.folder, self.name_of_run, self.instants = folder, name, instants
        self.wrong = []
        self.killed = 0

    def run(self):
        for instant in [*self.instants, None]:
            process = self.folder.start("submit", "shared.json", "--name", self.name_of_run, "--input",
                                        json.dumps(list(range(8))))
            try:
                out, _ = process.communicate(timeout=instant or 60)
            except subprocess.TimeoutExpired:
                process.kill()
                out, _ = process.communicate()
            if process.returncode == OK:
                return
            self.killed += 1
            if process.returncode != KILLED or instant is None:
                self.wrong.append(f"{self.name_of_run} ended with {process.returncode}:\n{out[-1500:]}")
                return


def share(folder, source, report):
    folder.begin()
    actors = [Actor(folder, f"run{number}", [source.uniform(0.01, 0.5) for _ in range(source.randint(0, 3))])
              for number in range(5)]
    for actor in actors:
        actor.start()
    for actor in actors:
        actor.join()
    wrong = [problem for actor in actors for problem in actor.wrong] + folder.look("SUCCEEDED")
    if len(folder.store.runs()) != len(actors):
        wrong.append(f"runs: {folder.store.runs()}")
    outputs = set(folder.store.ask("SELECT output FROM execution"))
    if outputs != {(json.dumps([7] * 8, separators=(",", ":")),)}:
        wrong.append(f"outputs: {outputs}")
    report(f"sharing, {sum(actor.killed for actor in actors)} killed", wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--orch", required=True, type=pathlib.Path)
    parser.add_argument("--slow", action="store_true", help="more passes, more sharing")
    parser.add_argument("--seed", type=int, default=None, help="of the random instants")
    parser.add_argument("--only", default="", help="resume, stop, delegated, poison, share that match this expression")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}", flush=True)
    os.environ.pop("ORCH_FAULT", None)
    cases, failures = [], []

    def report(case, wrong):
        cases.append(case)
        if wrong:
            failures.append(case)
            print(f"FAILED  {case}", *wrong, sep="\n        ", flush=True)

    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="orch-command-crash-") as name:
        folder = Folder(options.orch.resolve(), name)
        for act in (resume, stop):
            if re.search(options.only, act.__name__):
                at_points(folder, act, range(1, 30) if options.slow else (1, 2, 3), report)
        if re.search(options.only, "delegated"):
            for command in ((("submit", "harmless.json"), "SUCCEEDED", 0), (("resume", "r"), "SUCCEEDED", 1)):
                delegated(folder, command, report)
        if re.search(options.only, "poison"):
            for ending in (("resume", "SUCCEEDED"), ("stop", "ABORTED")):
                poison(folder, ending, report)
        source = random.Random(seed)
        for _ in range((40 if options.slow else 3) if re.search(options.only, "share") else 0):
            share(folder, source, report)
    print(f"{len(cases)} cases in {time.monotonic() - began:.0f} s, {len(failures)} failures; --seed {seed} repeats them")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

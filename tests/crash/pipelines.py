#!/usr/bin/env python3
"""Kills `orch serve` with SIGKILL while schedules fire every second, starts it again, and looks.

The server dies at named points and at random instants, again and again. Meanwhile somebody asks for
runs, each with a key of its own, and asks again until there is an answer. Afterwards:
  - the fire times of each schedule have no gap, from its deployment to its position;
  - each fire has one run that belongs to it, or a reason and no run;
  - each key has one run; of a pipeline that does not overlap no two runs were under way at once;
  - the store is sound, and its histories have no gaps.

  pipelines.py --orch BINARY [--slow] [--seed N] [--seconds N] [--keep]
"""
import argparse
import json
import pathlib
import random
import shutil
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))

from mortal_server import MortalServer  # noqa: E402
from run_store import RunStore  # noqa: E402

POINTS = ("engine.before_commit", "engine.after_commit", "engine.before_dispatch", "engine.fire",
          "store.write", "store.commit", "store.committed", "host.answer")

# Overlap → how long its runs take. None of them waits for anything outside.
PIPELINES = {"allow": 0, "skip": 2, "queue_one": 2, "queue_all": 0, "cancel_running": 2}


def write_project(folder):
    (folder / "project.json").write_text(json.dumps({"name": "crash", "environments": {"test": {}}}))
    for name, seconds in PIPELINES.items():
        (folder / "workflows").mkdir(exist_ok=True)
        (folder / "pipelines").mkdir(exist_ok=True)
        state = {"Type": "Wait", "Seconds": seconds, "End": True} if seconds else {"Type": "Pass", "End": True}
        (folder / "workflows" / f"{name}.json").write_text(json.dumps({"StartAt": "A", "States": {"A": state}}))
        (folder / "pipelines" / f"{name}.json").write_text(json.dumps({
            "workflow": f"workflows/{name}.json", "overlap": name,
            "triggers": {"every": {"schedule": "@every 1s", "catch_up": "3s"}}}))


class Asker(threading.Thread):
    """Asks for runs until it is told to stop; each key is asked for until there is an answer."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.over, self.wrong, self.answers = server, threading.Event(), [], {}

    def run(self):
        number = 0
        while not self.over.is_set():
            number += 1
            answer = self.ask(f"k{number}")
            if answer:
                self.answers[f"k{number}"] = answer
            self.over.wait(0.1)

    def ask(self, key):
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            result = self.server.run("pipeline", "run", "allow", "--key", key, "-o", "jsonl")
            if result.returncode == 0:
                return json.loads(result.stdout)
        self.wrong.append(f"no answer to {key}: {result.stderr}")
        return None


def look(store, answers):
    yield from store.history_gaps()
    for name in PIPELINES:
        yield from look_at_schedule(store, name)
    for row in store.ask("SELECT f.pipeline, f.trigger_name, f.fire_key, f.outcome, count(e.id), max(e.run_id), f.run_id, f.reason "
                         "FROM fire f LEFT JOIN pipeline_run r ON r.pipeline = f.pipeline AND r.trigger_name = f.trigger_name "
                         "AND r.fire_ms = f.fire_ms LEFT JOIN execution e ON e.id = r.execution_id "
                         "AND (f.kind = 'schedule' OR e.run_id = f.run_id) "
                         "GROUP BY f.pipeline, f.trigger_name, f.fire_key"):
        yield from look_at_fire(*row)
    runs = store.ask("SELECT count(*) FROM pipeline_run")[0][0]
    started = store.ask("SELECT count(*) FROM fire WHERE outcome = 'started'")[0][0]
    if runs != started:
        yield f"{runs} runs of pipelines, {started} fires that were started"
    for key, answer in answers.items():
        found = store.ask("SELECT outcome, run_id FROM fire WHERE fire_key = ? AND trigger_name = 'manual'", key)
        if len(found) != 1 or (answer.get("run") and answer["run"] != found[0][1]):
            yield f"{key} was answered with {answer}, the store has {found}"
    if not store.sound():
        yield "the store is not sound"


def look_at_schedule(store, name):
    times = [at for at, in store.ask("SELECT fire_ms FROM fire WHERE pipeline = ? AND trigger_name = 'every' ORDER BY fire_ms", name)]
    if len(times) < 5:
        yield f"{name}: only {len(times)} fire times"
        return
    gaps = [(a, b) for a, b in zip(times, times[1:]) if b - a != 1000]
    if gaps:
        yield f"{name}: fire times without a row: {gaps[:5]}"
    position = store.ask("SELECT position_ms FROM trigger_position WHERE pipeline = ?", name)[0][0]
    if position != times[-1]:
        yield f"{name}: decided up to {times[-1]}, its position is {position}"
    if PIPELINES[name] and name != "allow":
        at_once = store.ask("SELECT count(*) FROM execution a JOIN pipeline_run p ON p.execution_id = a.id JOIN execution b "
                            "ON b.id > a.id JOIN pipeline_run q ON q.execution_id = b.id AND q.pipeline = p.pipeline "
                            "WHERE p.pipeline = ? AND b.started_ms < coalesce(a.ended_ms, 1e18)", name)[0][0]
        if at_once:
            yield f"{name}: {at_once} pairs of runs overlap"


def look_at_fire(pipeline, trigger, key, outcome, runs, run, of_fire, reason):
    what = f"{pipeline} {trigger} {key} ({outcome})"
    if outcome == "started":
        if runs != 1 or run != of_fire:
            yield f"{what}: {runs} runs, {run}, not {of_fire}"
    elif runs or of_fire or not reason:
        yield f"{what}: {runs} runs, reason {reason!r}"


class Harness:
    def __init__(self, options):
        self.options, self.random = options, random.Random(options.seed)
        self.killed, self.failed, self.reached = 0, False, set()

    def deaths(self):
        """Named points in turn, at random passes, and random instants between them."""
        points = [*POINTS]
        self.random.shuffle(points)
        while True:
            for point in points:
                self.reached.add(point)
                yield f"{point}:{self.random.randint(1, 40)}"
                yield round(self.random.uniform(0.05, 1.5), 3)

    def round(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="orch-pipelines-"))
        write_project(folder)
        deaths = [death for death, _ in zip(self.deaths(), range(2000))]
        server = MortalServer(self.options.orch, folder, deaths, {})
        wrong = []
        deployed = server.server.run("deploy")
        if deployed.returncode != 0:
            wrong.append(f"deploy: {deployed.stderr}")
        asker = Asker(server.server)
        server.start()
        asker.start()
        time.sleep(self.options.seconds)
        asker.over.set()
        server.deaths = []
        asker.join(90)
        time.sleep(2)  # the last life goes on by itself: what waits is started
        server.end()
        wrong += server.wrong + asker.wrong + list(look(RunStore(server.store), asker.answers))
        fires = RunStore(server.store).ask("SELECT count(*) FROM fire")[0][0]
        self.killed = server.killed
        if wrong:
            print(f"FAILED in {folder}, seed {self.options.seed}", *wrong[:40], sep="\n        ", flush=True)
        if not self.options.keep or not wrong:
            shutil.rmtree(folder, ignore_errors=True)
        print(f"{fires} fires, {len(asker.answers)} of them asked for; the server was killed {self.killed} times")
        return not wrong and self.killed > 3


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--orch", required=True, type=pathlib.Path)
    parser.add_argument("--slow", action="store_true", help="ten minutes")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--seconds", type=int, default=40)
    parser.add_argument("--keep", action="store_true", help="leave the folder of a round that failed")
    options = parser.parse_args()
    if options.seed is None:
        options.seed = random.randrange(1 << 32)
    if options.slow:
        options.seconds = 600
    return 0 if Harness(options).round() else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Kills `orch serve` with SIGKILL while clients work with it, starts it again, and looks.

Each round is a new store under the whole load of service_load.py: distributed maps, nested runs,
callbacks, activities, redrive, stop and update of map runs. The server dies at a named point or at
random instants, once or several times; the clients go on with the next one. Or its store fails now and
then. Afterwards:
  - every execution has ended as it must, with the right output;
  - histories have no gaps, one beginning, one end for each redrive, an end for each task and state;
  - no child and no nested run was begun twice; all items were done; none is still under way.
An execution over which two servers in a row died is set aside, as it should be, and resumed over REST.

  serve_crash.py --orch BINARY [--slow] [--seed N] [--points REGEX] [--rounds N] [--keep]
"""
import argparse
import collections
import http.server
import json
import os
import pathlib
import random
import re
import shutil
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))

from mortal_server import MortalServer  # noqa: E402
from resumer import Resumer  # noqa: E402
from run_store import ENDS, RunStore  # noqa: E402
from service_load import CASES, World  # noqa: E402

POINTS = ("engine.before_commit", "engine.after_commit", "engine.before_dispatch", "engine.result_received",
          "engine.nested", "service.called", "results.before_file", "results.before_manifest", "results.after_manifest",
          "migrate.before_commit", "migrate.after_commit")


class Queue:
    """Speaks enough of the SQS API to take messages; hands them to the round's world."""

    def __init__(self):
        self.world = None
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                owner.world.messages.put(json.loads(message["MessageBody"]))
                body = b'{"MessageId":"1"}'
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # who sent the message is dead
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"


def look(store):
    """Everything that is wrong in a store whose executions have all ended."""
    wrong = store.history_gaps()
    rows = store.ask("SELECT id, name, status, redrive_count, starter IS NOT NULL OR parent IS NOT NULL "
                     "FROM execution")
    types = store.event_types()
    for execution, name, status, redrives, _ in rows:
        wrong += [f"{name} ({status}): {problem}" for problem in odd_history(types[execution], status, redrives)]
    for what, columns in (("child", "parent, parent_map_run, child_index"), ("nested run", "starter, starter_ticket")):
        first = columns.split(",")[0]
        wrong += [f"{what} {row} was begun {row[-1]} times" for row in store.ask(
            f"SELECT {columns}, count(*) FROM execution WHERE {first} IS NOT NULL GROUP BY {columns} HAVING count(*) > 1")]
    wrong += [f"map run {name}: its children have {found} items, expected {items}" for name, items, found in store.ask(
        "SELECT m.name, m.items, sum(e.child_items) FROM map_run m LEFT JOIN execution e "
        "ON e.parent = m.execution_id AND e.parent_map_run = m.event_id GROUP BY m.name "
        "HAVING m.items IS NOT sum(e.child_items)")]
    if not store.sound():
        wrong.append("the store is not sound")
    return wrong


def odd_history(types, status, redrives):
    count = collections.Counter(types)
    ends = sum(count[end] for end in ENDS)
    if count["ExecutionStarted"] != 1 or types[:1] != ["ExecutionStarted"]:
        yield f"{count['ExecutionStarted']} beginnings"
    if status == "RUNNING":
        yield f"is still under way after {types[-1]}"
    elif ends != redrives + 1 or types[-1] not in ENDS:
        yield f"{ends} ends for {redrives} redrives, the last event is {types[-1]}"
    if count["ExecutionRedriven"] != redrives:
        yield f"{count['ExecutionRedriven']} redrives recorded, expected {redrives}"
    if status != "SUCCEEDED" or redrives > 0:  # what was under way at an end before stays open
        return
    entered = sum(n for name, n in count.items() if name.endswith("StateEntered"))
    left = sum(n for name, n in count.items() if name.endswith("StateExited"))
    if entered != left:
        yield f"{entered} states entered, {left} left"
    for kind in ("Task", "Activity"):
        closed = sum(count[kind + end] for end in ("Succeeded", "Failed", "TimedOut", "SubmitFailed", "StartFailed"))
        if count[kind + "Scheduled"] != closed or count[kind + "Started"] > count[kind + "Scheduled"]:
            yield f"{kind}: {count[kind + 'Scheduled']} scheduled, {count[kind + 'Started']} started, {closed} ended"


class Harness:
    def __init__(self, options):
        self.options = options
        self.random = random.Random(options.seed)
        self.queue = Queue()
        self.rounds = self.deaths = self.outlived = self.resumed = 0
        self.failures = []
        self.reached = set()
        self.seconds = 0.0

    def round(self, title, deaths, trouble=""):
        """One load under these deaths, and the store's `trouble` (ORCH_FAULT) where there are none;
        how many of the deaths came."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="orch-serve-crash-"))
        environment = {"ORCH_SQS_ENDPOINT": self.queue.url,
                       "ORCH_ALLOW": f"folder:{folder / 'bucket'},without-keys", **({"ORCH_FAULT": trouble} if trouble else {})}
        server = MortalServer(self.options.orch, folder, deaths, environment)
        world = self.queue.world = World(server, folder, self.queue.url + "/q")
        resumer = Resumer(server)
        began = time.monotonic()
        server.start()
        resumer.start()
        try:
            self.bear(world)
        finally:
            world.over.set()
            resumer.end()
            self.seconds = time.monotonic() - began
            server.end()
        wrong = world.wrong + server.wrong + resumer.wrong + look(RunStore(server.store))
        self.rounds += 1
        self.deaths += server.killed
        self.outlived += world.outlived
        self.resumed += len(resumer.resumed)
        if wrong:
            self.failures.append(title)
            print(f"FAILED  {title} in {folder}", *wrong, sep="\n        ", flush=True)
        elif self.options.verbose:
            print(f"ok      {title}: died {server.killed} times, "
                  f"{len(resumer.resumed)} resumed, {self.seconds:.1f} s", flush=True)
        if not self.options.keep or not wrong:
            shutil.rmtree(folder, ignore_errors=True)
        return server.killed

    def bear(self, world):
        try:
            world.set_up()
        except Exception as error:
            world.wrong.append(f"setting up: {error}")
            return
        threads = [threading.Thread(target=self.attempt, args=(world, case())) for case in CASES
                   if re.search(self.options.cases, case.__name__)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    @staticmethod
    def attempt(world, case):
        try:
            case.run(world)
        except Exception as error:  # the other cases are still of interest
            world.wrong.append(f"{case.name}: {type(error).__name__} {error}")

    def at_points(self):
        for point in POINTS:
            if not re.search(self.options.points, point):
                continue
            passes = [1, *sorted(self.random.sample(range(2, 80), self.options.passes))]
            for number in passes if point.startswith("engine") else passes[:1] + [2] * self.options.slow:
                twice = [f"{point}:{self.random.randint(1, 9)}"] if number % 2 else []
                deaths = [f"{point}:{number}", *twice]
                if self.round(", ".join(deaths), deaths):
                    self.reached.add(point)
            if point not in self.reached:
                self.failures.append(f"{point} was never reached")
                print(f"FAILED  {point} was never reached")

    def in_trouble(self):
        """No deaths: turns that cannot be committed are decided again by the same process."""
        for _ in range(self.options.troubles):
            passes = sorted(self.random.sample(range(2, 120), 12))
            point = self.random.choice(["engine.before_commit", "engine.before_commit", "engine.result_received"])
            self.round(f"{point} fails at {passes}", [], ",".join(f"{point}:{number}:throw" for number in passes))

    def at_random(self):
        for _ in range(self.options.rounds):
            deaths = [round(self.random.uniform(0.02, 1.2), 3) for _ in range(self.random.randint(1, 4))]
            self.round("killed after " + ", ".join(f"{death} s" for death in deaths), deaths)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--orch", required=True, type=pathlib.Path)
    parser.add_argument("--slow", action="store_true", help="more passes, more instants")
    parser.add_argument("--seed", type=int, default=None, help="of passes and instants")
    parser.add_argument("--points", default="", help="points that match this expression")
    parser.add_argument("--cases", default="", help="cases whose class matches this expression")
    parser.add_argument("--rounds", type=int, default=None, help="rounds with random instants")
    parser.add_argument("--keep", action="store_true", help="leave the folders of failed rounds")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    options.orch = options.orch.resolve()
    options.seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    options.troubles = 60 if options.slow else 5
    options.passes = 12 if options.slow else 1
    if options.rounds is None:
        options.rounds = 100 if options.slow else 5
    return options


def main():
    options = parse()
    os.environ.pop("ORCH_FAULT", None)
    print(f"seed {options.seed}", flush=True)
    began = time.monotonic()
    harness = Harness(options)
    harness.round("undisturbed", [])
    print(f"a round takes {harness.seconds:.1f} s", flush=True)
    harness.at_points()
    harness.in_trouble()
    harness.at_random()
    if not harness.outlived and not options.cases:
        harness.failures.append("tokens")
        print("FAILED  no token was used after the death of the server that gave it out")
    print(f"{harness.deaths} deaths in {harness.rounds} rounds, {time.monotonic() - began:.0f} s, "
          f"{harness.outlived} tokens used in a later life, {harness.resumed} executions set aside and resumed, "
          f"{len(harness.failures)} failures; --seed {options.seed} repeats them")
    return 1 if harness.failures else 0


if __name__ == "__main__":
    sys.exit(main())

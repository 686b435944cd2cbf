#!/usr/bin/env python3
"""Kills `orch serve` with SIGKILL at random instants while tasks hold slots and wait for them.

Runs of a Map use a connection that bears two tasks at a time, tasks of a tag that bears three, and at
most four of the runs are under way. After each death and each restart:
  - no slot is over its limit;
  - whoever holds or waits is a task of a run that there is.
The runs go on until all have ended: a slot that nobody held would keep them from it. Each has succeeded
then, each of its tasks has ended once, and nothing is held.

  limits_crash.py --orch BINARY [--seconds N] [--seed N] [--keep]
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

LIMITS = {"connection": 2, "tag orch:sql": 3, "runs": 4}
TASKS = 6  # of a run

# Some milliseconds of work.
WORK = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT max(i) FROM n"
WORKFLOW = {
    "StartAt": "Each",
    "States": {
        "Each": {
            "Type": "Map",
            "ItemProcessor": {
                "StartAt": "Work",
                "States": {
                    "Work": {"Type": "Task", "Resource": "orch:sql", "End": True,
                             "Parameters": {"connection": "core", "sql": WORK}}
                },
            },
            "End": True,
        }
    },
}


class Round:
    def __init__(self, orch, folder, chance):
        self.orch, self.folder, self.random = orch, folder, chance
        self.store = folder / "orch.db"
        self.wrong = []
        self.kills = self.most_held = self.runs = 0
        sqlite3.connect(folder / "core.db").execute("CREATE TABLE t (x)").connection.close()
        (folder / "connections.json").write_text(json.dumps({
            "version": 1,
            "connections": {"core": {"url": "sqlite:core.db", "limits": {"at_once": LIMITS["connection"]}}},
        }))
        (folder / "work.json").write_text(json.dumps(WORKFLOW))
        self.environment = {**os.environ, "ORCH_STORE": str(self.store), "ORCH_LOG": "error",
                            "ORCH_LIMIT": f"runs={LIMITS['runs']},tag:orch:sql={LIMITS['tag orch:sql']}",
                            "ORCH_CONNECTIONS": str(folder / "connections.json")}

    def start(self):
        server = subprocess.Popen([self.orch, "serve", "--listen", "127.0.0.1:0"], cwd=self.folder, env=self.environment,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if not server.stdout.readline():
            raise SystemExit("orch serve does not start")
        return server

    def submit(self, count):
        for _ in range(count):
            done = subprocess.run([self.orch, "submit", "work.json", "--no-follow", "--input", json.dumps(list(range(TASKS)))],
                                  cwd=self.folder, env=self.environment, capture_output=True, text=True)
            if done.returncode != 0:
                self.wrong.append("submit: " + done.stderr)
            self.runs += 1

    def ask(self, sql):
        with sqlite3.connect(f"file:{self.store}?mode=ro", uri=True, timeout=20) as database:
            return database.execute(sql).fetchall()

    def look(self, when):
        """What the store says at one instant of who holds."""
        held = {}
        for slot, execution, holds, status in self.ask(
                "SELECT slot, execution_id, held, status "
                "FROM slot LEFT JOIN execution ON execution.id = execution_id"):
            if holds:
                held[slot] = held.get(slot, 0) + 1
            if status is None:
                self.wrong.append(f"{when}: {slot} is of run {execution}, which there is not")
        for slot, count in held.items():
            limit = LIMITS[slot.split()[0]] if slot.startswith("connection") else LIMITS[slot]
            self.most_held = max(self.most_held, count)
            if count > limit:
                self.wrong.append(f"{when}: {slot} is held {count} times, its limit is {limit}")

    def under_way(self):
        return self.ask("SELECT count(*) FROM execution WHERE status = 'RUNNING'")[0][0]

    def bear(self, seconds):
        until = time.monotonic() + seconds
        server = self.start()
        self.submit(8)
        while time.monotonic() < until:
            time.sleep(self.random.uniform(0, 0.08))
            self.look("at work")
            server.send_signal(signal.SIGKILL)
            server.wait()
            self.kills += 1
            self.look("after a death")
            server = self.start()
            if self.under_way() < 6:
                self.submit(3)
        give_up = time.monotonic() + 120
        while self.under_way() > 0 and time.monotonic() < give_up:
            self.look("at the end")
            time.sleep(0.02)
        time.sleep(0.1)
        end = time.monotonic() + 20
        while self.ask("SELECT count(*) FROM slot")[0][0] > 0 and time.monotonic() < end:
            time.sleep(0.02)
        server.terminate()
        server.wait()
        self.look_at_the_end()

    def look_at_the_end(self):
        left = self.ask("SELECT slot, held, execution_id FROM slot")
        if left:
            self.wrong.append(f"nothing is under way, and the table slot has {left}")
        for name, status in self.ask("SELECT name, status FROM execution WHERE status <> 'SUCCEEDED'"):
            self.wrong.append(f"run {name} is {status}")
        made = self.ask("SELECT count(*) FROM execution WHERE parent IS NULL")[0][0]
        if made != self.runs:
            self.wrong.append(f"{made} runs, expected {self.runs}")
        names = [name for name, in self.ask("SELECT name FROM execution")]
        for name in self.random.sample(names, min(len(names), 10)):
            history = subprocess.run([self.orch, "history", name, "-o", "jsonl"], env=self.environment, capture_output=True,
                                     text=True).stdout
            done = sum(json.loads(line)["type"] == "TaskSucceeded" for line in history.splitlines())
            if done != TASKS:
                self.wrong.append(f"run {name}: {done} tasks ended, expected {TASKS}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--orch", required=True)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)))
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orch-limits-crash-"))
    print(f"seed {options.seed}, {folder}", flush=True)
    one = Round(str(pathlib.Path(options.orch).resolve()), folder, random.Random(options.seed))
    one.bear(options.seconds)
    print(f"{one.kills} kills, {one.runs} runs, at most {one.most_held} of a slot held at once")
    if one.kills == 0 or one.most_held == 0:
        one.wrong.append("nothing was tried")
    for problem in one.wrong[:20]:
        print("WRONG", problem)
    if not options.keep and not one.wrong:
        shutil.rmtree(folder)
    sys.exit(1 if one.wrong else 0)


if __name__ == "__main__":
    main()

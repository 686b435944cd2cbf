#!/usr/bin/env python3
"""Several processes on one run store: owners, guests, Ctrl-C, kill -9."""
import argparse
import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

WAITS = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 600, "End": True}}}
TOUCHES = {"StartAt": "W", "States": {
    "W": {"Type": "Wait", "Seconds": 1, "Next": "T"},
    "T": {"Type": "Task", "Resource": "orch:process", "Parameters": {"argv": ["touch", "touched"]}, "End": True}}}
# Takes the tables of a catalog and holds them until the file "go" is there.
HOLDS = {"StartAt": "C", "States": {
    "C": {"Type": "Task", "Resource": "orch:catalog", "Parameters": {"options.$": "$"}, "Next": "H"},
    "H": {"Type": "Task", "Resource": "orch:process", "End": True,
          "Parameters": {"argv": ["sh", "-c", "touch begun; while [ ! -e go ]; do sleep 0.05; done"]}}}}
QUICK = {"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": 7, "End": True}}}


class Folder:
    """A folder with two workflows and a store."""

    def __init__(self, orch):
        self.orch = orch
        self.folder = tempfile.TemporaryDirectory(prefix="orch_cli_")
        self.path = self.folder.name
        self.children = []
        for name, content in (("waits.json", WAITS), ("touches.json", TOUCHES), ("holds.json", HOLDS),
                              ("quick.json", QUICK)):
            with open(os.path.join(self.path, name), "w", encoding="utf-8") as file:
                json.dump(content, file)

    def environment(self):
        return {"PATH": os.environ["PATH"], "HOME": self.path, "ORCH_STORE": "runs.db"}

    def start(self, *arguments, fault=""):
        environment = self.environment() | ({"ORCH_FAULT": fault} if fault else {})
        child = subprocess.Popen([self.orch, *arguments], cwd=self.path, env=environment,
                                 text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.children.append(child)
        return child

    def run(self, *arguments):
        return subprocess.run([self.orch, *arguments], cwd=self.path, env=self.environment(),
                              text=True, capture_output=True, timeout=60, check=False)

    def status_of(self, name):
        done = self.run("status", name, "-o", "json")
        return json.loads(done.stdout).get("status") if done.returncode == 0 else None

    def wait_for(self, name, status):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if (self.status_of(name) or "").lower() == status:
                return
            time.sleep(0.05)
        raise AssertionError(f"{name} is {self.status_of(name)}, expected {status}")

    def wait_for_runs(self, workflow, count):
        end = time.monotonic() + 30
        while len(runs_of(self, workflow)) < count:
            if time.monotonic() > end:
                raise AssertionError(f"{len(runs_of(self, workflow))} runs of {workflow}, expected {count}")
            time.sleep(0.05)

    def wait_for_file(self, name):
        end = time.monotonic() + 30
        while not os.path.exists(os.path.join(self.path, name)):
            if time.monotonic() > end:
                raise AssertionError(f"no file {name}")
            time.sleep(0.05)

    def wait_until_it_waits(self, name, other):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            found = json.loads(self.run("status", name, "-o", "json").stdout or "{}").get("waits_for", {})
            if found.get("name") == other:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{name} does not wait for {other}")

    def make_project(self):
        """Two databases, connections and a catalog of two tables."""
        with contextlib.closing(sqlite3.connect(os.path.join(self.path, "from.db"))) as database:
            database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
            database.execute("CREATE TABLE u (id INTEGER PRIMARY KEY)")
            database.execute("INSERT INTO t VALUES (1), (2)")
            database.commit()
        done = self.run("replicate", "--from", "sqlite:from.db", "--to", "sqlite:to.db", "--folder", ".", "--no-run")
        expect(done.returncode == 0, f"the project is made: {done.stderr}")

    def end_children(self):
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.communicate()
        self.children.clear()

    def end(self):
        self.end_children()
        self.folder.cleanup()


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def runs_of(folder, workflow):
    listed = json.loads(folder.run("status", "--limit", "1000", "-o", "json").stdout or "[]")
    return [run for run in listed if run["workflow"] == workflow]


def pause(folder, definition, name, by, *arguments):
    """Starts a run and ends its process with a signal."""
    owner = folder.start("submit", definition, "--name", name, *arguments)
    folder.wait_for(name, "running")
    owner.send_signal(by)
    _, err = owner.communicate(timeout=30)
    expect(owner.returncode == 4, f"exit code {owner.returncode}: {err}")
    expect(f"run {name} is paused" in err and "orch resume" in err and "orch stop" in err, f"says how to go on: {err}")


def a_paused_run_can_be_stopped(folder):
    pause(folder, "waits.json", "long", signal.SIGINT)
    done = folder.run("stop", "long")
    expect(done.returncode == 0, f"stop without an owner: {done.stderr}")
    folder.wait_for("long", "aborted")
    done = folder.run("status", "--only", "paused", "-o", "json")
    expect(json.loads(done.stdout) == [], f"nothing is paused: {done.stdout}")


def only_its_resume_continues_a_paused_run(folder):
    pause(folder, "touches.json", "mine", signal.SIGTERM)
    time.sleep(1.2)  # its timer is due now
    before = folder.run("history", "mine", "-o", "json").stdout
    listed = json.loads(folder.run("status", "--only", "paused", "-o", "json").stdout)
    expect([each["name"] for each in listed] == ["mine"], f"it is listed: {listed}")
    done = folder.run("status", "mine")
    expect("paused since" in done.stdout and "orch resume mine" in done.stdout, f"status says it: {done.stdout}")
    done = folder.run("submit", "quick.json")
    expect(done.returncode == 0 and "continuing" not in done.stderr, f"another submit leaves it: {done.stderr}")
    done = folder.run("submit", "touches.json", "--name", "mine")
    expect(done.returncode == 4 and "orch resume" in done.stderr, f"the same submit too: {done.stderr}")
    expect(folder.run("history", "mine", "-o", "json").stdout == before, "the paused run has moved")
    done = folder.run("resume", "mine")
    expect(done.returncode == 0, f"resume continues it: {done.stderr}")
    expect(os.path.exists(os.path.join(folder.path, "touched")), "its task is done")


def an_owner_resumes_a_paused_run_for_others(folder):
    pause(folder, "touches.json", "mine", signal.SIGINT)
    folder.start("submit", "waits.json", "--name", "long")
    folder.wait_for("long", "running")
    time.sleep(1.2)
    expect(not os.path.exists(os.path.join(folder.path, "touched")), "the owner leaves it")
    done = folder.run("resume", "mine")
    expect(done.returncode == 0, f"the owner takes it up: {done.stderr}")
    expect(os.path.exists(os.path.join(folder.path, "touched")), "its task is done")


def a_crashed_run_is_continued_and_said_to_be(folder):
    owner = folder.start("submit", "touches.json", "--name", "mine")
    folder.wait_for("mine", "running")
    owner.kill()
    owner.communicate()
    done = folder.run("status", "mine", "-o", "json")
    expect(json.loads(done.stdout).get("interrupted") is True, f"status tells: {done.stdout}")
    expect("interrupted" in folder.run("status").stdout, "so does the list")
    done = folder.run("submit", "quick.json")
    expect(re.search(r"continuing run mine, interrupted at 20\d\d-", done.stderr), f"it says so: {done.stderr}")
    expect(folder.status_of("mine") == "SUCCEEDED", "and stays until the run has ended")


def a_guest_hands_its_run_to_the_owner(folder):
    owner = folder.start("submit", "waits.json", "--name", "long")
    folder.wait_for("long", "running")
    guest = folder.run("submit", "quick.json", "--name", "short")
    expect(guest.returncode == 0, f"the guest's run succeeds: {guest.stderr}")
    folder.wait_for("short", "succeeded")
    done = folder.run("stop", "long", "--error", "Maintenance", "--cause", "window")
    expect(done.returncode == 0, f"stop from another process: {done.stderr}")
    _, err = owner.communicate(timeout=30)
    expect(owner.returncode == 4, f"the owner reports the stop: {owner.returncode} {err}")


def the_next_owner_stays_for_what_it_continues(folder):
    owner = folder.start("submit", "waits.json", "--name", "long")
    folder.wait_for("long", "running")
    owner.kill()
    owner.communicate()
    after = folder.start("submit", "quick.json", "--name", "after")
    folder.wait_for("after", "succeeded")
    expect(after.poll() is None, "the next owner stays")
    done = folder.run("stop", "long")
    expect(done.returncode == 0, f"the crashed owner's run can be stopped: {done.stderr}")
    _, err = after.communicate(timeout=30)
    expect(after.returncode == 0, f"the exit code is that of its own run: {after.returncode} {err}")
    expect("long" in err, f"it says what it stays for: {err}")


def ctrl_c_does_not_pause_what_others_began(folder):
    owner = folder.start("submit", "waits.json", "--name", "long")
    folder.wait_for("long", "running")
    owner.kill()
    owner.communicate()
    pause(folder, "waits.json", "other", signal.SIGINT)
    listed = json.loads(folder.run("status", "--only", "paused", "-o", "json").stdout)
    expect([each["name"] for each in listed] == ["other"], f"only its own run is paused: {listed}")


def a_stop_without_an_owner_moves_no_other_run(folder):
    owner = folder.start("submit", "touches.json", "--name", "other")
    folder.wait_for("other", "running")
    folder.start("submit", "waits.json", "--name", "long")
    folder.wait_for("long", "running")
    owner.kill()
    folder.end_children()
    expect(folder.status_of("other") == "RUNNING", "it was killed before its second was over")
    time.sleep(1.5)  # the other run's timer is due now
    before = folder.run("history", "other", "-o", "json").stdout
    done = folder.run("stop", "long", "--error", "Enough", "--cause", "why not", "-o", "json")
    expect(json.loads(done.stdout)["status"] == "ABORTED", f"the stop answers: {done.stderr}")
    stopped = json.loads(folder.run("status", "long", "-o", "json").stdout)
    expect(stopped["status"] == "ABORTED" and "why not" in json.dumps(stopped), f"with its cause: {stopped}")
    expect(folder.run("history", "other", "-o", "json").stdout == before, "the other run has moved")
    expect(not os.path.exists(os.path.join(folder.path, "touched")), "a task of the other run was done")
    done = folder.run("resume", "other")
    expect(done.returncode == 0, f"the other run goes on later: {done.stderr}")
    expect(os.path.exists(os.path.join(folder.path, "touched")), "its task is done then")


def a_run_that_was_handed_over_twice_starts_once(folder):
    # The owner dies at one commit after the other; at one of them it has heard the guest and not answered yet.
    for commit in range(1, 7):
        before = len(runs_of(folder, "quick"))
        owner = folder.start("submit", "waits.json", "--name", f"long{commit}", fault=f"engine.after_commit:{commit}:kill")
        time.sleep(0.3)
        guest = folder.start("submit", "quick.json")
        folder.wait_for_runs("quick", before + 1)
        folder.run("stop", f"long{commit}")
        _, err = guest.communicate(timeout=30)
        expect(guest.returncode == 0, f"at commit {commit}: {guest.returncode} {err}")
        folder.end_children()
        expect(len(runs_of(folder, "quick")) == before + 1, f"one submit, one run, at commit {commit}")


def an_owner_that_does_not_answer_is_told_of(folder):
    owner = folder.start("submit", "waits.json", "--name", "long")
    folder.wait_for("long", "running")
    owner.send_signal(signal.SIGSTOP)
    guest = folder.start("submit", "quick.json", "--no-follow")
    time.sleep(1)
    expect(guest.poll() is None, "it has patience")
    owner.send_signal(signal.SIGCONT)
    _, err = guest.communicate(timeout=30)
    expect(guest.returncode == 0, f"and gets its answer: {err}")
    folder.run("stop", "long")
    owner.communicate(timeout=30)


def what_a_run_needs_is_missed_before_there_is_one(folder):
    done = folder.run("submit", "replicate", "--name", "first", "--input", CATALOG)
    expect(done.returncode == 1 and "ORCH-0302" in done.stderr, f"no connections: {done.stderr}")
    expect(folder.status_of("first") is None, "the name is free")
    folder.make_project()
    os.rename(os.path.join(folder.path, "catalog.json"), os.path.join(folder.path, "later.json"))
    done = folder.run("submit", "replicate", "--name", "first", "--input", CATALOG)
    expect(done.returncode == 1 and "ORCH-0002" in done.stderr, f"no catalog: {done.stderr}")
    expect(folder.status_of("first") is None, "the name is free")
    os.rename(os.path.join(folder.path, "later.json"), os.path.join(folder.path, "catalog.json"))
    done = folder.run("submit", "replicate", "--name", "first", "--input", CATALOG)
    expect(done.returncode == 0, f"the run begins: {done.stderr}")


def a_project_that_was_moved_is_resumed_there(folder):
    folder.make_project()
    pause(folder, "holds.json", "mine", signal.SIGINT, "--input", CATALOG)
    moved = os.path.join(folder.path, "moved")
    os.mkdir(moved)
    for name in ("connections.json", "catalog.json", "from.db"):
        os.rename(os.path.join(folder.path, name), os.path.join(moved, name))
    done = folder.run("resume", "mine")
    expect(done.returncode == 1 and "--project" in done.stderr, f"it says what is gone: {done.stderr}")
    expect(folder.status_of("mine") == "RUNNING", "the run is still paused")
    open(os.path.join(moved, "go"), "w", encoding="utf-8").close()  # where the run's programs start
    done = folder.run("resume", "mine", "--project", "moved")
    expect(done.returncode == 0 and "moved/connections.json (before: " in done.stderr, f"it goes on: {done.stderr}")


CATALOG = '{"catalog":"catalog.json"}'


def one_run_at_a_time_has_the_tables(folder):
    folder.make_project()
    folder.start("submit", "holds.json", "--name", "c1", "--input", CATALOG)
    folder.wait_for_file("begun")
    second = folder.start("submit", "replicate", "--name", "c2", "--input", CATALOG)
    waits = folder.wait_until_it_waits("c2", "c1")
    expect(len(waits["claims"]) == 2, f"it says for what: {waits}")
    expect("waiting for run c1 (tables t, u)" in folder.run("status", "c2").stdout, "status says it")
    expect(re.search(r"c2 .*waiting", folder.run("status").stdout), "so does the list")
    done = folder.run("submit", "replicate", "--if-running", "skip", "--name", "c3", "--input", CATALOG)
    expect(done.returncode == 0 and "run c1 is replicating tables t, u" in done.stdout, f"skip: {done.stdout}{done.stderr}")
    expect(not os.path.exists(os.path.join(folder.path, "reports")), "a skipped run does nothing")
    done = folder.run("submit", "replicate", "--if-running", "fail", "--name", "c4", "--input", CATALOG)
    expect(done.returncode == 3 and "Run.Overlaps" in done.stderr, f"fail: {done.stdout}{done.stderr}")
    done = folder.run("replicate", "--from", "sqlite:from.db", "--to", "sqlite:./to.db", "--folder", "other",
                      "--if-running", "fail", "--name", "c5")
    expect(done.returncode == 3, f"another project of the same target too: {done.stdout}{done.stderr}")
    open(os.path.join(folder.path, "go"), "w", encoding="utf-8").close()
    _, err = second.communicate(timeout=30)
    expect(second.returncode == 0 and "waiting for run c1" in err, f"c2 has its turn: {err}")
    expect(folder.status_of("c1") == "SUCCEEDED", "after c1")


def a_run_that_waits_is_kept_by_kill_9_and_ended_by_stop(folder):
    folder.make_project()
    owner = folder.start("submit", "holds.json", "--name", "c1", "--input", CATALOG)
    folder.wait_for_file("begun")
    waiting = folder.start("submit", "replicate", "--name", "c2", "--input", CATALOG)
    folder.wait_until_it_waits("c2", "c1")
    owner.kill()
    waiting.kill()
    folder.end_children()
    os.unlink(os.path.join(folder.path, "begun"))
    cron = folder.start("submit", "replicate", "--name", "c3", "--input", CATALOG)
    folder.wait_for_file("begun")
    folder.wait_until_it_waits("c3", "c1")
    expect(folder.run("stop", "c2").returncode == 0, "one that waits is stopped")
    folder.wait_for("c2", "aborted")
    open(os.path.join(folder.path, "go"), "w", encoding="utf-8").close()
    _, err = cron.communicate(timeout=30)
    expect(cron.returncode == 0, f"yesterday's run first, then this one: {err}")
    expect("continuing run c1, interrupted at" in err and "waiting for run c1" in err, f"it says so: {err}")


def a_misspelt_url_leaves_nothing_in_the_way(folder):
    with contextlib.closing(sqlite3.connect(os.path.join(folder.path, "from.db"))) as database:
        database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    done = folder.run("replicate", "--from", "sqlite:form.db", "--to", "sqlite:to.db")
    expect(done.returncode == 1, f"there is no such file: {done.stderr}")
    done = folder.run("replicate", "--from", "sqlite:from.db", "--to", "sqlite:to.db")
    expect(done.returncode == 0, f"the right one is taken: {done.stderr}")
    done = folder.run("replicate", "--from", "sqlite:other.db", "--to", "sqlite:to.db")
    expect("ORCH-0010" in done.stderr, f"the project stays that of its databases: {done.stderr}")


def passwords_stay_out_of_everything(folder):
    secret = "s3cr3t-in-the-url"
    done = folder.run("replicate", "--from", "sqlite:nothing.db", "--to",
                      f"postgresql://loader:{secret}@127.0.0.1:1/none")
    expect(done.returncode != 0, "there is no such database")
    expect(secret not in done.stdout + done.stderr, "the password is printed")
    for root, _, names in os.walk(folder.path):
        for name in names:
            file = os.path.join(root, name)
            if not os.path.isfile(file):
                continue
            with open(file, "rb") as opened:
                if secret.encode() in opened.read():
                    mode = os.stat(file).st_mode & 0o777
                    expect(mode == 0o600, f"{name} holds the password and is readable by others")
                    expect(not re.search(r"runs\.db|\.json$|\.log$", name), f"{name} holds it")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orch", required=True)
    parser.add_argument("--only", default="", help="a regular expression for names")
    options = parser.parse_args()
    failed = 0
    scenarios = [a_paused_run_can_be_stopped, only_its_resume_continues_a_paused_run,
                 an_owner_resumes_a_paused_run_for_others, a_crashed_run_is_continued_and_said_to_be,
                 ctrl_c_does_not_pause_what_others_began, a_guest_hands_its_run_to_the_owner,
                 the_next_owner_stays_for_what_it_continues, one_run_at_a_time_has_the_tables,
                 a_run_that_waits_is_kept_by_kill_9_and_ended_by_stop,
                 a_run_that_was_handed_over_twice_starts_once, an_owner_that_does_not_answer_is_told_of,
                 what_a_run_needs_is_missed_before_there_is_one, a_project_that_was_moved_is_resumed_there,
                 a_stop_without_an_owner_moves_no_other_run,
                 a_misspelt_url_leaves_nothing_in_the_way, passwords_stay_out_of_everything]
    for scenario in scenarios:
        if not re.search(options.only, scenario.__name__):
            continue
        folder = Folder(os.path.abspath(options.orch))
        try:
            scenario(folder)
            print(f"ok      {scenario.__name__}")
        except AssertionError as error:
            failed += 1
            print(f"FAILED  {scenario.__name__}: {error}")
        finally:
            folder.end()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

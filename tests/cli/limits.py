#!/usr/bin/env python3
"""hold, release, limits and connection history, as people call them, with a server and without."""
import argparse
import json
import os
import signal
import subprocess
import tempfile
import time

# At work until the file "go" is there.
WORKS = {"StartAt": "W", "States": {"W": {
    "Type": "Task", "Resource": "orch:process", "End": True,
    "Parameters": {"argv": ["sh", "-c", "while [ ! -e go ]; do sleep 0.05; done"]}}}}
ASKS = {"StartAt": "A", "States": {"A": {
    "Type": "Task", "Resource": "orch:sql", "End": True, "Parameters": {"connection": "core", "sql": "SELECT 1 AS one"}}}}
CONNECTIONS = {"version": 1, "connections": {"core": {"url": "sqlite:core.db", "limits": {"at_once": 1}}}}


class Folder:
    def __init__(self, orch):
        self.orch = orch
        self.folder = tempfile.TemporaryDirectory(prefix="orch_limits_")
        self.path = self.folder.name
        self.server = None
        for name, content in (("works.json", WORKS), ("asks.json", ASKS), ("connections.json", CONNECTIONS)):
            with open(os.path.join(self.path, name), "w", encoding="utf-8") as file:
                json.dump(content, file)
        open(os.path.join(self.path, "core.db"), "w", encoding="utf-8").close()
        self.environment = {"PATH": os.environ["PATH"], "HOME": self.path, "ORCH_STORE": "runs.db",
                            "ORCH_LIMIT": "tag:orch:process=1"}

    def serve(self):
        self.server = subprocess.Popen([self.orch, "serve", "--listen", "127.0.0.1:0"], cwd=self.path, text=True,
                                       env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self.server.stdout.readline(), "orch serve does not start"

    def end(self, how=signal.SIGTERM):
        if self.server:
            self.server.send_signal(how)
            self.server.communicate()
        self.server = None

    def run(self, *arguments, fails=""):
        done = subprocess.run([self.orch, *arguments], cwd=self.path, env=self.environment, text=True,
                              capture_output=True, timeout=60, check=False)
        assert (done.returncode == 0) == (not fails), done
        assert fails in done.stderr, done.stderr
        return done.stdout

    def submit(self, workflow, name):
        self.run("submit", workflow, "--name", name, "--no-follow")

    def limits(self):
        return json.loads(self.run("limits", "-o", "json"))

    def status(self, name):
        return json.loads(self.run("status", name, "-o", "json"))


def eventually(holds):
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end, "it does not come true"
        time.sleep(0.05)


def slots_are_shown(folder):
    folder.serve()
    folder.submit("works.json", "first")
    eventually(lambda: folder.limits()["slots"])
    folder.submit("works.json", "second")
    eventually(lambda: folder.limits()["waiting"])
    found = folder.limits()
    slot, = found["slots"]
    assert (slot["label"], slot["at_once"], slot["held"], slot["waiting"]) == ("tag orch:process", 1, 1, 1), slot
    assert [each["name"] for each in slot["holders"]] == ["first"], slot
    waits, = found["waiting"]
    assert (waits["name"], waits["tasks"]) == ("second", 1), waits
    assert waits["for"] == "a slot of tag orch:process (1 of 1 held by first)", waits
    assert folder.status("second")["waiting"][0]["for"] == waits["for"]
    assert f"waiting for {waits['for']}" in folder.run("status", "second")
    page = folder.run("limits")
    assert "tag orch:process" in page and "second" in page, page
    open(os.path.join(folder.path, "go"), "w", encoding="utf-8").close()
    eventually(lambda: folder.status("second")["status"] == "SUCCEEDED")
    eventually(lambda: not folder.limits()["slots"])
    folder.end()


def holds_outlive_processes(folder):
    folder.run("hold", "core", "--until", "2h", "--reason", "index build", "--by", "ada")
    hold, = folder.limits()["holds"]
    assert (hold["subject"], hold["mode"], hold["by"], hold["reason"]) == (
        "connection core", "drain", "ada", "index build"), hold
    folder.serve()
    folder.submit("asks.json", "asks")
    eventually(lambda: folder.limits()["waiting"])
    assert folder.limits()["waiting"][0]["for"].endswith("by ada: index build")
    folder.end(signal.SIGKILL)
    folder.serve()
    eventually(lambda: folder.limits()["waiting"])
    assert folder.status("asks")["status"] == "RUNNING"
    folder.run("release", "core")
    eventually(lambda: folder.status("asks")["status"] == "SUCCEEDED")
    assert not folder.limits()["holds"]
    folder.end()


def runs_and_the_server_are_held(folder):
    folder.serve()
    folder.run("hold", "--server", "--mode", "finish")
    folder.submit("asks.json", "later")
    eventually(lambda: folder.limits()["waiting"])
    folder.run("hold", "--run", "later")
    folder.run("release", "--server")
    assert folder.status("later")["status"] == "RUNNING"
    folder.run("release", "--run", "later")
    eventually(lambda: folder.status("later")["status"] == "SUCCEEDED")
    folder.end()


def what_is_wrong_is_told(folder):
    folder.run("hold", fails="ORCH-0740")
    folder.run("hold", "core", "--server", fails="ORCH-0740")
    folder.run("hold", "core", "--mode", "stop", fails="ORCH-0740")
    folder.run("hold", "core", "--until", "2001-01-01", fails="ORCH-0740")
    folder.run("hold", "core", "--until", "soon", fails="ORCH-0001")
    folder.run("hold", "--run", "nothing", fails="ORCH-0203")
    folder.run("hold", "--pipeline", "nothing", fails="ORCH-0802")
    folder.run("release", "core", fails="ORCH-0741")
    folder.environment["ORCH_LIMIT"] = "tags=1"
    folder.run("submit", "asks.json", fails="ORCH-0001")


def outages_are_listed(folder):
    assert json.loads(folder.run("connection", "history", "-o", "json")) == []
    os.rename(os.path.join(folder.path, "core.db"), os.path.join(folder.path, "gone.db"))
    done = subprocess.run([folder.orch, "submit", "asks.json"], cwd=folder.path, env=folder.environment, check=False,
                          capture_output=True)
    assert done.returncode == 3, done
    outage, = json.loads(folder.run("connection", "history", "core", "-o", "json"))
    assert outage["connection"] == "core" and "until" not in outage and outage["reason"], outage
    os.rename(os.path.join(folder.path, "gone.db"), os.path.join(folder.path, "core.db"))
    folder.run("submit", "asks.json")
    outage, = json.loads(folder.run("connection", "history", "core", "-o", "json"))
    assert "until" in outage, outage


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--orch", required=True)
    options = parser.parse_args()
    for test in (slots_are_shown, holds_outlive_processes, runs_and_the_server_are_held, outages_are_listed,
                 what_is_wrong_is_told):
        folder = Folder(os.path.abspath(options.orch))
        try:
            if test in (what_is_wrong_is_told, outages_are_listed):
                folder.run("submit", "asks.json")  # makes the store
            test(folder)
            print("ok", test.__name__)
        finally:
            folder.end(signal.SIGKILL)


if __name__ == "__main__":
    main()

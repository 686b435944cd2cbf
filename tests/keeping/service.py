#!/usr/bin/env python3
"""`orch serve` under a service manager: it says when it is ready, that it lives, and that it stops; SIGHUP changes its
settings; a stop is graceful, a second one is not.

  service.py --orch BINARY
"""
import argparse
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time

from store_folder import StoreFolder, expect


class Manager:
    """What systemd is to a service: a socket, and the variables that name it."""

    def __init__(self, folder):
        self.path = folder / "notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))
        self.socket.settimeout(60)

    def start(self, folder, *options, **variables):
        environment = dict(os.environ, ORCH_STORE=str(folder.store.file), NOTIFY_SOCKET=str(self.path), **variables)
        return subprocess.Popen([folder.orch, "serve", "--listen", "127.0.0.1:0", *options], cwd=folder.folder,
                                env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait_for(self, state):
        while self.socket.recv(1024).decode() != state:
            pass


def ready_alive_and_stopping(folder):
    manager = Manager(folder.folder)
    process = manager.start(folder, WATCHDOG_USEC="300000")
    manager.wait_for("READY=1")
    for _ in range(3):
        manager.wait_for("WATCHDOG=1")
    process.terminate()
    manager.wait_for("STOPPING=1")
    expect(process.wait(timeout=60), 0, "exit code")


def a_graceful_and_a_forced_stop(folder):
    folder.write("slow", {"StartAt": "Work", "States": {"Work": {
        "Type": "Task", "Resource": "orch:process", "Parameters": {"argv": ["sleep", "600"]}, "End": True}}})
    manager = Manager(folder.folder)
    process = manager.start(folder, "--drain", "600")
    manager.wait_for("READY=1")
    submit = subprocess.Popen([folder.orch, "submit", "slow.json", "--name", "slow", "--store", folder.store.file],
                              cwd=folder.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: "slow" in folder.names() and folder.ask("status", "slow")["status"] == "RUNNING")
    process.send_signal(signal.SIGTERM)
    manager.wait_for("STOPPING=1")
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)
    submit.kill()
    submit.wait()
    expect(folder.ask("status", "slow")["status"], "RUNNING", "the run, which the next owner continues")


def settings_are_reloaded(folder):
    (folder.folder / "orch.json").write_text(json.dumps({"store": str(folder.store.file)}))
    for name in ("old", "newest"):
        folder.submit("plain", name)
    folder.age("old", 40)
    manager = Manager(folder.folder)
    process = manager.start(folder, "--config", "orch.json", "--log-file", "log")
    manager.wait_for("READY=1")
    log = folder.folder / "log"
    (folder.folder / "orch.json").write_text("{")
    process.send_signal(signal.SIGHUP)
    wait_until(lambda: "settings not reloaded" in log.read_text())
    (folder.folder / "orch.json").write_text(json.dumps({"store": str(folder.store.file), "retention": "days:30"}))
    process.send_signal(signal.SIGHUP)
    wait_until(lambda: folder.names() == ["newest"])
    process.terminate()
    expect(process.wait(timeout=60), 0, "exit code")


def wait_until(done):
    deadline = time.monotonic() + 60
    while not done():
        if time.monotonic() > deadline:
            raise AssertionError("it never came to that")
        time.sleep(0.05)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--orch", required=True, type=pathlib.Path)
    orch = parser.parse_args().orch.resolve()
    for case in (ready_alive_and_stopping, a_graceful_and_a_forced_stop, settings_are_reloaded):
        with tempfile.TemporaryDirectory(prefix="orch-service-") as name:
            case(StoreFolder(orch, name))
            print(f"ok  {case.__name__}", flush=True)


if __name__ == "__main__":
    main()

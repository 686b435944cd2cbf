#!/usr/bin/env python3
"""What readers of a PostgreSQL target notice of publishes that are held up, in numbers.

  idle holder   somebody has read the table and stays in the transaction: readers' waiting share until it is published
  paused        the process of a run is stopped (SIGSTOP) while it loads, or publishes: until a run of another store is done
  swallowed     the network of a run swallows everything while it loads: until a run of another store is done

  publish_lock.py --orch BINARY [--rows N]
"""
import argparse
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
WAITED = 0.05  # s; a read that takes longer has waited for a lock


class Session:
    """A psql that stays connected."""

    def __init__(self, url):
        self.psql = subprocess.Popen(["psql", "-X", "-q", "-A", "-t", url], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, text=True)

    def value(self, sql):
        self.psql.stdin.write(sql + ";\n")
        self.psql.stdin.flush()
        return self.psql.stdout.readline().strip()

    def close(self):
        self.psql.stdin.close()
        self.psql.wait()


class Reader:
    """Reads the table again and again, and adds up how long it waited."""

    def __init__(self, url):
        self.session, self.over = Session(url), threading.Event()
        self.total = self.waited = self.longest = 0.0
        self.seen = set()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        start = time.monotonic()
        while not self.over.is_set():
            began = time.monotonic()
            self.seen.add(self.session.value("SELECT min(v) || '..' || max(v) FROM (SELECT v FROM t LIMIT 1000) s"))
            took = time.monotonic() - began
            self.longest = max(self.longest, took)
            self.waited += took if took > WAITED else 0.0
            self.over.wait(0.002)
        self.total = time.monotonic() - start

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.session.close()

    def __str__(self):
        return (f"readers waited {100 * self.waited / self.total:.1f} % of {self.total:.1f} s, at most "
                f"{self.longest * 1000:.0f} ms at once; saw {sorted(self.seen)}")


class Network:
    """Forwards to the server until it swallows everything."""

    def __init__(self, port):
        self.server, self.swallowing = port, threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.server))
            for ends in ((client, server), (server, client)):
                threading.Thread(target=self.forward, args=ends, daemon=True).start()

    def forward(self, source, drain):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self.swallowing.is_set():
                    threading.Event().wait()
                drain.sendall(data)
            drain.close()


class Project:
    def __init__(self, orch, folder, source, target):
        self.orch, self.folder = orch, folder
        folder.mkdir()
        (folder / "connections.json").write_text(json.dumps({"version": 1, "connections": {
            "from": {"url": source}, "to": target}}))
        (folder / "catalog.json").write_text(json.dumps({"version": 1, "id": "bench", "tables": [{
            "source": {"connection": "from", "table": "t"}, "target": {"connection": "to"}}]}))

    def start(self, name, fault=""):
        return subprocess.Popen(
            [self.orch, "submit", "replicate", "--name", name, "--input", '{"catalog": "catalog.json"}',
             "--connections", "connections.json", "--store", "runs.db"], cwd=self.folder, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, env=dict(os.environ, **({"ORCH_FAULT": fault} if fault else {})))

    def run(self, name):
        start = time.monotonic()
        process = self.start(name)
        out, _ = process.communicate()
        if process.returncode != 0:
            raise SystemExit(f"{name} ended with {process.returncode}:\n{out}")
        return time.monotonic() - start


def wait_for(condition):
    while not condition():
        time.sleep(0.02)


def is_stopped(process):
    return pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"


def psql(url, sql):
    return subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, url], check=True,
                          capture_output=True, text=True).stdout.strip()


def idle_holder(projects, source, target):
    psql(source, "UPDATE t SET v = v + 1")
    holder = Session(target)
    holder.value("BEGIN; SELECT count(*) FROM t")
    with Reader(target) as reader:
        seconds = projects["first"].run("beside-a-holder")
    holder.close()
    print(f"idle holder: published after {seconds:.1f} s; {reader}", flush=True)


def taken_over(label, projects, source, target, hang):
    psql(source, "UPDATE t SET v = v + 1")
    process, end = hang()
    with Reader(target) as reader:
        seconds = projects["other"].run(label.replace(" ", "-"))
    print(f"{label}: a run of another store was done after {seconds:.1f} s; {reader}", flush=True)
    end()
    process.kill()
    process.wait()


def measure(options, folder, server):
    source, target = (f"{server.rsplit('/', 1)[0]}/{name}" for name in ("bench_from", "bench_to"))
    for name in ("bench_from", "bench_to"):
        psql(server, f"CREATE DATABASE {name}")
    psql(server, "CREATE ROLE bench SUPERUSER LOGIN PASSWORD 'bench'")
    psql(source, f"CREATE TABLE t (id integer PRIMARY KEY, v integer, filler text); INSERT INTO t SELECT i, 0, "
                 f"repeat('x', 100) FROM generate_series(1, {options.rows}) i")
    network = Network(int(psql(server, "SHOW port")))
    orch = options.orch.resolve()
    os.environ["BENCH_PASSWORD"] = "bench"
    direct = {"url": f"postgresql://bench@127.0.0.1:{network.server}/bench_to", "password": {"env": "BENCH_PASSWORD"}}
    projects = {"first": Project(orch, folder / "first", source, direct),
                "other": Project(orch, folder / "other", source, direct),
                "network": Project(orch, folder / "network", source, {
                    **direct, "url": f"postgresql://bench@127.0.0.1:{network.port}/bench_to"})}
    projects["first"].run("baseline")
    print(f"{options.rows} rows; a run that nothing holds up takes {projects['first'].run('again'):.1f} s", flush=True)
    idle_holder(projects, source, target)

    def stopped(point):
        process = projects["first"].start(f"stopped-at-{point}", f"{point}:1:stop")
        wait_for(lambda: is_stopped(process))
        return process, lambda: process.send_signal(signal.SIGCONT)

    def swallowed():
        process = projects["network"].start("swallowed")
        wait_for(lambda: psql(target, "SELECT count(*) FROM pg_stat_progress_copy WHERE command = 'COPY FROM'") != "0")
        network.swallowing.set()
        return process, lambda: None

    taken_over("paused while loading", projects, source, target, lambda: stopped("stage.before_commit"))
    taken_over("paused while publishing", projects, source, target, lambda: stopped("merge.before_commit"))
    taken_over("swallowed while loading", projects, source, target, swallowed)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orch", required=True, type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=200_000)
    options = parser.parse_args()
    started = subprocess.run([ROOT / "scripts" / "postgres-for-tests", "start"], check=True, stdout=subprocess.PIPE,
                             text=True).stdout.split()
    try:
        with tempfile.TemporaryDirectory() as name:
            measure(options, pathlib.Path(name), started[1])
    finally:
        subprocess.run([ROOT / "scripts" / "postgres-for-tests", "stop", started[0]], check=True)


if __name__ == "__main__":
    sys.exit(main())

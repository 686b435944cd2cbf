#!/usr/bin/env python3
"""What the REST API costs: pages over a store of many runs, and 200 listeners on a busy server. See README.md.

    rest_bench.py --orch build/bench/orch --store year.db
    rest_bench.py --orch build/bench/orch --listeners 200"""
import argparse
import contextlib
import http.client
import json
import os
import pathlib
import selectors
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROUNDS = 40
# A page, and the same in SQL, of which the sqlite3 of Python reads as many rows: what the file alone takes.
PAGES = [("/v1/runs", "1"), ("/v1/runs?pipeline=year", "+id IN (SELECT execution_id FROM pipeline_run WHERE pipeline = 'year')"),
         ("/v1/runs?pipeline=none", "+id IN (SELECT execution_id FROM pipeline_run WHERE pipeline = 'none')"),
         ("/v1/runs?name=nowhere", "instr(lower(name), 'nowhere') > 0"),
         ("/v1/runs?error=nowhere", "error IS NOT NULL AND instr(lower(error || coalesce(cause, '')), 'nowhere') > 0"),
         ("/v1/runs?tag=team=night", "workflow IN (SELECT substr(resource, 14) FROM tag WHERE key = 'team' AND value = 'night')"),
         ("/v1/runs?status=failed,timed_out", "status IN ('FAILED', 'TIMED_OUT')"), ("/v1/runs?status=waiting", "status = 'RUNNING'"),
         ("/v1/runs?until=2001-01-01T00:00:00Z", "started_ms < 978307200000"), ("/v1/runs?key=none", None), ("/v1/tables", None),
         ("/v1/tables/{table}/runs", None), ("/v1/runs?key={table}", None), ("/v1/grid", None), ("/v1/grid?pipeline=year", None), ("/v1/pipelines", None)]
SQL = "SELECT * FROM execution WHERE parent IS NULL AND {} ORDER BY started_ms DESC, id DESC LIMIT 51"


class Server:
    def __init__(self, orch, store):
        self.process = subprocess.Popen([orch, "serve", "--store", store, "--listen", "127.0.0.1:0", "--log", "error"],
                                        stdout=subprocess.PIPE, text=True)
        self.port = urllib.parse.urlsplit(self.process.stdout.readline().strip()).port

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def cpu(self):
        """Seconds of processor time so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self):
        self.process.terminate()
        self.process.wait(60)


def ask(connection, target, body=None, **headers):
    connection.request("POST" if body else "GET", target, body, headers)
    response = connection.getresponse()
    text = response.read()
    assert response.status == 200, text
    return text


def milliseconds(work):
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1e3)
    taken.sort()
    return statistics.median(taken), taken[int(len(taken) * 0.99)]


def measure_pages(server, store):
    tables = json.loads(ask(server.connect(), "/v1/tables"))["items"]
    db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    print(f"{'page':<40}{'p50 ms':>9}{'p99 ms':>9}   sqlite3: {'p50 ms':>9}{'p99 ms':>9}")
    for page, condition in PAGES:
        target = page.format(table=urllib.parse.quote(tables[0]["key"], safe="") if tables else "none")
        connection = server.connect()  # the one before may have rested for too long
        ours = milliseconds(lambda: ask(connection, target))
        line = f"{target:<40}{ours[0]:9.1f}{ours[1]:9.1f}"
        if condition:
            theirs = milliseconds(lambda: db.execute(SQL.format(condition)).fetchall())
            line += f"            {theirs[0]:9.1f}{theirs[1]:9.1f}"
        print(line + ("" if ours[1] < 50 else "   over 50 ms"))


def listen(port, count):
    """In a process of its own: `count` streams, read until the end of standard input."""
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ)
    for _ in range(count):
        stream = socket.create_connection(("127.0.0.1", port))
        stream.sendall(f"GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        stream.recv(65536)
        selector.register(stream, selectors.EVENT_READ)
    print("listening", flush=True)
    while True:
        for key, _ in selector.select():
            if key.fileobj is sys.stdin or not key.fileobj.recv(1 << 20):
                return


@contextlib.contextmanager
def listeners(port, count):
    process = subprocess.Popen([sys.executable, __file__, "--listen", str(port), "--listeners", str(count)],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "listening\n"
    yield
    process.stdin.close()
    process.wait(60)


def run_for(server, connection, machine, seconds):
    """Runs a second, and processor time of the server for one, in ms."""
    began, cpu, runs = time.perf_counter(), server.cpu(), 0
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AWSStepFunctions.StartExecution"}
    body = json.dumps({"stateMachineArn": machine})
    while (taken := time.perf_counter() - began) < seconds:
        ask(connection, "/", body, **headers)
        runs += 1
    return runs / taken, (server.cpu() - cpu) * 1e3 / runs


def measure_listeners(server, count, rounds, seconds):
    connection = server.connect()
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    made = ask(connection, "/", json.dumps({"name": "m", "roleArn": "arn:aws:iam::123456789012:role/r", "definition": definition}),
               **{"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AWSStepFunctions.CreateStateMachine"})
    machine = json.loads(made)["stateMachineArn"]
    run_for(server, connection, machine, seconds)
    found = {False: [], True: []}
    for turn in range(2 * rounds):
        heard = turn % 2 == 1
        with listeners(server.port, count) if heard else contextlib.nullcontext():
            found[heard].append(run_for(server, connection, machine, seconds))
    for heard, name in [(False, "no one listens"), (True, f"{count} listen")]:
        rates, costs = zip(*found[heard])
        print(f"{name:<20}{statistics.median(rates):9.1f} runs/s{statistics.median(costs):9.3f} ms of processor a run")
    ratios = [b[0] / a[0] for a, b in zip(found[False], found[True])]
    print(f"runs/s with listeners against without, turn by turn: median {statistics.median(ratios):.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orch")
    parser.add_argument("--store", help="year_bench --keep leaves one")
    parser.add_argument("--listeners", type=int)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--listen", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.listen:
        return listen(options.listen, options.listeners)
    version = subprocess.run([options.orch, "version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    print(f"{version}; {os.cpu_count()} processors, load average {os.getloadavg()[0]:.1f}, {os.uname().release}")
    with tempfile.TemporaryDirectory() as folder:
        server = Server(options.orch, options.store or str(pathlib.Path(folder) / "runs.db"))
        try:
            if options.store:
                measure_pages(server, options.store)
            if options.listeners:
                measure_listeners(server, options.listeners, options.rounds, options.seconds)
        finally:
            server.end()


if __name__ == "__main__":
    main()

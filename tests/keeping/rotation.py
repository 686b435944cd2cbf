#!/usr/bin/env python3
"""The password of a target is changed while `orch serve` and a run of it go on: nobody restarts anything.

  rotation.py --orch BINARY
"""
import argparse
import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import tempfile
import time

from store_folder import ERROR, StoreFolder, expect

from databases import PostgresServer


class Place(StoreFolder):
    """A source in SQLite and a target that asks for the password in the file `secret`."""

    def __init__(self, orch, folder, server):
        super().__init__(orch, folder)
        self.database = server.database("rotation")
        self.database.create()
        self.database.psql("CREATE ROLE loader LOGIN; ALTER DATABASE rotation OWNER TO loader;"
                           "GRANT ALL ON SCHEMA public TO loader")
        port = server.url.rsplit(":", 1)[1].split("/")[0]
        with contextlib.closing(sqlite3.connect(self.folder / "from.db")) as db:
            db.executescript("".join(f"CREATE TABLE t{n} (id INTEGER PRIMARY KEY); INSERT INTO t{n} VALUES (1), (2);"
                                     for n in range(4)))
        self.write("connections", {"version": 1, "connections": {
            "from": {"url": f"sqlite:{self.folder / 'from.db'}"},
            "to": {"url": f"postgresql://loader@127.0.0.1:{port}/rotation", "password": {"file": "secret"}}}})
        self.write("catalog", {"version": 1, "defaults": {"source": {"connection": "from"},
                                                          "target": {"connection": "to"}},
                               "tables": [{"source": {"table": f"t{n}"}} for n in range(4)]})

    def rotate(self, password, file=True):
        """The server's password, and then the file's; sessions that have the old one end."""
        self.database.psql(f"ALTER ROLE loader PASSWORD '{password}'")
        if file:
            self.give(password)
        self.database.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'loader'")

    def give(self, password):
        secret = self.folder / "secret"
        secret.with_suffix(".new").write_text(password)
        secret.with_suffix(".new").chmod(0o600)
        secret.with_suffix(".new").rename(secret)

    def replicate(self, name):
        return ("submit", "replicate", "--name", name, "--connections", "connections.json", "--input",
                json.dumps({"catalog": "catalog.json", "max_concurrency": 1}))


def rotation(place):
    place.rotate("first")
    serve = subprocess.Popen([place.orch, "serve", "--listen", "127.0.0.1:0", "--store", place.store.file],
                             cwd=place.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    serve.stdout.readline()
    try:
        place.call(*place.replicate("before"))
        during(place)
        place.rotate("third", file=False)
        told = place.call(*place.replicate("too early"), code=ERROR)
        expect("Connection.Refused" in told and "third" not in told, True, told)
        place.give("third")
        place.call(*place.replicate("after"))
        expect({run["name"]: run["status"] for run in place.lines("status")},
               dict.fromkeys(("before", "during", "after"), "SUCCEEDED"), "the runs")
        expect(serve.poll(), None, "the server, which nobody has restarted")
    finally:
        serve.terminate()
        serve.communicate(timeout=60)
    with open(place.store.file, "rb") as store:
        content = store.read()
    for password in (b"first", b"second", b"third"):
        expect(content.count(b'"' + password + b'"'), 0, "passwords in the store")


def during(place):
    """A run waits for a lock on its first table while the password is changed and its sessions end."""
    holder = subprocess.Popen(["psql", "-X", "-q", "-d", place.database.url], stdin=subprocess.PIPE, text=True)
    holder.stdin.write("BEGIN; LOCK TABLE t0 IN ACCESS EXCLUSIVE MODE;\n")
    holder.stdin.flush()
    wait_until(lambda: "1" == place.database.psql("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' "
                                                  "AND granted AND relation = 't0'::regclass").strip())
    environment = dict(os.environ, ORCH_STORE=str(place.store.file))
    run = subprocess.Popen([place.orch, *place.replicate("during")], cwd=place.folder, env=environment,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: "0" != place.database.psql("SELECT count(*) FROM pg_locks WHERE NOT granted").strip())
    place.rotate("second")
    holder.stdin.close()  # ends its transaction
    holder.wait(timeout=60)
    expect(run.wait(timeout=120), 0, "exit code of the run")


def wait_until(done):
    deadline = time.monotonic() + 60
    while not done():
        if time.monotonic() > deadline:
            raise AssertionError("it never came to that")
        time.sleep(0.02)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--orch", required=True, type=pathlib.Path)
    orch = parser.parse_args().orch.resolve()
    server = PostgresServer()
    try:
        with tempfile.TemporaryDirectory(prefix="orch-rotation-") as name:
            rotation(Place(orch, name, server))
            print("ok  rotation")
    finally:
        server.stop()


if __name__ == "__main__":
    main()

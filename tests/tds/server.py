#!/usr/bin/env python3
"""A SQL Server as far as a client sees one: TDS 7.4 over loopback, tables and faults from a JSON file.

    server.py DATA.json [--log FILE]

Prints its port on a line of its own and ends when its standard input does, or when stopped. The data file:
{"database", "version": "16.0.1000", "logins": {user: password}, "snapshot_isolation": false,
 "tables": [{"schema", "name", "kind": "table" or "view", "columns": [{"name", "type", "null", "collation",
             "identity", "computed", "hidden", "comment", "denied"}], "key": [names], "rows": [[…]], "comment", "denied"}],
 "answers": [see script.py]}. The log gets a line of JSON for each login, statement and transaction.

Not here: encryption, MARS, cursors of the server, bulk loads, and SQL beyond what reads need (transact.py).
"""
import argparse
import json
import socket
import sys
import tempfile
import threading

from database import Database
from script import Script
from session import Session


class Server:
    def __init__(self, data, folder, log):
        self.database = Database(data, folder)
        self.script = Script(data.get("answers", []), self.database)
        major, minor, build = data["version"].split(".")[:3]
        self.version = int(major), int(minor), int(build)
        self.log_file = open(log, "a", encoding="utf-8") if log else None  # noqa: SIM115
        self.log_lock = threading.Lock()

    def log(self, event):
        if self.log_file:
            with self.log_lock:
                print(json.dumps(event), file=self.log_file, flush=True)

    def accept_from(self, listener):
        while True:
            sock, _ = listener.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=Session(sock, self).serve, daemon=True).start()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("--log")
    arguments = parser.parse_args()
    with open(arguments.data, encoding="utf-8") as file:
        data = json.load(file)
    with tempfile.TemporaryDirectory(prefix="orch-tds.") as folder:
        server = Server(data, folder, arguments.log)
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        threading.Thread(target=server.accept_from, args=(listener,), daemon=True).start()
        sys.stdin.read()


if __name__ == "__main__":
    main()

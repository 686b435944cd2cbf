#!/usr/bin/env python3
"""The commands of a MySQL source, against a MariaDB server: scripts/mariadb-for-tests run tests/cli/mysql.py --orch ORCH.

Discovers, replicates with a password over TLS, follows a watermark, refuses a zero date with its
row, and reconciles.
"""
import argparse
import json
import os
import sqlite3
import subprocess
import tempfile
import urllib.parse

failures = 0


def check(what, holds, told=""):
    global failures
    if not holds:
        failures += 1
        print(f"FAILED {what}\n{told}")


class Server:
    def __init__(self):
        self.url = os.environ["ORCH_TEST_MARIADB"]
        self.socket = urllib.parse.unquote(self.url.split("@")[1].rsplit("/", 1)[0])

    def run(self, sql):
        return subprocess.run(
            ["mariadb", "--no-defaults", "--socket", self.socket, "--user=orch", "--skip-column-names", "--default-character-set=utf8mb4",
             "test"],
            input=sql, encoding="utf-8", check=True, capture_output=True).stdout.strip()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--orch", required=True)
    orch = os.path.abspath(arguments.parse_args().orch)
    server = Server()
    port = server.run("SELECT @@port")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ORCH_STORE"] = os.path.join(folder, "runs.db")  # no other orch takes these runs over

        def call(*words, status=0):
            done = subprocess.run([orch, *words], cwd=folder, capture_output=True, text=True, timeout=120)
            told = f"orch {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
            check(f"orch {words[0]} ends with {status}", done.returncode == status, told)
            return done.stdout + done.stderr

        def rows(query):
            with sqlite3.connect(os.path.join(folder, "t.db")) as db:
                return db.execute(query).fetchall()

        server.run("""
            CREATE DATABASE shop; USE shop;
            CREATE TABLE orders (id bigint unsigned PRIMARY KEY, at timestamp(6) NOT NULL, amount decimal(20,4), note text);
            SET time_zone = '+02:00';
            INSERT INTO orders VALUES (1, '2026-01-01 02:00:00.000001', 0.1, 'é😀'), (18446744073709551615, '2026-01-01 03:00:00', NULL, '');
            CREATE VIEW named AS SELECT id FROM orders;
            CREATE USER reader@'127.0.0.1' IDENTIFIED BY 'p@ss: word' REQUIRE SSL;
            GRANT SELECT ON shop.* TO reader@'127.0.0.1'""")
        told = call("replicate", "--from", f"mysql://reader:p%40ss%3A%20word@127.0.0.1:{port}/shop?tls=required",
                    "--to", "sqlite:t.db")
        check("one table, its view left out", "1 of 1 table" in told and "view named" in told, told)
        check("the password is in no message", "p@ss" not in told, told)
        check("every value", rows("SELECT id, at, amount, note FROM orders ORDER BY at") == [
            ("1", "2026-01-01 00:00:00.000001+00", "0.1000", "é😀"),
            ("18446744073709551615", "2026-01-01 01:00:00+00", None, "")], str(rows("SELECT * FROM orders")))
        evidence = str(rows("SELECT * FROM orch_evidence"))
        check("the evidence has the position", "binlog_file" in evidence and '"gtid"' in evidence, evidence)

        with open(os.path.join(folder, "password"), "w") as file:
            file.write("p@ss: word\n")
        with open(os.path.join(folder, "connections.json"), "w") as file:
            json.dump({"version": 1, "connections": {
                "shop": {"engine": "mysql", "host": "127.0.0.1", "port": int(port), "user": "reader", "tls": "required",
                         "password": {"file": "password"}},
                "to": {"url": "sqlite:t.db"}}}, file)
        discovered = json.loads(subprocess.run(
            [orch, "catalog", "discover", "shop", "--target", "to", "--views"], cwd=folder, capture_output=True,
            text=True, check=True).stdout)
        check("a database is a schema", discovered["defaults"]["source"].get("schema") == "shop" and
              [entry["source"]["table"] for entry in discovered["tables"]] == ["named", "orders"], json.dumps(discovered))

        with open(os.path.join(folder, "catalog.json"), "w") as file:
            json.dump({"version": 1, "defaults": {"source": {"connection": "shop", "schema": "shop"},
                                                  "target": {"connection": "to"}},
                       "tables": [{"source": {"table": "orders"}, "target": {"table": "followed"}, "strategy": "upsert",
                                   "key_columns": ["id"], "watermark": {"column": "at"}}]}, file)
        submit = ("submit", "replicate", "--input", '{"catalog": "catalog.json"}')
        call(*submit)
        server.run("INSERT INTO shop.orders VALUES (3, '2026-01-01 05:00:00', 3, 'new')")
        told = call(*submit)
        check("the new row is read, and the one at the last watermark again", "2 rows read" in told, told)
        check("all rows are there", rows("SELECT count(*) FROM followed") == [(3,)])
        call("reconcile")

        server.run("""SET sql_mode = ''; CREATE TABLE shop.zero (id int PRIMARY KEY, d date);
                      INSERT INTO shop.zero VALUES (1, '2026-01-01'), (2, '0000-00-00')""")
        told = call("replicate", "--from", server.url.replace("/test", "/shop"), "--to", "sqlite:z.db", "--tables", "zero",
                    "--folder", "zero", status=3)
        check("a zero date is refused with its place", "Type.ValueRefused" in told and "0000-00-00" in told, told)
        with open(os.path.join(folder, "zero", "connections.json")) as file:
            source = next(name for name, one in json.load(file)["connections"].items() if "mysql" in one["url"])
        told = call("connection", "test", source, "--connections", "zero/connections.json", status=1)
        check("a trial tells of it", "holds 0000-00-00, which targets refuse" in told and "decimal(20,4)" in told, told)
    if failures:
        raise SystemExit(f"{failures} failed")


main()

#!/usr/bin/env python3
"""`orch replicate --from sqlserver://…` through FreeTDS, from the server of this folder.

    scripts/postgres-for-tests run tests/tds/exam.py --orch ORCH
"""
import argparse
import contextlib
import json
import os
import pathlib
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "harness")]

import columns  # noqa: E402
from double import PASSWORD, USER, Double, data_of, skip_without_freetds, table_of, type_cases, whole  # noqa: E402
from odbc_client import Client  # noqa: E402
from recording import of_drivers  # noqa: E402

ORCH = ""
OK, ERROR, RUN_FAILED = 0, 1, 3
MOMENTS = ("time", "datetime", "smalldatetime", "datetime2")
NUMBERS = {"schema": "dbo", "name": "numbers",
           "columns": [{"name": "n", "type": "int", "null": False}, {"name": "v", "type": "nvarchar(20)"}],
           "key": ["n"], "rows": [[n, f"value {n}"] for n in range(5000)]}


def without_zeros(text):
    return text.rstrip("0").rstrip(".") if "." in text else text


def single(text):
    return struct.unpack("f", struct.pack("f", float(text)))[0]


def printed(case, value):
    """A value of types.json as PostgreSQL prints it (bytes as they are)."""
    base, value = case["base"], whole(case, value)
    if base in MOMENTS:
        return without_zeros(value)
    if base == "datetimeoffset":
        return without_zeros(columns.in_utc(value).split(" +")[0]) + "+00"
    if base == "uniqueidentifier":
        return value.lower()
    if base == "bit":
        return "true" if value else "false"
    return value if isinstance(value, bytes) else str(value)


def kept(case, value):
    """The same as SQLite keeps it."""
    base = case["base"]
    if base in ("tinyint", "smallint", "int", "bigint", "bit"):
        return int(value)
    if base in ("real", "float"):
        return float(value)
    if base == "decimal" and case["type"].endswith(",0)") and int(case["type"][8:-3]) <= 18:
        return int(value)
    return printed(case, value)


class Exam(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="orch-tds-exam.")))
        self.folder = self.root

    def double(self, tables, answers=(), **more):
        return self.enterContext(Double(self.folder, data_of(tables, answers, **more)))

    def url(self, double, password=PASSWORD, database="sales", port=None):
        return f"sqlserver://{USER}:{urllib.parse.quote(password)}@127.0.0.1:{port or double.port}/{database}"

    def call(self, *words, status=OK):
        done = subprocess.run([ORCH, *words], cwd=self.folder, capture_output=True, text=True, timeout=300, check=False,
                              env={**os.environ, **of_drivers(self.folder)})
        told = done.stdout + done.stderr
        self.assertEqual(done.returncode, status, f"orch {' '.join(words)}:\n{told}")
        self.assertNotIn(PASSWORD, told)
        return told

    def replicate(self, source, *words, target="sqlite:t.db", status=OK):
        return self.call("replicate", "--from", source, "--to", target, *words, status=status)

    def run_once(self, source):
        """A replication that does not repeat what a repetition may help; it fails."""
        workflow = (HERE.parents[1] / "workflows" / "replicate.json").read_text(encoding="utf-8")
        (self.folder / "once.json").write_text(workflow.replace('"MaxAttempts": 5', '"MaxAttempts": 0'), encoding="utf-8")
        self.call("replicate", "--no-run", "--from", source, "--to", "sqlite:t.db")
        return self.call("submit", "once.json", "--connections", "replication/connections.json", "--input",
                         '{"catalog": "catalog.json"}', status=RUN_FAILED)

    def rows(self, query, file="t.db"):
        with contextlib.closing(sqlite3.connect(self.folder / file)) as db:
            return db.execute(query).fetchall()


class Types(Exam):
    def tables(self):
        return [table_of(case, i) for i, case in enumerate(type_cases())]

    def check(self, rows, case, expected):
        self.assertIsNone(rows[-1][1])
        for row, value in zip(rows, case["values"]):
            for found in row:
                with self.subTest(type=case["type"], value=str(value)[:60]):
                    self.assertEqual(found, expected(case, value))

    def test_into_sqlite(self):
        self.replicate(self.url(self.double(self.tables())))
        for i, case in enumerate(type_cases()):
            self.check(self.rows(f"SELECT always, sometimes FROM type_{i:02} ORDER BY id"), case, kept)

    def test_into_postgresql(self):
        target = os.environ["ORCH_TEST_POSTGRES"]
        self.replicate(self.url(self.double(self.tables())), "--target-schema", "tds", target=target)
        for i, case in enumerate(type_cases()):
            cells = ", ".join(f"coalesce({'encode(%s, $$hex$$)' if case['binary'] else '%s::text'}, 'NULL')" % name
                              for name in ("always", "sometimes"))
            sql = f"SELECT json_build_array({cells}) FROM tds.type_{i:02} ORDER BY id"
            done = subprocess.run(["psql", "-XAtc", "SET timezone = 'UTC'", "-c", sql, target], capture_output=True,
                                  text=True, check=True)
            rows = [[None if cell == "NULL" else bytes.fromhex(cell) if case["binary"] else cell
                     for cell in json.loads(line)] for line in done.stdout.splitlines()[1:]]
            if case["base"] in ("real", "float"):
                # PostgreSQL prints the digits that tell a real from its neighbours.
                exact = single if case["base"] == "real" else float
                rows = [[cell if cell is None else exact(cell) for cell in row] for row in rows]
                self.check(rows, case, lambda _, value: float(value))
            else:
                self.check(rows, case, printed)


class Catalog(Exam):
    def test_schemas_views_and_keys(self):
        column = {"name": "Ünïcode \"name\" [x]", "type": "nvarchar(20)"}
        double = self.double([
            {**NUMBERS, "rows": NUMBERS["rows"][:3]},
            {"schema": "sales", "name": "order's lines", "key": ["line", "order"],
             "columns": [{"name": "order", "type": "int", "null": False}, {"name": "line", "type": "int", "null": False},
                         column, {"name": "total", "type": "money", "computed": True}],
             "rows": [[1, 1, "a", "1.0000"], [1, 2, "b", "2.0000"]]},
            {"schema": "sales", "name": "seen", "kind": "view", "columns": [{"name": "a", "type": "bit"}], "rows": [[1]]}])
        told = self.replicate(self.url(double))
        self.assertIn("view sales.seen", told)
        catalog = json.loads((self.folder / "replication" / "catalog.json").read_text())
        found = {entry["source"]["table"]: entry for entry in catalog["tables"]}
        self.assertEqual(sorted(found), ["numbers", "order's lines"])
        keys = {name: entry.get("key_columns") for name, entry in found.items()}
        self.assertEqual(self.rows('SELECT * FROM "order\'s lines" ORDER BY 2')[0][:3], (1, 1, "a"), keys)

    def test_values_as_the_server_prints_them(self):
        place, node = "POINT (21.01 52.23)", "/1/3/"
        double = self.double([{"schema": "dbo", "name": "places", "columns": [
            {"name": "place", "type": "geography"}, {"name": "node", "type": "hierarchyid"}],
            "rows": [["0x" + place.encode().hex(), "0x" + node.encode().hex()], [None, None]]}])
        self.replicate(self.url(double))
        self.assertEqual(self.rows("SELECT * FROM places ORDER BY place DESC"), [(place, node), (None, None)])

    def test_a_trial_tells_what_is_lost(self):
        double = self.double([NUMBERS, {"schema": "dbo", "name": "odd", "columns": [
            {"name": "fine", "type": "datetime2(7)"}, {"name": "v", "type": "sql_variant"}],
            "rows": [["2026-11-30 12:34:56.1234567", {"type": "int", "value": 5}]]}])
        (self.folder / "password").write_text(PASSWORD)
        (self.folder / "connections.json").write_text(json.dumps({"version": 1, "connections": {
            "sales": {"url": self.url(double).replace(f":{urllib.parse.quote(PASSWORD)}@", "@"),
                      "password": {"file": "password"}}}}))
        told = self.call("connection", "test", "sales", status=ERROR)
        self.assertIn("Microsoft SQL Server", told)
        self.assertIn("12:34:56.1234567", told)


class Watermarks(Exam):
    CASES = (("int", 3, 4), ("decimal(19,4)", "3.1234", "3.1235"), ("date", "2026-11-30", "2026-12-01"),
             ("datetime", "2026-11-30 12:00:00.003", "2026-11-30 12:00:00.007"),
             ("smalldatetime", "2026-11-30 12:00:00", "2026-11-30 12:01:00"),
             ("datetime2(7)", "2026-11-30 12:00:00.1234560", "2026-11-30 12:00:00.1234570"),
             ("datetimeoffset(7)", "2026-11-30 12:00:00.1234560 +02:00", "2026-11-30 10:00:00.1234570 +00:00"))

    def test_follow(self):
        """A second load reads the rows at the last one's end again, and the newer ones."""
        tables = [{"schema": "dbo", "name": f"t{i}", "key": ["id"], "rows": [[1, None], [2, old]], "columns": [
            {"name": "id", "type": "int", "null": False}, {"name": "at", "type": kind}]}
            for i, (kind, old, _) in enumerate(self.CASES)]
        double = self.double(tables)
        (self.folder / "password").write_text(PASSWORD)
        (self.folder / "connections.json").write_text(json.dumps({"version": 1, "connections": {
            "from": {"engine": "sqlserver", "host": "127.0.0.1", "port": double.port, "user": USER, "database": "sales",
                     "password": {"file": "password"}}, "to": {"url": "sqlite:t.db"}}}))
        (self.folder / "catalog.json").write_text(json.dumps({"version": 1, "tables": [
            {"source": {"connection": "from", "schema": "dbo", "table": table["name"]},
             "target": {"connection": "to", "table": table["name"]}, "strategy": "upsert", "key_columns": ["id"],
             "watermark": {"column": "at", "nulls": "include"}} for table in tables]}))
        submit = ("submit", "replicate", "--input", '{"catalog": "catalog.json"}')
        self.call(*submit)
        writer = Client(double.connection_string())
        for i, (_, _, new) in enumerate(self.CASES):
            value = new if isinstance(new, int) else f"'{new}'"
            writer.query(f"INSERT INTO dbo.t{i} VALUES (3, {value}); UPDATE dbo.t{i} SET id = 4 WHERE id = 2")
        writer.close()
        self.call(*submit)
        for i, (kind, _, _) in enumerate(self.CASES):
            with self.subTest(type=kind):
                self.assertEqual(self.rows(f"SELECT id FROM t{i} ORDER BY id"), [(1,), (2,), (3,), (4,)])


class Views(Exam):
    """What a load sees of rows that others change while it reads."""

    WRITE = {"match": r"SELECT .*\[n\].* FROM \[dbo\]\.\[numbers\]", "after_rows": 100,
             "write": "UPDATE dbo.numbers SET v = 'changed' WHERE n > 4000"}

    def load(self, **more):
        double = self.double([NUMBERS], [self.WRITE], **more)
        self.replicate(self.url(double))
        self.assertEqual(self.rows("SELECT count(*) FROM numbers"), [(5000,)])
        position = json.loads(self.rows("SELECT position FROM orch_evidence")[0][0])["source"]
        return double, position, self.rows("SELECT count(*) FROM numbers WHERE v = 'changed'")[0][0]

    def test_snapshot(self):
        double, position, changed = self.load()
        self.assertEqual(changed, 0)
        self.assertEqual(position["view"], "snapshot")
        self.assertRegex(position["rowversion"], "^0x[0-9A-F]{16}$")
        texts = double.statements()
        begin = texts.index("SET TRANSACTION ISOLATION LEVEL SNAPSHOT")
        self.assertEqual(texts[begin + 1], "BEGIN TRANSACTION")

    def test_without_snapshots(self):
        double, position, _ = self.load(snapshot_isolation=False)
        self.assertEqual(position["view"], "read committed")
        self.assertNotIn("SET TRANSACTION ISOLATION LEVEL SNAPSHOT", double.statements())


class Failures(Exam):
    def fails(self, source, *words):
        told = self.replicate(source, status=ERROR)
        for word in words:
            self.assertIn(word, told)

    def test_logins(self):
        double = self.double([NUMBERS])
        self.fails(self.url(double, password="wrong"), "Connection.Refused", "ORCH-0403", "Login failed")
        self.fails(self.url(double, database="other"), "Connection.Refused", "check the database's name")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        self.fails(self.url(double, port=port), "Connection.Down", "ORCH-0401", "check host, port")

    def in_mid_read(self, **what):
        """The outcome of a run whose reading of the table ends so, each time."""
        double = self.double([NUMBERS], [{"match": r"FROM \[dbo\]\.\[numbers\]", "after_rows": 700, **what}])
        return self.run_once(self.url(double))

    def test_a_lost_connection(self):
        told = self.in_mid_read(drop=True)
        self.assertIn("Connection.Lost", told)
        self.assertFalse((self.folder / "t.db").exists() and self.rows(
            "SELECT name FROM sqlite_master WHERE name = 'numbers'"))

    def test_a_retry_after_a_lost_connection(self):
        double = self.double([NUMBERS], [{"match": r"FROM \[dbo\]\.\[numbers\]", "times": 1, "after_rows": 700,
                                          "drop": True}])
        self.replicate(self.url(double))
        self.assertEqual(self.rows("SELECT count(*), sum(n) FROM numbers"), [(5000, 12497500)])

    def test_errors_of_the_server(self):
        for number, severity, name, hint in (
                (1205, 13, "Source.Locked", "victim of a deadlock"), (3961, 16, "Source.Locked", "altered while it was read"),
                (1222, 16, "Source.Locked", "another session holds"), (229, 14, "Source.Denied", "grant the user SELECT"),
                (596, 21, "Connection.Lost", "the session was killed"), (3958, 16, "Source.Locked", "tempdb")):
            with self.subTest(number=number):
                self.folder = self.root / str(number)
                self.folder.mkdir()
                told = self.in_mid_read(error={"number": number, "severity": severity, "text": f"says {number}"})
                self.assertIn(name, told)
                self.assertIn(f"says {number}", told)

    def test_values_that_no_target_keeps(self):
        double = self.double([{"schema": "dbo", "name": "fine", "columns": [{"name": "at", "type": "datetime2(7)"}],
                               "rows": [["2026-11-30 12:34:56.1234567"]]}])
        told = self.run_once(self.url(double))
        self.assertIn("Type.ValueRefused", told)
        self.assertIn("12:34:56.1234567", told)


def main():
    global ORCH
    parser = argparse.ArgumentParser()
    parser.add_argument("--orch", required=True)
    arguments, rest = parser.parse_known_args()
    ORCH = os.path.abspath(arguments.orch)
    skip_without_freetds()
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)


if __name__ == "__main__":
    main()

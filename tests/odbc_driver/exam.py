#!/usr/bin/env python3
"""`orch replicate` from Oracle and Db2 as the recording driver plays them: SQL texts and driver calls
against golden files, values, failures; and drivers that lie.

    tests/odbc_driver/exam.py --orch ORCH --driver recording_driver.so
    ORCH_GOLDEN=write …    writes the golden files anew
"""
import argparse
import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "harness"))

from odbc_client import library  # noqa: E402
from recording import Recording, of_drivers  # noqa: E402

ORCH = DRIVER = ""
OK, ERROR, RUN_FAILED = 0, 1, 3
PASSWORD = "se;cret"
ANY = [{"name": "X"}]


def texts(*columns):
    """Columns of a catalog's answer."""
    return [{"name": name, "type": -9, "size": 128} for name in columns]


class Server:
    """The answers of a server with one table, APP.T."""

    def __init__(self, url, info, lines, columns, rows):
        self.url, self.info, self.lines = url, info, lines
        self.columns, self.rows = columns, rows

    def script(self, before=(), data=None):
        answer = {"match": r'FROM "APP"\."T"', "columns": self.columns, "rows": self.rows}
        one = {"match": r'SELECT 1 FROM "APP"\."T"', "columns": texts("ONE"), "rows": [["1"]]}
        return [{"info": self.info}, *before, *self.lines, one, data or answer]


def answers(**queries):
    """Lines of a script: a match, columns and rows for each part of a catalog."""
    return [{"match": match, "columns": texts(*[f"C{i}" for i in range(len(rows[0]))]) if rows else ANY,
             "rows": rows} for match, rows in queries.values()]


ORACLE = Server(
    "odbc:DRIVER={Oracle 21 ODBC driver};DBQ=//127.0.0.1:1521/APP;UID=app",
    {"dbms": "Oracle", "version": "19.00.0000", "driver": "libsqora.so.19.1", "driver_version": "19.00.0000"},
    answers(
        current=("CURRENT_SCHEMA", [["APP"]]),
        relations=(r"SELECT r\.owner, r\.name, r\.kind", [["APP", "T", "table"], ["APP", "V", "view"]]),
        schemas=("SELECT username FROM all_users", [["APP"]]),
        table=("num_rows", [["APP", "T", "3"]]),
        columns=("FROM all_tab_cols", [
            ["ID", "NUMBER(9,0)", None, "NO", "NO"], ["ANY", "NUMBER", None, "YES", "NO"],
            ["WHOLE", "NUMBER(38,0)", None, "YES", "NO"], ["MONEY", "NUMBER(12,2)", None, "YES", "NO"],
            ["DOUBLE", "BINARY_DOUBLE", None, "YES", "NO"], ["NOTE", "CLOB", None, "YES", "NO"],
            ["DAY", "DATE", None, "YES", "NO"], ["FINE", "TIMESTAMP(9)", None, "YES", "NO"],
            ["ZONED", "TIMESTAMP(9) WITH TIME ZONE", None, "YES", "NO"],
            ["LOCAL", "TIMESTAMP(6) WITH LOCAL TIME ZONE", None, "YES", "NO"],
            ["NAME", "VARCHAR2(40)", "40", "YES", "NO"], ["KEY", "RAW(16)", None, "YES", "NO"],
            ["FILE", "BLOB", None, "YES", "NO"], ["SPAN", "INTERVAL DAY(2) TO SECOND(6)", None, "YES", "NO"]]),
        key=("FROM all_constraints", [["ID"]]),
        scn=("current_scn", [["8123456"]])),
    texts("ID", "ANY", "WHOLE", "MONEY", "DOUBLE", "DAY", "FINE", "ZONED", "LOCAL", "NAME", "KEY", "SPAN", "NOTE",
          "FILE"),
    [["1", "1234567890123456789012345678901234567.5", "99999999999999999999999999999999999999", "-1234567890.01",
      "1.7976931348623157e308", "2026-11-30 23:59:59", "2026-11-30 23:59:59.123456000", "2026-11-30 07:04:56.000001000",
      "2026-11-30 12:00:00.500000000", "żółw 😀", {"hex": "00ff00ff00ff00ff00ff00ff00ff00ff"}, "+01 02:03:04.000000",
      {"text": "0123456789ü", "times": 20000}, {"hex": "00ff10", "times": 30000}],
     ["2", ".5", "-1", "0", "-0.1", "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999000",
      "0001-01-01 00:00:00.000000000", None, "x", None, None, "short", {"hex": "00"}],
     ["3"] + [None] * 13])

DB2 = Server(
    "odbc:DRIVER={IBM DB2 ODBC DRIVER};HOSTNAME=127.0.0.1;PORT=50000;PROTOCOL=TCPIP;DATABASE=APP;UID=app",
    {"dbms": "DB2/LINUXX8664", "version": "11.05.0800", "driver": "libdb2.a", "driver_version": "11.05.0800"},
    answers(
        current=("CURRENT SCHEMA", [["APP"]]),
        relations=("CASE type WHEN", [["APP", "T", "table"], ["APP", "V", "view"]]),
        schemas=("FROM syscat.schemata", [["APP"]]),
        none=("^VALUES 0", [["0"]]),
        table=(r"SELECT RTRIM\(tabschema\), tabname, CASE WHEN card", [["APP", "T", "3"]]),
        key=("syscat.keycoluse", [["ID"]]),
        columns=("FROM syscat.columns", [
            ["ID", "BIGINT", None, "NO", "NO"], ["FLOATING", "DECFLOAT", None, "YES", "NO"],
            ["MONEY", "DECIMAL(31,6)", None, "YES", "NO"], ["DAY", "DATE", None, "YES", "NO"],
            ["AT", "TIME", None, "YES", "NO"], ["FINE", "TIMESTAMP", None, "YES", "NO"],
            ["NAME", "VARCHAR(40)", "40", "YES", "NO"], ["BITS", "VARBINARY(4)", None, "YES", "NO"],
            ["NOTE", "CLOB", None, "YES", "NO"], ["DOC", "XML", None, "YES", "NO"]])),
    texts("ID", "FLOATING", "MONEY", "DAY", "AT", "FINE", "NAME", "BITS", "NOTE", "DOC"),
    [["9223372036854775807", "1234567890123456789012345678901234", "-1234567890123456789012345.678901", "9999-12-31",
      "23:59:59", "2026-11-30 23:59:59.123456000000", "żółw 😀", {"hex": "00ff00ff"}, {"text": "0123456789ü", "times": 20000},
      "<a>ż</a>"],
     ["-9223372036854775808", ".1", "0.000000", "0001-01-01", "00:00:00", "0001-01-01 00:00:00.000000000000", "",
      None, "", None],
     ["3"] + [None] * 9])


class Exam(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="orch-odbc-exam.")))
        self.folder = self.root

    def call(self, recording, *words, status=OK):
        done = subprocess.run([ORCH, *words], cwd=self.folder, capture_output=True, text=True, timeout=120, check=False,
                              env={**recording.environment, **of_drivers(self.folder)})
        told = done.stdout + done.stderr
        self.assertEqual(done.returncode, status, f"orch {' '.join(words)}:\n{told}\n" + "\n".join(recording.log()))
        self.assertNotIn(PASSWORD, told)
        return told

    def recording(self, server, **how):
        names = ["Oracle 21 ODBC driver", "IBM DB2 ODBC DRIVER"]
        return Recording(self.folder, DRIVER, names, server.script(**how))

    def replicate(self, server, status=OK, **how):
        recording = self.recording(server, **how)
        told = self.call(recording, "replicate", "--from", f"{server.url};PWD={{{PASSWORD}}}", "--to", "sqlite:t.db",
                         status=status)
        return recording, told

    def run_once(self, server, **how):
        """A replication that does not repeat what a repetition may help; it fails."""
        recording = self.recording(server, **how)
        workflow = (HERE.parents[1] / "workflows" / "replicate.json").read_text(encoding="utf-8")
        (self.folder / "once.json").write_text(workflow.replace('"MaxAttempts": 5', '"MaxAttempts": 0'), encoding="utf-8")
        self.call(recording, "replicate", "--no-run", "--from", f"{server.url};PWD={{{PASSWORD}}}", "--to", "sqlite:t.db")
        return self.call(recording, "submit", "once.json", "--connections", "replication/connections.json", "--input",
                         '{"catalog": "catalog.json"}', status=RUN_FAILED)

    def rows(self, query):
        with contextlib.closing(sqlite3.connect(self.folder / "t.db")) as db:
            return db.execute(query).fetchall()

    def compare(self, name, log):
        golden = HERE / "golden" / name
        if os.environ.get("ORCH_GOLDEN") == "write":
            golden.parent.mkdir(exist_ok=True)
            golden.write_text("\n".join(log) + "\n", encoding="utf-8")
        self.assertEqual(log, golden.read_text(encoding="utf-8").splitlines())


class Reads(Exam):
    def test_oracle(self):
        recording, _ = self.replicate(ORACLE)
        self.compare("oracle.log", recording.log())
        self.assertEqual(self.rows('SELECT * FROM T ORDER BY ID'), [
            (1, "1234567890123456789012345678901234567.5", "99999999999999999999999999999999999999", "-1234567890.01",
             1.7976931348623157e308, "0123456789ü" * 20000, "2026-11-30 23:59:59", "2026-11-30 23:59:59.123456",
             "2026-11-30 07:04:56.000001+00", "2026-11-30 12:00:00.5+00", "żółw 😀", b"\x00\xff" * 8,
             b"\x00\xff\x10" * 30000, "+01 02:03:04.000000"),
            (2, "0.5", "-1", "0", -0.1, "short", "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999",
             "0001-01-01 00:00:00+00", None, "x", None, b"\x00", None),
            (3,) + (None,) * 13])
        self.assertEqual(json.loads(self.rows("SELECT position FROM orch_evidence")[0][0])["source"]["scn"], "8123456")

    def test_db2(self):
        recording, _ = self.replicate(DB2)
        self.compare("db2.log", recording.log())
        self.assertEqual(self.rows('SELECT * FROM T ORDER BY ID DESC'), [
            (9223372036854775807, "1234567890123456789012345678901234", "-1234567890123456789012345.678901", "9999-12-31",
             "23:59:59", "2026-11-30 23:59:59.123456", "żółw 😀", b"\x00\xff\x00\xff", "0123456789ü" * 20000, "<a>ż</a>"),
            (3,) + (None,) * 9,
            (-9223372036854775808, "0.1", "0.000000", "0001-01-01", "00:00:00", "0001-01-01 00:00:00", "", None, "", None)])

    def watermark(self, server, name, column, upto, newer):
        """The SQL of a second load, from where the first one ended."""
        top = {"match": rf"max\(\"{column}\"\)", "columns": texts("M")}
        counts = {"match": r"SELECT count\(\*\)", "columns": texts("C"), "rows": [["0"]]}
        lines = [counts, {**top, "rows": [[upto]], "times": 1}, {**top, "rows": [[newer]]}]
        data = {"match": r'FROM "APP"\."T"', "columns": texts("ID", column), "rows": [["1", upto]]}
        recording = self.recording(server, before=lines, data=data)
        (self.folder / "password").write_text(PASSWORD)
        (self.folder / "connections.json").write_text(json.dumps({"version": 1, "connections": {
            "from": {"url": server.url, "password": {"file": "password"}}, "to": {"url": "sqlite:t.db"}}}))
        (self.folder / "catalog.json").write_text(json.dumps({"version": 1, "tables": [{
            "source": {"connection": "from", "schema": "APP", "table": "t"}, "target": {"connection": "to", "table": "t"},
            "columns": [{"source": "ID"}, {"source": column}], "strategy": "upsert", "key_columns": ["ID"],
            "watermark": {"column": column, "overlap": "1m"}, "where": "\"ID\" > 0"}]}))
        submit = ("submit", "replicate", "--input", '{"catalog": "catalog.json"}')
        self.call(recording, *submit)
        before = len(recording.log())
        self.call(recording, *submit)
        self.compare(name, [line for line in recording.log()[before:] if line.startswith("sql") and "FROM \"APP\"" in line])

    def test_watermarks(self):
        at, later = "2026-11-30 23:59:59.123456000", "2026-12-01 00:00:00.000000000"
        for server, name, column in ((ORACLE, "oracle_fine.log", "FINE"), (ORACLE, "oracle_zoned.log", "ZONED"),
                                     (DB2, "db2_fine.log", "FINE")):
            with self.subTest(name=name):
                self.folder = self.root / name
                self.folder.mkdir()
                self.watermark(server, name, column, at, later)


class Failures(Exam):
    CASES = (
        (ORACLE, "HY000", 1555, "Source.Locked", "undo_retention"), (ORACLE, "HY000", 942, "Source.QueryFailed", "grant the user SELECT"),
        (ORACLE, "08S01", 3113, "Connection.Lost", ""), (ORACLE, "40001", 8177, "Source.Locked", ""),
        (DB2, "40001", -911, "Source.Locked", "a retry helps"), (DB2, "42501", -551, "Source.Denied", "SELECT"),
        (DB2, "08001", -30081, "Connection.Lost", ""))

    def test_in_mid_read(self):
        for server, state, native, name, hint in self.CASES:
            with self.subTest(server=server.info["dbms"], native=native):
                self.folder = self.root / str(abs(native))
                self.folder.mkdir()
                error = {"state": state, "native": native, "message": f"says {native}"}
                data = {"match": r'FROM "APP"\."T"', "columns": server.columns, "rows": server.rows, "after_rows": 2,
                        "error": error}
                told = self.run_once(server, data=data)
                for word in (name, f"says {native}", hint):
                    self.assertIn(word, told)

    def test_logins(self):
        for server, native, hint in ((ORACLE, 1017, "check the user"), (ORACLE, 12514, "no such service"), (DB2, -30082, "check the user")):
            with self.subTest(native=native):
                self.folder = self.root / str(abs(native))
                self.folder.mkdir()
                error = {"state": "28000", "native": native, "message": f"no entry with PWD={PASSWORD}"}
                _, told = self.replicate(server, status=ERROR, before=[{"match": "connect", "error": error}])
                self.assertIn("Connection.Down" if native == 12514 else "Connection.Refused", told)
                self.assertIn(hint, told)

    def test_a_missing_driver(self):
        told = self.call(Recording(self.folder, DRIVER, ["Another"], []), "replicate", "--from",
                         f"{ORACLE.url};PWD={{{PASSWORD}}}", "--to", "sqlite:t.db", status=ERROR)
        self.assertIn("Connection.Down", told)


class Lies(Exam):
    """Drivers that break the rules of ODBC: refused, with nothing published, and never a crash."""

    def lie(self, word, cell=None, at=0, **how):
        rows = [list(row) for row in ORACLE.rows]
        if cell is not None:
            rows[0][at] = cell
        data = {"match": r'FROM "APP"\."T"', "columns": ORACLE.columns, "rows": rows, **how}
        told = self.run_once(ORACLE, data=data)
        self.assertIn(word, told)
        self.assertEqual(self.rows("SELECT name FROM sqlite_master WHERE name = 'T'"), [])

    def test_negative_lengths(self):
        for i, at in enumerate((1, 9, 10, 12, 13)):
            for length in (-5, -(2**62)):
                with self.subTest(column=ORACLE.columns[at]["name"], length=length):
                    self.folder = self.root / f"{i}.{length}"
                    self.folder.mkdir()
                    self.lie("the driver is broken", {"text": "abc", "indicator": length}, at)

    def test_lengths_beyond_the_buffer(self):
        self.lie("longer than its type says", {"text": "abc", "indicator": 2**40}, 9)

    def test_a_value_that_never_ends(self):
        self.lie("longer than largest_row_mib allows", {"text": "x", "times": 10000, "indicator": -4}, 12, endless=True)

    def test_half_a_character(self):
        self.lie("the driver is broken", {"text": "abc", "indicator": 3}, 9)

    def test_halves_of_pairs(self):
        self.lie("Type.ValueRefused", {"hex": "3dd8", "times": 1}, 9)

    def test_more_rows_than_asked_for(self):
        self.lie("the driver is broken", rows_told=2**40)

    def test_other_columns_than_asked_for(self):
        for told in (0, 3, 400):
            with self.subTest(told=told):
                self.folder = self.root / str(told)
                self.folder.mkdir()
                self.lie("", columns_told=told)

    def test_catalogs_with_too_few_columns(self):
        for number, match in enumerate((r"r\.kind", "num_rows", "FROM all_tab_cols")):
            with self.subTest(match=match):
                self.folder = self.root / str(number)
                self.folder.mkdir()
                self.replicate(ORACLE, status=ERROR, before=[{"match": match, "columns": texts("C"), "rows": [["APP"]]}])

    def test_a_character_that_is_none(self):
        self.replicate(ORACLE, data={"match": r'FROM "APP"\."T"', "columns": ORACLE.columns,
                                     "rows": [[*ORACLE.rows[0][:9], "a\0b", *ORACLE.rows[0][10:]]]})
        self.assertEqual(self.rows("SELECT hex(NAME) FROM T"), [("610062",)])


def main():
    global ORCH, DRIVER
    parser = argparse.ArgumentParser()
    parser.add_argument("--orch", required=True)
    parser.add_argument("--driver", required=True)
    arguments, rest = parser.parse_known_args()
    ORCH, DRIVER = os.path.abspath(arguments.orch), os.path.abspath(arguments.driver)
    if library() is None:
        print("no driver manager here (package libodbc2)")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)


if __name__ == "__main__":
    main()

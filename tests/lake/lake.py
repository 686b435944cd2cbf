#!/usr/bin/env python3
"""Zones of Parquet as another program reads them: hyparquet plays the Delta log (read_zone.mjs).

  lake.py --orch BINARY --modules FOLDER
"""
import argparse
import datetime
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
OPTIONS = None
SKIPPED = 77
EPOCH = datetime.date(1970, 1, 1)
POINTS = ["stage.before_commit", "stage.after_commit", "verify.before_commit", "verify.after_commit",
          "merge.before_commit", "lake.before_log", "lake.after_log", "merge.after_commit"]


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


class Zone(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="orch-lake-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.table = self.folder / "lake" / "t"

    def source(self, *statements):
        connection = sqlite3.connect(self.folder / "source.db")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    def orch(self, *arguments, fault="", expect=0):
        done = subprocess.run([OPTIONS.orch, *arguments], cwd=self.folder, capture_output=True, text=True,
                              env=dict(os.environ, ORCH_FAULT=fault, ORCH_STORE=str(self.folder / "runs.db")), timeout=240)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout

    def replicate(self, **options):
        return self.orch("replicate", "--from", "sqlite:source.db", "--to", "parquet:lake", **options)

    def submit(self, zone=None, **entry):
        """A run of a project whose connection has the members `zone` and whose entry has `entry`."""
        connections = {"from": {"url": "sqlite:source.db"}, "lake": {"url": "parquet:lake", **(zone or {})}}
        (self.folder / "connections.json").write_text(json.dumps({"version": 1, "connections": connections}))
        catalog = {"version": 1, "defaults": {"source": {"connection": "from"}, "target": {"connection": "lake"}},
                   "tables": [{"source": {"table": "t"}, **entry}]}
        (self.folder / "catalog.json").write_text(json.dumps(catalog))
        self.orch("submit", "replicate", "--input", '{"catalog":"catalog.json"}')

    def read(self, *arguments):
        done = subprocess.run(["node", HERE / "read_zone.mjs", OPTIONS.modules, self.table, *arguments],
                              capture_output=True, text=True, timeout=240)
        self.assertEqual(done.returncode, 0, done.stderr)
        head, *rows = [json.loads(line) for line in done.stdout.splitlines()]
        return head, sorted((tuple(row) for row in rows), key=repr)

    def data_files(self):
        return sorted(str(file.relative_to(self.table)) for file in self.table.rglob("*.parquet")
                      if "_delta_log" not in file.parts)

    def test_every_value_is_read_back(self):
        self.source(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, i SMALLINT, d TEXT, f DOUBLE, s TEXT, b BLOB, day DATE, "
            "at TIMESTAMPTZ, local TIMESTAMP, clock TIME, u UUID, j JSON, yes BOOLEAN)",
            "INSERT INTO t VALUES (1, -32768, '-12345678901234567890123456789.123456789', -0.1, 'ünï 表', x'00ff', '0001-01-01', "
            "'2026-10-25 02:30:00.000001+02', '9999-12-31 23:59:59.999999', '24:00:00', "
            "'6F9619FF-8B86-D011-B42D-00C04FC964FF', '{\"a\": [1,  2]}', 1)",
            "INSERT INTO t VALUES (2, 32767, '99999999999999999999999999999.999999999', 1e300, '', x'', '9999-12-31', "
            "'1969-12-31 23:59:59.999999+00', '1582-10-04 00:00:00', '00:00:00.000001', NULL, 'null', 0)",
            "INSERT INTO t VALUES (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)")
        columns = "id i d f s b day at local clock u j yes".split()
        self.submit(columns=[{"source": name, "type": "DECIMAL(38,9)"} if name == "d" else {"source": name} for name in columns])
        head, rows = self.read()
        self.assertEqual([column["type"] for column in head["columns"]],
                         ["long", "long", "decimal(38,9)", "double", "string", "binary", "date", "timestamp",
                          "timestamp_ntz", "string", "string", "string", "boolean"])
        micros = 1_000_000
        day = 86_400
        self.assertEqual(rows, sorted([
            ("1", "-32768", "-12345678901234567890123456789.123456789", "-0.1", "ünï 表", "00ff", str((datetime.date(1, 1, 1) - EPOCH).days),
             str(1792888200 * micros + 1), str(253402300799 * micros + 999_999), "24:00:00",
             "6F9619FF-8B86-D011-B42D-00C04FC964FF", '{"a": [1,  2]}', "true"),
            ("2", "32767", "99999999999999999999999999999.999999999", "1e+300", "", "", str((datetime.date(9999, 12, 31) - EPOCH).days), str(-1),
             str((datetime.date(1582, 10, 4) - EPOCH).days * day * micros), "00:00:00.000001", None, "null", "false"),
            ("3",) + (None,) * 12], key=repr))
        self.assertEqual(head["statistics"], 3)
        self.assertEqual(head["commits"][0]["orch"]["rows"], "3")

    def test_versions_follow_the_source_and_checkpoints_say_the_same(self):
        self.source("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)", "INSERT INTO t VALUES (1, 'a'), (2, 'b')")
        self.replicate()
        first = self.data_files()
        for version in range(1, 12):
            self.source(f"INSERT INTO t VALUES ({version + 2}, 'v{version}')", f"UPDATE t SET v = '{version}' WHERE id = 1")
            self.replicate()
        head, rows = self.read()
        self.assertEqual(head["versions"], 12)
        self.assertEqual(rows, sorted([("1", "11"), ("2", "b")] + [(str(v + 2), f"v{v}") for v in range(1, 12)], key=repr))
        again, same = self.read("checkpoint")
        self.assertEqual((again["files"], same), (head["files"], rows))
        self.assertLess(set(first), set(self.data_files()), "yesterday's version is still there")

    def test_partitions_are_folders(self):
        self.source("CREATE TABLE t (id INTEGER PRIMARY KEY, land TEXT, v TEXT)",
                    "INSERT INTO t VALUES (1, 'de', 'a'), (2, 'fr/é', 'b'), (3, NULL, 'c'), (4, 'de', 'd')")
        self.submit({"partition_by": {"t": ["land"]}, "file_mib": 1, "retention_hours": 1})
        head, rows = self.read()
        self.assertEqual(rows, sorted([("1", "de", "a"), ("2", "fr/é", "b"), ("3", None, "c"), ("4", "de", "d")], key=repr))
        self.assertEqual(len(head["files"]), 3)
        self.assertTrue(any(file.startswith("land=de/") for file in head["files"]), head["files"])
        self.orch("replicate", "--folder", "back", "--from", "parquet:lake", "--to", "sqlite:back.db")
        back = sqlite3.connect(self.folder / "back.db")
        self.assertEqual(back.execute("SELECT id, land, v FROM t ORDER BY id").fetchall(),
                         [(1, "de", "a"), (2, "fr/é", "b"), (3, None, "c"), (4, "de", "d")])

    def test_kill_at_every_point(self):
        """Readers see yesterday or today; the run goes on; no file is left that no version names."""
        self.source("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)",
                    "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) SELECT i, 'old' FROM n")
        self.replicate()
        for number, point in enumerate(POINTS):
            before = self.read()[1]
            self.source(f"UPDATE t SET v = '{point}'", f"INSERT INTO t VALUES ({1000 + number}, 'new')")
            self.orch("replicate", "--from", "sqlite:source.db", "--to", "parquet:lake", "--name", f"r{number}",
                      fault=f"{point}:1:kill", expect=-signal.SIGKILL)
            self.assertIn(len(self.read()[1]), (len(before), len(before) + 1), point)
            self.orch("resume", f"r{number}")
            head, rows = self.read()
            self.assertEqual(len(rows), len(before) + 1, point)
            self.assertEqual({row[1] for row in rows if int(row[0]) <= 500}, {point})
            runs = [commit["orch"]["load_id"] for commit in head["commits"]]
            self.assertEqual(len(runs), len(set(runs)), "each load is published once")
        # What killed writers have left goes with the next load.
        (self.table / "orch-dead-000000000000-p001-00001.zstd.parquet").write_bytes(b"half")
        self.source("UPDATE t SET v = 'last'")
        self.replicate()
        named = set()
        for log in (self.table / "_delta_log").glob("*.json"):
            for line in log.read_text().splitlines():
                add = json.loads(line).get("add")
                named |= {add["path"]} if add else set()
        self.assertEqual(set(self.data_files()) - named, set())
        self.assertEqual(list((self.table / "_delta_log").glob(".*")), [])

    def start(self, *arguments, fault=""):
        return subprocess.Popen([OPTIONS.orch, *arguments], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True, env=dict(os.environ, ORCH_FAULT=fault, ORCH_STORE=str(self.folder / "runs.db")))

    def wait_until_stopped(self, process):
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        self.assertTrue(os.WIFSTOPPED(status), "it did not come to the point")

    def test_a_version_that_another_program_takes_first_stays(self):
        self.source("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)", "INSERT INTO t VALUES (1, 'a')")
        self.submit(strategy="append", watermark={"column": "id"})
        self.source("INSERT INTO t VALUES (2, 'b')")
        run = self.start("submit", "replicate", "--input", '{"catalog":"catalog.json"}', fault="lake.before_log:1:stop")
        self.wait_until_stopped(run)
        # As Spark would: a file of its own, and the next version.
        file, = self.read()[0]["files"]
        shutil.copy(self.table / file, self.table / "of-others.parquet")
        size = (self.table / file).stat().st_size
        add = {"path": "of-others.parquet", "partitionValues": {}, "size": size, "modificationTime": 1, "dataChange": True,
               "stats": '{"numRecords":1}'}
        theirs = self.table / "_delta_log" / "00000000000000000001.json"
        theirs.write_text(json.dumps({"commitInfo": {"operation": "WRITE"}}) + "\n" + json.dumps({"add": add}) + "\n")
        os.kill(run.pid, signal.SIGCONT)
        output = run.communicate(timeout=120)[0]
        self.assertEqual(run.returncode, 0, output)
        head, rows = self.read()
        self.assertEqual((head["versions"], rows), (3, [("1", "a"), ("1", "a"), ("2", "b")]))

    def test_two_runs_of_one_table(self):
        """The second waits for the first, which then finds its load superseded or published."""
        self.source("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)", "INSERT INTO t VALUES (1, 'a')")
        self.replicate()
        self.source("UPDATE t SET v = 'b'")
        arguments = ("--from", "sqlite:source.db", "--to", "parquet:lake")
        first = self.start("replicate", "--store", "first.db", *arguments, fault="stage.before_commit:1:stop")
        self.wait_until_stopped(first)
        second = self.start("replicate", "--store", "second.db", "--folder", "second", *arguments)
        os.kill(first.pid, signal.SIGCONT)
        outputs = [process.communicate(timeout=120)[0] for process in (first, second)]
        codes = [process.returncode for process in (first, second)]
        self.assertIn(0, codes, outputs)
        for code, output in zip(codes, outputs):
            if code:
                self.assertRegex(output, "Load.Superseded|Merge.NotVerified|Merge.Conflict")
        self.assertEqual(self.read()[1], [("1", "b")])

    def test_files_go_after_the_retention(self):
        self.source("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)", "INSERT INTO t VALUES (1, 'a')")
        self.replicate()
        old, = self.data_files()
        self.source("UPDATE t SET v = 'b'")
        self.replicate()
        self.assertIn(old, self.data_files())
        log = self.table / "_delta_log" / "00000000000000000001.json"
        actions = [json.loads(line) for line in log.read_text().splitlines()]
        for action in actions:
            if "remove" in action:
                action["remove"]["deletionTimestamp"] -= 1000 * 3600 * 169
        log.write_text("".join(json.dumps(action) + "\n" for action in actions))
        (self.table / "of-others.parquet").write_bytes(b"not yet named")
        self.source("UPDATE t SET v = 'c'")
        self.replicate()
        self.assertNotIn(old, self.data_files())
        self.assertIn("of-others.parquet", self.data_files())
        self.assertEqual(self.read()[1], [("1", "c")])

    def test_upserts_rewrite_only_files_with_such_rows(self):
        self.source("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)", "INSERT INTO t VALUES (1, 'a'), (2, 'b')")
        self.submit(strategy="upsert", watermark={"column": "id"})
        first, = self.data_files()
        self.source("INSERT INTO t VALUES (3, 'c')")
        self.submit(strategy="upsert", watermark={"column": "id"})
        self.assertIn(first, self.read()[0]["files"])
        self.source("UPDATE t SET v = 'A' WHERE id = 1")
        self.submit(strategy="upsert")
        head, rows = self.read()
        self.assertEqual(rows, [("1", "A"), ("2", "b"), ("3", "c")])
        self.assertNotIn(first, head["files"])

    def test_files_of_a_landing_zone_are_loaded_once(self):
        drop = self.folder / "drop" / "sales"
        drop.mkdir(parents=True)
        (drop / "a.csv").write_text("id,v\n1,a\n")
        connections = {"drop": {"url": "csv:drop"}, "lake": {"url": "parquet:lake"}}
        (self.folder / "connections.json").write_text(json.dumps({"version": 1, "connections": connections}))
        entry = {"key": "t", "strategy": "append", "target": {"connection": "lake", "table": "t"},
                 "source": {"connection": "drop", "table": "sales", "types": {"id": "int64", "v": "text"}, "files": {}}}
        (self.folder / "catalog.json").write_text(json.dumps({"version": 1, "tables": [entry]}))
        run = ("submit", "replicate", "--input", '{"catalog":"catalog.json"}', "--name")
        self.orch(*run, "first")
        (drop / "b.csv").write_text("id,v\n2,b\n")
        # The log has the files before the ledger does.
        self.orch(*run, "second", fault="lake.after_log:1:kill", expect=-signal.SIGKILL)
        self.orch("resume", "second")
        (drop / "c.csv").write_text("id,v\n3,c\n")
        self.orch(*run, "third")
        self.assertEqual(self.read()[1], [("1", "a"), ("2", "b"), ("3", "c")])

    def test_kill_of_a_load_into_a_duckdb_file(self):
        self.source("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)", "INSERT INTO t VALUES (1, 'old'), (2, 'old')")
        to = ("replicate", "--from", "sqlite:source.db", "--to", "duckdb:ods.duckdb")
        self.orch(*to)
        for number, point in enumerate(point for point in POINTS if not point.startswith("lake.")):
            self.source(f"UPDATE t SET v = '{point}'", f"INSERT INTO t VALUES ({10 + number}, '{point}')")
            self.orch(*to, "--name", f"d{number}", fault=f"{point}:1:kill", expect=-signal.SIGKILL)
            self.orch("resume", f"d{number}")
            self.orch("replicate", "--folder", f"back{number}", "--from", "duckdb:ods.duckdb", "--to", f"sqlite:{number}.db")
            back = sqlite3.connect(self.folder / f"{number}.db")
            self.assertEqual(back.execute("SELECT count(*), min(v), max(v) FROM t").fetchone(), (3 + number, point, point))
            tables = back.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'orch%'").fetchall()
            self.assertEqual(tables, [("t",)], "no table of orch is one of the database's")

    def test_readers_see_whole_versions(self):
        self.source("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)",
                    "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT i, 0 FROM n")
        self.replicate()
        seen, wrong, done = set(), [], threading.Event()

        def look():
            while not done.is_set():
                values = {row[1] for row in self.read()[1]}
                if len(values) != 1:
                    wrong.append(values)
                seen.update(values)

        reader = threading.Thread(target=look)
        reader.start()
        try:
            for version in range(1, 5):
                self.source(f"UPDATE t SET v = {version}")
                self.replicate()
        finally:
            done.set()
            reader.join()
        self.assertEqual(wrong, [])
        self.assertTrue(seen)


def main():
    global OPTIONS
    parser = argparse.ArgumentParser()
    parser.add_argument("--orch", required=True, type=pathlib.Path)
    parser.add_argument("--modules", required=True, type=pathlib.Path)
    OPTIONS, rest = parser.parse_known_args()
    OPTIONS.orch, OPTIONS.modules = OPTIONS.orch.resolve(), OPTIONS.modules.resolve() / "node_modules"
    if not shutil.which("node"):
        skip("there is no node; install nodejs")
    for package in ("hyparquet", "hyparquet-compressors"):
        if not (OPTIONS.modules / package).is_dir():
            skip(f"{OPTIONS.modules} has no {package}; scripts/test installs it when it reaches an npm registry")
    with tempfile.TemporaryDirectory() as folder:
        sqlite3.connect(pathlib.Path(folder) / "a.db").executescript("CREATE TABLE t (id INTEGER)")
        tried = subprocess.run([OPTIONS.orch, "replicate", "--store", "runs.db", "--from", "sqlite:a.db", "--to", "duckdb:b.duckdb"], cwd=folder,
                               capture_output=True, text=True)
        if "Connection.LibraryMissing" in tried.stdout + tried.stderr:
            skip("there is no library of DuckDB; scripts/install-duckdb brings it")
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Replicates a source that is written to all the time: inserts, updates and deletes in every table, 50 times a second.
Every run must succeed, say that what it published is what it read, and leave the table as it was at one moment."""
import argparse
import contextlib
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WRITES_A_SECOND = 50
ROWS = 2_000
TABLES = ("whole", "keyed", "newer", "added")
CATALOG_TABLES = [
    {"source": {"table": "whole"}},
    {"source": {"table": "keyed"}, "strategy": "upsert"},
    {"source": {"table": "newer"}, "strategy": "upsert", "watermark": {"column": "n"}},
    {"source": {"table": "added"}, "strategy": "append", "watermark": {"column": "id"}},
]


def write_statements(number):
    """Inserts, updates and deletes in every table. In every state that is committed, the values v of a table add up to
    its rows times a thousand: a mixture of two states would show. n grows with every change."""
    oldest, n = number + 1, ROWS + 1 + number
    for table in TABLES:
        yield f"INSERT INTO {table} VALUES ({n}, {n}, 1000)"
        yield f"UPDATE {table} SET v = v + 1, n = {n} WHERE id = {oldest + 2}"
        yield f"UPDATE {table} SET v = v - 1, n = {n} WHERE id = {oldest + 3}"
        yield (f"UPDATE {table} SET v = v - 1000 + (SELECT v FROM {table} WHERE id = {oldest}), n = {n} "
               f"WHERE id = {oldest + 1}")
        yield f"DELETE FROM {table} WHERE id = {oldest}"


class SqliteSource:
    def __init__(self, folder, journal):
        self.path = folder / f"{journal}.db"
        self.url = f"sqlite:{self.path}"
        with contextlib.closing(sqlite3.connect(self.path)) as db:
            db.execute(f"PRAGMA journal_mode={journal}")
            for table in TABLES:
                db.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, n INTEGER, v INTEGER)")
                db.executemany(f"INSERT INTO {table} VALUES (?, ?, 1000)", ((i, i) for i in range(1, ROWS + 1)))
            db.commit()

    def writer(self):
        db = sqlite3.connect(self.path, timeout=60, isolation_level=None)
        db.execute("PRAGMA synchronous=OFF")

        def write(number):
            db.execute("BEGIN IMMEDIATE")
            for statement in write_statements(number):
                db.execute(statement)
            db.execute("COMMIT")
        return write, db.close

    def value(self, query):
        with contextlib.closing(sqlite3.connect(self.path, timeout=60)) as db:
            return db.execute(query).fetchone()[0]


class PostgresSource:
    def __init__(self, server_url, name):
        self.url = make_database(server_url, name)
        for table in TABLES:
            psql(self.url, f"CREATE TABLE {table} (id integer PRIMARY KEY, n integer, v integer);"
                           f"INSERT INTO {table} SELECT i, i, 1000 FROM generate_series(1, {ROWS}) i")

    def writer(self):
        session = subprocess.Popen(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", self.url], stdin=subprocess.PIPE,
                                   text=True)

        def write(number):
            session.stdin.write("BEGIN; " + "; ".join(write_statements(number)) + "; COMMIT;\n")
            session.stdin.flush()

        def close():
            session.stdin.close()
            if session.wait(60) != 0:
                raise SystemExit("the writer failed")
        return write, close

    def value(self, query):
        return int(psql(self.url, query))


def psql(url, sql):
    return subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, url], check=True,
                          capture_output=True, text=True).stdout.strip()


def make_database(server_url, name):
    psql(server_url, f"CREATE DATABASE {name}")
    return f"{server_url.rsplit('/', 1)[0]}/{name}"


class Writer:
    """Writes on a thread of its own until it is left."""

    def __init__(self, source):
        self.source = source
        self.written = 0
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        write, close = self.source.writer()
        start = time.monotonic()
        while not self.stop.is_set():
            write(self.written)
            self.written += 1
            self.stop.wait(max(0.0, start + self.written / WRITES_A_SECOND - time.monotonic()))
        close()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()


class Project:
    def __init__(self, orch, folder, source, target_url):
        self.orch, self.folder = pathlib.Path(orch).resolve(), folder
        folder.mkdir()
        (folder / "connections.json").write_text(json.dumps({"version": 1, "connections": {
            "from": {"url": source.url}, "to": {"url": target_url}}}))
        (folder / "catalog.json").write_text(json.dumps({"version": 1, "defaults": {
            "source": {"connection": "from"}, "target": {"connection": "to"}}, "tables": CATALOG_TABLES}))

    def run(self, name):
        done = subprocess.run(
            [self.orch, "submit", "replicate", "--name", name, "--input", '{"catalog": "catalog.json"}',
             "--connections", self.folder / "connections.json", "--store", self.folder / "orch.db"],
            cwd=self.folder, capture_output=True, text=True, timeout=600, check=False)
        if done.returncode != 0:
            return f"{name}: exit {done.returncode}\n{done.stderr[-3000:]}"
        report = json.loads((self.folder / "reports" / name / "report.json").read_text())
        for result in report["results"]:
            if result["reconcile"]["equal"] is not True:
                return f"{name}: {result['reconcile']}"
        return None


def expect(failures, what, found, expected):
    if found != expected:
        failures.append(f"{what}: found {found}, expected {expected}")


def check_moment(failures, target, name):
    """A replaced table is the source as it was at one moment: no write is in it by half."""
    expect(failures, f"{name}: rows of whole", target.value("SELECT count(*) FROM whole"), ROWS)
    expect(failures, f"{name}: sum of whole", target.value("SELECT sum(v) FROM whole"), ROWS * 1000)


def check_end(failures, source, target, written):
    """After the last write, the last run has brought everything that the strategies promise."""
    rows = ROWS + written
    expect(failures, "whole", target.value("SELECT count(*) FROM whole"), ROWS)
    for table in TABLES[1:]:
        expect(failures, f"{table}: newest row", target.value(f"SELECT max(id) FROM {table}"), rows)
    expect(failures, "keyed: nothing is there twice", target.value("SELECT count(*) - count(DISTINCT id) FROM keyed"), 0)
    expect(failures, "added: nothing is there twice", target.value("SELECT count(*) - count(DISTINCT id) FROM added"), 0)
    oldest = source.value("SELECT min(id) FROM whole")
    for table in ("whole", "keyed", "newer"):
        expect(failures, f"{table}: rows of the source", target.value(f"SELECT sum(v) FROM {table} WHERE id >= {oldest}"),
               ROWS * 1000)


def exam(orch, folder, name, source, target, rounds):
    failures = []
    project = Project(orch, folder / name, source, target.url)
    started = time.monotonic()
    with Writer(source) as writer:
        while writer.written < WRITES_A_SECOND:
            time.sleep(0.01)
        good = 0
        for number in range(rounds):
            failure = project.run(f"run{number}")
            failures += [failure] if failure else []
            good += failure is None
            check_moment(failures, target, f"run{number}")
        rate = writer.written / (time.monotonic() - started)
    failure = project.run("last")
    failures += [failure] if failure else []
    check_end(failures, source, target, writer.written)
    print(f"{name}: {good} of {rounds} runs succeeded, {rate:.0f} transactions a second at the source, "
          f"{(time.monotonic() - started) / (rounds + 1):.2f} s a run", flush=True)
    for failure in failures:
        print(failure, flush=True)
    return not failures


class Target:
    """A database that the runs write to."""

    def __init__(self, url, value):
        self.url, self.value = url, value


def sqlite_target(folder, name):
    path = folder / f"{name}.db"

    def value(query):
        with contextlib.closing(sqlite3.connect(path, timeout=60)) as db:
            return db.execute(query).fetchone()[0]
    return Target(f"sqlite:{path}", value)


def postgres_target(server_url, name):
    url = make_database(server_url, name)
    return Target(url, lambda query: int(psql(url, query)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orch", required=True)
    parser.add_argument("--source", choices=("sqlite", "postgres"), required=True)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if options.source == "sqlite":
            good = all([exam(options.orch, folder, f"sqlite-{journal}", SqliteSource(folder, journal),
                             sqlite_target(folder, f"to-{journal}"), options.rounds)
                        for journal in ("wal", "delete")])
        else:
            started = subprocess.run([ROOT / "scripts" / "postgres-for-tests", "start"], check=True,
                                     stdout=subprocess.PIPE, text=True).stdout.split()
            try:
                good = exam(options.orch, folder, "postgres", PostgresSource(started[1], "live_from"),
                            postgres_target(started[1], "live_to"), options.rounds)
            finally:
                subprocess.run([ROOT / "scripts" / "postgres-for-tests", "stop", started[0]], check=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()

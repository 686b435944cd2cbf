#!/usr/bin/env python3
"""What goes wrong outside of orch, done to the real program.

Each fault is one function. It brings the trouble about, runs orch, and checks: the exit code; an error
that says what, where and what to do; yesterday's rows still in the target; and, once the trouble is
mended, that `orch resume` brings today's, with one evidence row a table and nothing left behind.

  faults.py --orch BINARY --generator BINARY [--only REGEX] [--keep]
"""
import argparse
import contextlib
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))

from databases import PostgresServer, SqliteDatabase  # noqa: E402
from ledgers import postgres_ledgers, sqlite_ledgers  # noqa: E402
from project import ERROR, OK, RUN_FAILED, Project  # noqa: E402

SCALE = 1
FAULTS = []


def fault(function):
    FAULTS.append(function)
    return function


class Failed(Exception):
    pass


def expect(condition, message):
    if not condition:
        raise Failed(message)


def expect_words(text, *words):
    """Every word (a regular expression) is in the text, and nothing that only programmers understand."""
    for word in words:
        expect(re.search(word, text, re.IGNORECASE), f"no /{word}/ in:\n{text}")
    for bad in ("terminate called", "Sanitizer", "Segmentation", "boost::", "std::"):
        expect(bad not in text, f"{bad!r} in:\n{text}")


class World:
    """Ledgers of both engines, and projects made of them."""

    def __init__(self, options, folder, server):
        self.options, self.folder, self.server = options, folder, server
        self.sqlite = sqlite_ledgers(options.generator, folder, SCALE)
        self.postgres = postgres_ledgers(options.generator, server, SCALE)
        self._number = 0
        self._baselines = {}

    def project(self, source="sqlite", target="sqlite", only=None, published=True):
        """A project whose target holds yesterday's rows (unless `published` is false) and whose source
        has today's. `only`: the tables of the catalog, all when not given."""
        self._number += 1
        folder = self.folder / f"p{self._number}"
        ledgers = self.sqlite if source == "sqlite" else self.postgres
        if target == "sqlite":
            database = SqliteDatabase(folder / "warehouse.db")
        else:
            database = self.server.database(f"warehouse{self._number}")
            database.create()
        project = Project(folder, self.options.orch, ledgers.before, database)
        project.expected = self.postgres.after if target == "postgres" else ledgers.after
        project.yesterday = self.postgres.before if target == "postgres" else ledgers.before
        if only:
            catalog = json.loads((folder / "catalog.json").read_text())
            catalog["tables"] = [entry for entry in catalog["tables"] if entry["source"]["table"] in only]
            project.write("catalog.json", catalog)
        if published:
            code, _, err = project.call(*project.replicate("yesterday"))
            expect(code == OK, f"the undisturbed run ended with {code}:\n{err}")
        project.connect(ledgers.after.url)
        return project


def target_rows(project):
    return project.target.rows(project.expected, project.tables())


def expect_yesterday(project, tables=None):
    names = tables or project.tables()
    expect(project.target.rows(project.expected, names) == project.yesterday.rows(project.expected, names),
           "the target no longer holds yesterday's rows")


def expect_today(project, name):
    """The run brought everything."""
    found, wanted = target_rows(project), project.expected.rows(project.expected, project.tables())
    different = [table for table in wanted if found.get(table) != wanted[table]]
    expect(not different, f"tables differ from the source: {different}")
    run = next(row[0] for row in project.runs() if row[1] == name)
    evidence = project.target.evidence(run)
    expect(all(evidence[table] == 1 for table in wanted), f"evidence: {dict(evidence)}")
    expect(not project.target.leftovers(), f"left behind: {project.target.leftovers()}")
    expect(not project.history_gaps(), f"history: {project.history_gaps()}")


def resume(project, name="today"):
    code, _, err = project.call("resume", name)
    expect(code == OK, f"resume ended with {code}:\n{err}")
    expect_today(project, name)


def fails(project, *words, name="today", **settings):
    """The run fails with these words, in what it prints and in its status."""
    code, out, err = project.call(*project.replicate(name, **settings))
    expect(code == RUN_FAILED, f"expected a failed run, got {code}:\n{err}")
    expect_words(err + out, *words)
    code, out, _ = project.call("status", name)
    expect(code == OK, f"status ended with {code}")
    expect_words(out, *words)


# Definitions


def refused(world, text, *words):
    """validate and submit refuse the definition; no run is made."""
    folder = world.folder / "definition"
    folder.mkdir(exist_ok=True)
    file = folder / "bad.json"
    file.write_bytes(text)
    for arguments in (("validate", str(file)), ("--store", str(folder / "runs.db"), "submit", str(file))):
        done = subprocess.run([world.options.orch, *arguments], capture_output=True, text=True,
                              errors="replace", timeout=60, cwd=folder)
        expect(done.returncode == ERROR, f"{arguments[0]} ended with {done.returncode}:\n{done.stderr[-500:]}")
        expect_words(done.stderr + done.stdout, "bad.json", *words)
        expect(len(done.stderr) < 20_000, f"{len(done.stderr)} bytes of error for one document")


@fault
def truncated_definition(world):
    refused(world, b'{"StartAt": "A", "States": {"A": {"Type": "Pa', "line|1:")


@fault
def deep_definition(world):
    refused(world, b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "deep|nest")


@fault
def huge_definition(world):
    states = ",".join(f'"S{i}": {{"Type": "Pass", "Next": "Nowhere{i}"}}' for i in range(200_000))
    refused(world, b'{"StartAt": "S0", "States": {' + states.encode() + b"}}", "Nowhere|large|states")


@fault
def duplicate_keys(world):
    refused(world, b'{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true, "End": true}}}', "duplicate|twice",
            "End")


@fault
def definition_with_bad_utf8(world):
    refused(world, b'{"StartAt": "A", "States": {"A": {"Type": "Pass", "Comment": "\xff\xfe", "End": true}}}', "UTF-8")


@fault
def empty_definition(world):
    refused(world, b"", "empty|incomplete|end")


# Connections and catalogs


@fault
def wrong_password(world):
    secret = "not-the-password-7731"
    project = world.project(target="postgres", only=["currencies", "periods"])
    world.server.database("postgres").psql("DROP ROLE IF EXISTS guarded; CREATE ROLE guarded LOGIN PASSWORD 'right' SUPERUSER")
    guarded = {"engine": "postgresql", "host": "127.0.0.1", "port": int(world.server.url.rsplit(":", 1)[1].split("/")[0]),
               "dbname": project.target.name, "user": "guarded", "password": {"file": "password.txt"}}
    project.connect(world.sqlite.after.url, **guarded)
    password = project.folder / "password.txt"
    password.write_text(secret + "\n")
    code, out, err = project.call(*project.replicate("today", deadline_seconds=2, poll_seconds=1))
    expect(code == RUN_FAILED, f"expected a failed run, got {code}:\n{err}")
    expect_words(err + out, "warehouse", "password")
    for text in (out, err, project.call("history", "today", "-o", "json")[1], project.store.read_bytes().decode("latin-1")):
        expect(secret not in text, "the password is shown")
    expect_yesterday(project)
    password.write_text("right\n")
    resume(project)


@fault
def source_offline(world):
    """The run waits for it and says so; when it comes back in time, nothing else happens."""
    project = world.project(only=["currencies"])
    away = project.folder / "away.db"
    project.connect(f"sqlite:{away}")
    process = project.start(*project.replicate("today", deadline_seconds=60, poll_seconds=1))
    seen = follow(process, "ledger|wait")
    shutil.copyfile(world.sqlite.after.file, away)
    _, err = process.communicate(timeout=60)
    expect(process.returncode == OK, f"ended with {process.returncode}:\n{seen}{err}")
    expect_today(project, "today")


@fault
def source_stays_offline(world):
    project = world.project(only=["currencies"])
    project.connect(f"sqlite:{project.folder / 'nowhere.db'}")
    fails(project, "ledger", "nowhere.db", deadline_seconds=1, poll_seconds=1)
    expect_yesterday(project)


@fault
def literal_password(world):
    project = world.project(only=["currencies"])
    project.connect("postgresql://u:geheim@127.0.0.1/x")
    code, out, err = project.call(*project.replicate("today"))
    expect(code in (ERROR, RUN_FAILED), f"ended with {code}")
    expect_words(err + out, "connections.json", "password")
    expect("geheim" not in err + out, "the password is shown")


def change_catalog(project, table, **entry):
    catalog = json.loads((project.folder / "catalog.json").read_text())
    original = json.dumps(catalog)
    next(each for each in catalog["tables"] if each["source"]["table"] == table).update(entry)
    project.write("catalog.json", catalog)
    return lambda: (project.folder / "catalog.json").write_text(original)


@fault
def missing_table(world):
    """The other tables arrive; the table that came back later is all that resume does."""
    project = world.project(only=["currencies", "periods", "brokers"])
    source = SqliteDatabase(project.folder / "source.db")
    source.become(world.sqlite.after)
    source.run("ALTER TABLE brokers RENAME TO brokerz")
    project.connect(source.url)
    fails(project, "brokers", "Source.TableMissing|no table", "brokerz")
    expect_yesterday(project, ["brokers"])
    source.run("ALTER TABLE brokerz RENAME TO brokers")
    resume(project)


@fault
def missing_column(world):
    project = world.project(only=["currencies", "periods"])
    source = SqliteDatabase(project.folder / "source.db")
    source.become(world.sqlite.after)
    source.run("ALTER TABLE currencies RENAME COLUMN symbol TO sign")
    project.connect(source.url)
    fails(project, "currencies", "sign|symbol")
    expect_yesterday(project, ["currencies"])
    source.run("ALTER TABLE currencies RENAME COLUMN sign TO symbol")
    resume(project)


@fault
def failed_check(world):
    project = world.project(target="postgres", only=["currencies", "periods"])
    mend = change_catalog(project, "periods", checks=[{"sql": "quarter < 4", "name": "no fourth quarter"}])
    fails(project, "periods", "Check.Failed", "no fourth quarter", "10 rows")
    expect_yesterday(project, ["periods"])
    mend()
    code, _, err = project.call("resume", "today", "--from", "Catalog")
    expect(code == OK, f"resume ended with {code}:\n{err}")
    expect(target_rows(project) == project.expected.rows(project.expected, project.tables()), "rows differ")


@fault
def injected_names(world):
    """Names from a catalog are names, whatever is in them."""
    evil = 'periods"; DROP TABLE currencies; --'
    for target in ("sqlite", "postgres"):
        project = world.project(target=target, only=["currencies", "periods"])
        change_catalog(project, "periods", source={"connection": "ledger", "table": evil})
        code, out, err = project.call(*project.replicate("today"))
        expect(code == RUN_FAILED, f"ended with {code}:\n{err}")
        expect_words(err + out, "TableMissing|no table")
        expect("currencies" in project.target.tables(), "the target lost a table")


@fault
def malformed_csv(world):
    project = world.project(only=["currencies"], published=False)
    drop = project.folder / "drop"
    drop.mkdir()
    lines = ["code,name,symbol,minor_units,active"] + [f'C{i},"Name {i}",,2,1' for i in range(1, 30)]
    file = drop / "currencies.csv"

    def write(broken):
        file.write_bytes("\n".join(lines).encode().replace(b'"Name 17"', broken) + b"\n")

    project.connect(f"csv:{drop}")
    for broken, words in ((b'"Na"me 17', ("line 18", "quot")), (b'"Name 17",extra', ("line 18", "6|fields|columns")),
                          (b'"Name \xff\xfe"', ("line 18", "UTF-8"))):
        write(broken)
        name = f"run{len(project.runs())}"
        fails(project, "currencies.csv", *words, name=name)
        expect(project.target.counts(["currencies"]) == {}, "a half-read file was published")
    write(b'"Name 17"')
    code, _, err = project.call("resume", name)
    expect(code == OK, f"resume ended with {code}:\n{err}")
    expect(project.target.counts(["currencies"]) == {"currencies": 29}, "not all lines arrived")


# Servers and locks


@contextlib.contextmanager
def session(database, sql):
    """Holds a transaction open in which `sql` was run."""
    process = subprocess.Popen(["psql", "-X", "-q", "-A", "-t", "-d", database.url], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    process.stdin.write(f"BEGIN;\n{sql};\nSELECT 'held';\n")
    process.stdin.flush()
    expect(process.stdout.readline().strip() == "held", f"could not: {sql}")
    try:
        yield
    finally:
        process.stdin.close()
        process.wait(timeout=20)


def follow(process, pattern, timeout=60):
    """Reads standard error until a line matches; what was read."""
    text, deadline = "", time.monotonic() + timeout
    timer = threading.Timer(timeout, process.kill)
    timer.start()
    try:
        for line in process.stderr:
            text += line
            if re.search(pattern, line, re.IGNORECASE):
                return text
    finally:
        timer.cancel()
    raise Failed(f"orch ended, or {timeout} s passed, before /{pattern}/ was said "
                 f"({deadline - time.monotonic():.0f} s left):\n{text}")


def slow_source(world, project):
    """Makes today's reading of `premium_postings` take seconds, so that a load can be caught."""
    database = world.server.database(f"slow{world._number}")
    database.become(world.postgres.after)
    database.run("ALTER TABLE premium_postings RENAME TO postings;"
                 "CREATE VIEW premium_postings AS SELECT p.* FROM postings p WHERE pg_sleep(0.002) IS NOT NULL")
    change_catalog(project, "premium_postings", parts=1, key_columns=["posting_id"])
    project.connect(database.url)
    return database


def wait_for_copy(database):
    """Returns when rows are flowing into the database."""
    for _ in range(600):
        copying = database.psql("SELECT count(*) FROM pg_stat_progress_copy c JOIN pg_stat_activity a USING (pid) "
                                f"WHERE a.datname = '{database.name}' AND c.command = 'COPY FROM'")
        if int(copying) > 0:
            return
        time.sleep(0.05)
    raise Failed("no load was seen in 30 s")


def disturbed_load(world, disturb):
    """A load into PostgreSQL that is disturbed in its middle comes through by its retries."""
    project = world.project("postgres", "postgres", only=["premium_postings", "currencies"])
    slow_source(world, project)
    process = project.start(*project.replicate("today"))
    wait_for_copy(project.target)
    disturb(project)
    out, err = process.communicate(timeout=120)
    expect(process.returncode == OK, f"ended with {process.returncode}:\n{out}{err}")
    expect_today(project, "today")


@fault
def server_restarted_in_mid_load(world):
    disturbed_load(world, lambda project: world.server.restart())


@fault
def target_connection_cut(world):
    disturbed_load(world, lambda project: project.target.psql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_progress_copy WHERE command = 'COPY FROM'"))


@fault
def source_connection_cut(world):
    disturbed_load(world, lambda project: project.target.psql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_progress_copy WHERE command = 'COPY TO'"))


@fault
def target_table_locked(world):
    """Somebody holds the table: orch waits, says so, and goes on when it is free."""
    project = world.project(target="postgres", only=["currencies", "periods"])
    with session(project.target, "LOCK TABLE currencies IN ACCESS SHARE MODE"):
        process = project.start(*project.replicate("today"))
        seen = follow(process, "Target.Locked|locked", timeout=90)
    out, err = process.communicate(timeout=120)
    expect(process.returncode == OK, f"ended with {process.returncode}:\n{seen}{err}{out}")
    expect_today(project, "today")


# Disks


def disk_full(project, name, allowance):
    """Starts a run whose files may grow to `allowance` bytes, which is what a full disk comes to (EFBIG
    for ENOSPC), but needs neither root nor a disk."""
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (allowance, resource.RLIM_INFINITY))

    # Python leaves SIGXFSZ ignored; the child must keep it so to get the error and not the signal.
    return project.start(*project.replicate(name), preexec_fn=limit, restore_signals=False)


@fault
def disk_of_the_run_store_full(world):
    """orch says so, holds still, and goes on when there is room again."""
    project = world.project(target="postgres", only=["currencies", "periods", "users"])
    project.call("status")
    size = project.store.stat().st_size
    process = disk_full(project, "today", size // 2)
    seen = follow(process, "trying again", timeout=60)
    if process.poll() is None:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    _, err = process.communicate(timeout=90)
    expect_words(seen + err, "runs.db")
    if process.returncode != OK:  # it may give up where nothing was begun
        expect(process.returncode == ERROR, f"ended with {process.returncode}:\n{seen}{err}")
        code, _, err = project.call(*project.replicate("today"))
        expect(code == OK, f"with room again, it ended with {code}:\n{err}")
    expect_today(project, "today")


@fault
def disk_of_the_target_full(world):
    project = world.project(only=["currencies", "documents"])
    large = SqliteDatabase(project.folder / "large.db")
    large.become(world.sqlite.after)
    large.run("UPDATE documents SET content = randomblob(2000000), byte_size = 2000000")
    project.connect(large.url)
    project.expected = large
    process = disk_full(project, "today", 8_000_000)
    out, err = process.communicate(timeout=90)
    expect(process.returncode == RUN_FAILED, f"ended with {process.returncode}:\n{err}")
    expect_words(err + out, "documents", "full|space|I/O|too large", "warehouse")
    expect_yesterday(project, ["documents"])
    resume(project)


@fault
def second_owner(world):
    """A run that another process works on is handed over or refused, never done twice."""
    project = world.project("postgres", "postgres", only=["premium_postings", "currencies"])
    slow_source(world, project)
    process = project.start(*project.replicate("today"))
    wait_for_copy(project.target)
    code, out, err = project.call(*project.replicate("today"), timeout=90)
    process.communicate(timeout=90)
    expect(process.returncode == OK and code == OK, f"ended with {process.returncode} and {code}:\n{out}{err}")
    expect(len(project.runs()) == 2, f"runs: {project.runs()}")
    expect_today(project, "today")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--orch", required=True, type=pathlib.Path)
    parser.add_argument("--generator", required=True, type=pathlib.Path)
    parser.add_argument("--only", default="", help="faults whose name matches this expression")
    parser.add_argument("--keep", action="store_true", help="leave the working folder")
    options = parser.parse_args()
    options.orch, options.generator = options.orch.resolve(), options.generator.resolve()
    os.environ.pop("ORCH_FAULT", None)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orch-faults-"))
    server = PostgresServer()
    failures = 0
    try:
        world = World(options, folder, server)
        for each in FAULTS:
            if not re.search(options.only, each.__name__):
                continue
            began = time.monotonic()
            try:
                each(world)
                verdict = "ok"
            except Exception as error:  # the other faults are still of interest
                failures += 1
                verdict = "FAILED"
                detail = str(error) if isinstance(error, (Failed, AssertionError)) else traceback.format_exc()
                print(f"{each.__name__}: {detail}", flush=True)
            print(f"{verdict:7} {each.__name__} ({time.monotonic() - began:.1f} s)", flush=True)
    finally:
        server.stop()
        if options.keep:
            print(f"left in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

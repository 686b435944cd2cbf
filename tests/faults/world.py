"""What faults have in common: ledgers and projects to disturb, and what must be so afterwards."""
import json
import pathlib
import re
import threading
import time

from databases import SqliteDatabase
from ledgers import postgres_ledgers, sqlite_ledgers
from project import OK, RUN_FAILED, Project

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
        self.server_folder = pathlib.Path(server.folder)
        owner = next(self.server_folder.rglob("PG_VERSION")).stat()
        self.server_account = owner.st_uid, owner.st_gid
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


def change_catalog(project, table, **entry):
    catalog = json.loads((project.folder / "catalog.json").read_text())
    original = json.dumps(catalog)
    next(each for each in catalog["tables"] if each["source"]["table"] == table).update(entry)
    project.write("catalog.json", catalog)
    return lambda: (project.folder / "catalog.json").write_text(original)


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
    change_catalog(project, "premium_postings", parts=1, where="pg_sleep(0.002) IS NOT NULL")
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

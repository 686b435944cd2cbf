"""Several at once: processes on one run, runs on the same tables, readers while tables are published."""
import threading

from project import OK, RUN_FAILED, Project
from world import (
    expect, expect_today, expect_words, fault, slow_source, target_rows, wait_for_copy)

TABLES = ["currencies", "periods", "brokers", "fx_rates", "documents"]


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


class Reader(threading.Thread):
    """Counts the rows of the tables in transactions of two looks each, until told to end."""

    def __init__(self, database, isolation, allowed):
        super().__init__(daemon=True)
        self.database, self.isolation, self.allowed = database, isolation, allowed
        self.wrong, self.looks = [], 0
        self.over = threading.Event()

    def look(self):
        counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in self.allowed)
        found = self.database.psql(
            f"BEGIN ISOLATION LEVEL {self.isolation}; SELECT {counts}; SELECT pg_sleep(0.02); SELECT {counts}; COMMIT")
        first, _, second = (line.split("|") for line in found.splitlines())
        for table, one, other in zip(self.allowed, first, second):
            if not {int(one), int(other)} <= self.allowed[table]:
                self.wrong.append(f"{self.isolation}: {one} and {other} rows in {table}, expected {self.allowed[table]}")
            if self.isolation == "REPEATABLE READ" and one != other:
                self.wrong.append(f"{self.isolation}: {one} and then {other} rows in {table}")
        self.looks += 1

    def run(self):
        while not self.over.is_set() and not self.wrong:
            try:
                self.look()
            except RuntimeError as error:
                self.wrong.append(str(error))

    def finish(self):
        self.over.set()
        self.join()
        expect(not self.wrong, f"a reader saw: {self.wrong[:3]}")
        expect(self.looks > 0, "the reader never looked")


@fault
def readers_while_tables_are_published(world):
    """Yesterday's rows or today's, in either isolation level."""
    project = world.project(target="postgres", only=TABLES)
    before, after = project.yesterday.counts(TABLES), project.expected.counts(TABLES)
    allowed = {table: {before[table], after[table]} for table in TABLES}
    readers = [Reader(project.target, isolation, allowed) for isolation in ("READ COMMITTED", "REPEATABLE READ")]
    for reader in readers:
        reader.start()
    for number, ledgers in enumerate((world.sqlite.after, world.sqlite.before, world.sqlite.after)):
        project.connect(ledgers.url)
        code, _, err = project.call(*project.replicate(f"turn{number}"))
        expect(code == OK, f"ended with {code}:\n{err}")
    for reader in readers:
        reader.finish()
    expect_today(project, "turn2")


@fault
def two_runs_on_the_same_tables(world):
    """Of two stores, at the same time: the one that comes too late for a table is told, and nothing is mixed."""
    for target in ("sqlite", "postgres"):
        project = world.project(target=target, only=TABLES)
        other = Project(project.folder / "other", world.options.orch, world.sqlite.after, project.target)
        (other.folder / "catalog.json").write_text((project.folder / "catalog.json").read_text())
        started = [(each, each.start(*each.replicate("today"))) for each in (project, other)]
        for each, process in started:
            out, err = process.communicate(timeout=120)
            expect(process.returncode in (OK, RUN_FAILED), f"ended with {process.returncode}:\n{err}")
            if process.returncode == RUN_FAILED:
                expect_words(out + err, "Merge.NotVerified|Load.Superseded|Target.Locked", "hint")
        for each, process in started:
            if process.returncode == RUN_FAILED:
                code, _, err = each.call("resume", "today")
                expect(code == OK, f"resume alone ended with {code}:\n{err}")
        expect(target_rows(project) == project.expected.rows(project.expected, TABLES), "rows differ")
        expect(not project.target.leftovers(), f"left behind: {project.target.leftovers()}")

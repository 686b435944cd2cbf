"""Servers that restart, connections that are cut, locks that others hold, rows that are hidden."""
import contextlib
import subprocess

from project import OK
from world import (
    Failed, change_catalog, expect, expect_today, expect_yesterday, fails, fault, follow, resume, slow_source,
    target_rows, wait_for_copy)


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


def little_patience(world, project):
    """With locks of others."""
    project.connect(world.sqlite.after.url, url=project.target.url + "?lock_timeout=2")


@fault
def target_table_locked(world):
    """Somebody writes to the table: orch waits, says so, and goes on when it is free."""
    project = world.project(target="postgres", only=["currencies", "periods"])
    little_patience(world, project)
    with session(project.target, "LOCK TABLE currencies IN SHARE ROW EXCLUSIVE MODE"):
        process = project.start(*project.replicate("today"))
        seen = follow(process, "Target.Locked|locked", timeout=90)
    out, err = process.communicate(timeout=120)
    expect(process.returncode == OK, f"ended with {process.returncode}:\n{seen}{err}{out}")
    expect_today(project, "today")


@fault
def reader_that_stays(world):
    """Somebody has read the table and keeps the transaction: the rows are changed in place beside it."""
    project = world.project(target="postgres", only=["currencies", "periods"])
    little_patience(world, project)
    with session(project.target, "LOCK TABLE currencies IN ACCESS SHARE MODE"):
        code, out, err = project.call(*project.replicate("today"))
        expect(code == OK, f"beside a reader ended with {code}:\n{err}{out}")
    expect_today(project, "today")


@fault
def staging_table_locked(world):
    """Somebody holds a staging table that is left of a run: the next run leaves it alone, a later one removes it."""
    project = world.project(target="postgres", only=["currencies", "periods"])
    mend = change_catalog(project, "periods", checks=[{"sql": "quarter < 4", "name": "no fourth quarter"}])
    fails(project, "periods", "Check.Failed", name="before")
    mend()
    staged = project.target.psql("SELECT quote_ident(nspname) || '.' || quote_ident(relname) FROM pg_class c "
                                 "JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'orch_stage' "
                                 "AND relname NOT LIKE 'previous.%'").split("\n")
    expect(staged[0], "the failed run left no staging table")
    little_patience(world, project)
    with session(project.target, f"LOCK TABLE {staged[0]} IN ACCESS EXCLUSIVE MODE"):
        code, out, err = project.call(*project.replicate("today"))
        expect(code == OK, f"beside a locked table ended with {code}:\n{err}{out}")
        expect(target_rows(project) == project.expected.rows(project.expected, project.tables()), "rows differ")
    for name in ("tomorrow", "the_day_after"):
        code, out, err = project.call(*project.replicate(name))
        expect(code == OK, f"{name} ended with {code}:\n{err}{out}")
    expect(not project.target.leftovers(), f"left behind: {project.target.leftovers()}")


@fault
def rows_hidden_by_a_policy(world):
    """A table of which the account sees a part only is refused as a whole."""
    source = world.server.database("guarded_source")
    source.become(world.postgres.after)
    source.run("DROP ROLE IF EXISTS limited; CREATE ROLE limited LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public "
               "TO limited; ALTER TABLE periods ENABLE ROW LEVEL SECURITY; CREATE POLICY few ON periods USING (false)")
    project = world.project("postgres", "postgres", only=["currencies", "periods"])
    project.connect(source.url.replace("orch@", "limited@", 1))
    fails(project, "periods", "Source.Denied", "row-level security", "BYPASSRLS")
    expect_yesterday(project, ["periods"])
    source.run("ALTER ROLE limited BYPASSRLS")
    resume(project)

"""Wrong connections, catalogs and source data."""
import shutil

from databases import SqliteDatabase
from project import ERROR, OK, RUN_FAILED
from world import (
    Failed, change_catalog, expect, expect_today, expect_words, expect_yesterday, fails, fault, follow, resume,
    target_rows)


@fault
def wrong_password(world):
    """Refused at once, before there is a run: its name stays free."""
    secret = "not-the-password-7731"
    project = world.project(target="postgres", only=["currencies", "periods"])
    world.server.database("postgres").psql("DROP ROLE IF EXISTS guarded; CREATE ROLE guarded LOGIN PASSWORD 'right' SUPERUSER")
    guarded = {"engine": "postgresql", "host": "127.0.0.1", "port": int(world.server.url.rsplit(":", 1)[1].split("/")[0]),
               "dbname": project.target.name, "user": "guarded", "password": {"file": "password.txt"}}
    project.connect(world.sqlite.after.url, **guarded)
    password = project.folder / "password.txt"
    password.write_text(secret + "\n")
    code, out, err = project.call(*project.replicate("today"))
    expect(code == ERROR, f"expected a refusal, got {code}:\n{err}")
    expect_words(err + out, "Connection.Refused", "warehouse", "password", "hint")
    for text in (out, err, project.call("history", "today", "-o", "json")[1], project.store.read_bytes().decode("latin-1")):
        expect(secret not in text, "the password is shown")
    expect_yesterday(project)
    password.write_text("right\n")
    code, _, err = project.call(*project.replicate("today"))
    expect(code == OK, f"with the right password it ended with {code}:\n{err}")
    expect_today(project, "today")


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
        expect(code == ERROR, f"ended with {code}:\n{err}")  # it never was there: no run is made
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

"""Source and target databases of a harness run: SQLite files and databases of a throwaway PostgreSQL.

Both kinds answer the same questions: which rows a table holds, what the evidence says, what orch left
behind. Rows come back as sorted lists of texts, so that two tables are equal when the lists are.
"""
import collections
import contextlib
import pathlib
import shutil
import sqlite3
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def checked(command, **options):
    """Runs a helper program; its standard output. Raises with its standard error when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", **options)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed ({done.returncode}): {done.stderr[-2000:]}")
    return done.stdout


class SqliteDatabase:
    """One SQLite file."""

    engine = "sqlite"

    def __init__(self, file):
        self.file = pathlib.Path(file)

    @property
    def url(self):
        return f"sqlite:{self.file}"

    def _ask(self, query):
        with contextlib.closing(sqlite3.connect(self.file, timeout=30)) as db:
            return db.execute(query).fetchall()

    def run(self, sql):
        with contextlib.closing(sqlite3.connect(self.file, timeout=30)) as db:
            db.executescript(sql)

    def drop(self):
        for suffix in ("", "-wal", "-shm", "-journal"):
            pathlib.Path(f"{self.file}{suffix}").unlink(missing_ok=True)

    def become(self, other):
        """Replaces this database by a copy of `other`."""
        self.drop()
        shutil.copyfile(other.file, self.file)

    def tables(self):
        return [name for (name,) in self._ask(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
            "AND name NOT LIKE 'orch\\_%' ESCAPE '\\' ORDER BY name")]

    def rows(self, reference, tables):
        """Rows of `tables`; `reference` says the columns."""
        found = {}
        for table in tables:
            columns = [row[1] for row in reference._ask(f"PRAGMA table_info({table})")]
            cells = ", ".join(f"quote({column})" for column in columns)
            found[table] = sorted("|".join(row) for row in self._ask(f"SELECT {cells} FROM {table}"))
        return found

    def counts(self, tables):
        """Rows of each table, in one view of the database; what is missing is left out."""
        there = [table for table in tables if table in self.tables()] if self.file.exists() else []
        if not there:
            return {}
        query = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in there)
        return dict(self._ask(query))

    def evidence(self, run):
        """How many evidence rows the run has for each table."""
        return collections.Counter(dict(self._ask(
            f"SELECT table_name, count(*) FROM orch_evidence WHERE run = '{run}' GROUP BY 1")))

    def leftovers(self):
        stages = self._ask("SELECT name FROM sqlite_master WHERE name LIKE 'orch\\_stage%' ESCAPE '\\'")
        loads = self._ask("SELECT 'load of ' || table_name FROM orch_load")
        return [name for (name,) in stages + loads]

    def sound(self):
        return self._ask("PRAGMA integrity_check") == [("ok",)]


class PostgresServer:
    """A throwaway server; see scripts/postgres-for-tests."""

    def __init__(self):
        self._script = str(ROOT / "scripts" / "postgres-for-tests")
        answer = checked([self._script, "start"])
        self.folder, self.url = answer.split()

    def database(self, name):
        return PostgresDatabase(self, name)

    def restart(self):
        """Ends all sessions at once, as a crash of the server does."""
        checked([self._script, "restart", self.folder])

    def stop(self):
        checked([self._script, "stop", self.folder])


class PostgresDatabase:
    """One database of the server."""

    engine = "postgresql"

    def __init__(self, server, name):
        self.server = server
        self.name = name

    @property
    def url(self):
        return self.server.url.removesuffix("postgres") + self.name

    def psql(self, sql, url=None):
        return checked(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url or self.url],
                       input=sql)

    run = psql

    def drop(self):
        self.psql(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)", self.server.url)

    def create(self):
        self.drop()
        self.psql(f"CREATE DATABASE {self.name}", self.server.url)

    def become(self, other):
        self.drop()
        self.psql(f"CREATE DATABASE {self.name} TEMPLATE {other.name}", self.server.url)

    def tables(self):
        return self.psql("SELECT table_name FROM information_schema.tables "
                         "WHERE table_schema = 'public' ORDER BY 1").split()

    def _columns(self):
        """Every table's columns, each cast to its type: what another database must spell the same."""
        found = collections.defaultdict(list)
        for line in self.psql(
                "SELECT attrelid::regclass || ' ' || quote_ident(attname) || '::' || "
                "replace(format_type(atttypid, atttypmod), 'json', 'jsonb') FROM pg_attribute "
                "WHERE attrelid IN (SELECT oid FROM pg_class WHERE relkind = 'r' AND "
                "relnamespace = 'public'::regnamespace) AND attnum > 0 AND NOT attisdropped "
                "ORDER BY attrelid, attnum").replace("jsonbb", "jsonb").splitlines():
            table, column = line.split(" ", 1)
            found[table].append(column)
        return found

    def rows(self, reference, tables):
        columns = reference._columns()
        script = "SET timezone = 'UTC';\n" + "".join(
            f"\\echo == {table}\nCOPY (SELECT {', '.join(columns[table])} FROM {table}) TO STDOUT;\n"
            for table in tables)
        found, table = {}, None
        for line in self.psql(script).split("\n"):
            if line.startswith("== "):
                table = line[3:]
                found[table] = []
            elif line:
                found[table].append(line)
        return {name: sorted(lines) for name, lines in found.items()}

    def counts(self, tables):
        there = [table for table in tables if table in self.tables()]
        if not there:
            return {}
        query = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in there)
        return {table: int(count) for table, count in
                (line.split("|") for line in self.psql(query).splitlines())}

    def evidence(self, run):
        lines = self.psql(f"SELECT table_name, count(*) FROM orch.evidence WHERE run = '{run}' GROUP BY 1")
        return collections.Counter({table: int(count) for table, count in
                                    (line.split("|") for line in lines.splitlines())})

    def leftovers(self):
        return self.psql(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'orch_stage' AND c.relname NOT LIKE 'previous.%' UNION ALL SELECT 'load of ' || table_name FROM orch.load "
            "UNION ALL SELECT 'prepared transaction ' || gid FROM pg_prepared_xacts").splitlines()

    def sound(self):
        return True

"""Statements of one session: SQL in, typed columns and rows out."""
import re
import sqlite3

import columns
import transact
from database import SqlError, converted, of_error, quote


class Result:
    """`columns`: (name, column type, may be NULL); `rows`: an iterator."""

    def __init__(self, names_and_types, rows):
        self.columns, self.rows = names_and_types, rows


def switched(value, offset):
    """SWITCHOFFSET to UTC, the only place that reads ask for."""
    if offset not in ("+00:00", 0):
        raise ValueError(f"SWITCHOFFSET to {offset}")
    return None if value is None else columns.in_utc(value)


def of_value(value):
    """The type of an expression that names no column."""
    if isinstance(value, int):
        return columns.parse("bigint")
    if isinstance(value, float):
        return columns.parse("float")
    if isinstance(value, bytes):
        return columns.parse("varbinary(8000)")
    return columns.parse("nvarchar(4000)")


class Runner:
    """Runs statements for one session, in its transaction."""

    def __init__(self, database, user):
        self.database, self.user = database, user
        self.db = database.attach()
        self.isolation = "READ COMMITTED"
        self.began_with = None
        for name, count, function in (
                ("tds_cast", 3, converted), ("tds_global", 1, self.global_value),
                ("tds_text", 1, lambda v: v.decode() if isinstance(v, bytes) else v),
                ("switchoffset", 2, switched), ("tds_left", 2, lambda v, n: v[:n]),
                ("tds_datalength", 1, lambda v: len(v) if isinstance(v, bytes) else 2 * len(v)),
                ("concat", -1, lambda *parts: "".join("" if p is None else str(p) for p in parts)),
                ("object_id", -1, self.object_id), ("schema_name", -1, self.schema_name),
                ("schema_id", -1, lambda name="dbo": self.scalar(
                    "SELECT schema_id FROM sys.schemas WHERE name = ?", name)),
                ("type_name", 1, lambda number: self.scalar(
                    "SELECT name FROM sys.types WHERE user_type_id = ?", number)),
                ("db_name", -1, lambda *_: database.data["database"]), ("db_id", -1, lambda *_: 5),
                ("suser_sname", -1, lambda *_: self.user), ("has_perms_by_name", -1, self.may),
                ("serverproperty", 1, self.server_property), ("quotename", 1, lambda n: f"[{n}]"),
                ("databasepropertyex", 2, self.database_property),
                ("sysutcdatetime", 0, lambda: "2026-11-30 12:00:00.1234567"),
                ("sysdatetimeoffset", 0, lambda: "2026-11-30 12:00:00.1234567 +00:00"),
                ("getutcdate", 0, lambda: "2026-11-30 12:00:00.123"),
                ("min_active_rowversion", 0, lambda: bytes.fromhex("00000000000007d1")),
                ("fn_cdc_get_max_lsn", 0, lambda: None),
                ("columnproperty", 3, lambda *_: 0), ("objectproperty", 2, lambda *_: 0)):
            self.db.create_function(name, count, function)

    def scalar(self, sql, *values):
        row = self.db.execute(sql, values).fetchone()
        return row[0] if row else None

    def object_id(self, name, _kind=None):
        parts = [transact.name_of(w) for w in transact.words_of(name) if w != "."]
        schema = parts[-2] if len(parts) > 1 else "dbo"
        return self.scalar("SELECT object_id FROM sys.objects o JOIN sys.schemas s ON s.schema_id = "
                           "o.schema_id WHERE s.name = ? AND o.name = ?", schema, parts[-1])

    def schema_name(self, number=None):
        return "dbo" if number is None else self.scalar(
            "SELECT name FROM sys.schemas WHERE schema_id = ?", number)

    def may(self, name, _kind, _permission, column=None, _sub=None):
        """HAS_PERMS_BY_NAME of a table or a column of it."""
        parts = [transact.name_of(w).lower() for w in transact.words_of(name or "") if w != "."]
        table = self.database.tables.get((parts[-2] if len(parts) > 1 else "dbo", parts[-1])) if parts else None
        if table is None:
            return 1
        denied = [c["name"] for c in table["columns"] if c.get("denied")]
        return int(not table.get("denied") and column not in denied)

    def global_value(self, name):
        values = {"version": "Microsoft SQL Server 2022 (RTM) - " + self.database.data["version"],
                  "spid": 51, "trancount": int(self.began_with is not None), "servername": "TDSTEST",
                  "dbts": bytes.fromhex("00000000000007d0"), "microsoftversion": 0x10000000}
        return values.get(name.lower())

    def server_property(self, name):
        return {"productversion": self.database.data["version"], "edition": "Developer Edition (64-bit)",
                "engineedition": 3, "collation": columns.DEFAULT_COLLATION}.get(name.lower())

    def database_property(self, _name, what):
        return {"collation": columns.DEFAULT_COLLATION, "updateability": "READ_WRITE"}.get(what.lower())

    # Transactions.

    def begin(self):
        self.began_with = self.isolation
        if self.isolation == "SNAPSHOT":
            self.db.execute("BEGIN")

    def finish(self):
        if self.db.in_transaction:
            self.db.execute("COMMIT")
        self.began_with = None

    def check_isolation(self):
        """As the server does when a statement reads a table of users."""
        name = self.database.data["database"]
        if self.isolation != "SNAPSHOT":
            return
        if not self.database.data.get("snapshot_isolation"):
            raise SqlError(3952, f"Snapshot isolation transaction failed accessing database '{name}' because "
                                 "snapshot isolation is not allowed in this database. Use ALTER DATABASE to "
                                 "allow snapshot isolation.")
        if self.began_with not in (None, "SNAPSHOT"):
            raise SqlError(3951, f"Transaction failed in database '{name}' because the statement was run "
                                 "under snapshot isolation but the transaction did not start in snapshot "
                                 "isolation.")

    # Statements.

    def run(self, words, parameters):
        """A Result, the number of rows that were written, or None."""
        first, second = transact.upper(words, 0), transact.upper(words, 1)
        if first == "SET":
            if second == "TRANSACTION":
                self.isolation = " ".join(words[4:]).upper()
            return None
        if first == "BEGIN" and second.startswith("TRAN"):
            return self.begin()
        if first in ("COMMIT", "ROLLBACK"):
            return self.finish()
        if first == "USE":
            return None
        return self.execute(transact.translated(words, self.database.data["database"].lower()), parameters)

    def execute(self, words, parameters):
        tables = self.database.mentioned(words)
        for table in tables:
            if table.get("denied"):
                raise SqlError(229, f"The SELECT permission was denied on the object '{table['name']}', database "
                                    f"'{self.database.data['database']}', schema '{table['schema']}'.", 14, 5)
        if tables:
            self.check_isolation()
        names = set(re.findall(r"@\w+", " ".join(words)))
        values = {name[1:]: parameters.get(name.lower()) for name in names}
        try:
            with self.database.lock:
                cursor = self.db.execute(" ".join(words), values)
        except sqlite3.Error as error:
            raise of_error(error) from error
        if cursor.description is None:
            return cursor.rowcount
        return self.result(words, tables, cursor)

    def result(self, words, tables, cursor):
        head = cursor.fetchmany(500)
        described = [entry[0] for entry in cursor.description]
        items = transact.select_list(words) if transact.upper(words, 0) == "SELECT" else []
        if len(items) != len(described) or any(item[-1] == "*" for item in items):
            items = [[quote(name)] for name in described]
        examples = [next((row[i] for row in head if row[i] is not None), None) for i in range(len(described))]
        found = [self.typed(item, tables, example) for item, example in zip(items, examples, strict=True)]

        def rows():
            yield from head
            while block := cursor.fetchmany(500):
                yield from block

        return Result(found, rows())

    def typed(self, item, tables, example):
        """Name, type and nullability of an item of the select list."""
        name = transact.item_name(item)
        alias = len(item) > 2 and item[-2].upper() == "AS"
        words = item[:-2] if alias else item
        if words[0] == "tds_cast" and transact.closing(words, 1) == len(words) - 1:
            style_at = max(i for i, word in enumerate(words) if word == ",")
            return name, columns.parse(words[style_at - 1].strip("'")), True
        inner = words[2:-1] if transact.upper(words, 0) in ("MIN", "MAX") and words[-1] == ")" else words
        if len(inner) in (1, 3):
            wanted = transact.name_of(inner[-1]).lower()
            for table in tables:
                for column in table["columns"]:
                    if column["name"].lower() == wanted:
                        kind = columns.parse(column["type"], column.get("collation"))
                        return name, kind, column.get("null", True) or inner is not words
        return name, of_value(example), True

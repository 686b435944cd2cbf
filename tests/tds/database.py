"""The tables of a data file, kept in SQLite: a file for each schema, so that dbo.orders and sys.columns
are names to it, and a transaction of snapshot isolation is one of its own."""
import decimal
import json
import os
import re
import sqlite3
import threading

import catalog
import columns
import transact


class SqlError(Exception):
    def __init__(self, number, text, severity=16, state=1):
        super().__init__(text)
        self.number, self.text, self.severity, self.state = number, text, severity, state


def quote(name):
    return '"' + name.replace('"', '""') + '"'


def kept(column, value):
    """A value of the data file as SQLite keeps it."""
    base = catalog.parts_of(column["type"])[0]
    if value is None:
        return None
    if base == "sql_variant":
        return json.dumps(value)
    times = 1
    if isinstance(value, dict):
        value, times = value["repeat"], value["times"]
    if base in ("binary", "varbinary", "image", "timestamp", *columns.CLR):
        return columns.as_bytes(value) * times
    if times > 1:
        return value * times
    if base in ("real", "float"):
        return float(value)
    return int(value) if isinstance(value, bool) else value


def declared(column):
    base = catalog.parts_of(column["type"])[0]
    if base in ("decimal", "numeric", "money", "smallmoney"):
        return "TEXT COLLATE tds_decimal"
    if base in ("date", "time", "datetime", "smalldatetime", "datetime2", "datetimeoffset"):
        return "TEXT COLLATE tds_moment"
    if base in catalog.CHARACTER or base == "uniqueidentifier":
        return "TEXT COLLATE NOCASE"
    return ""


def compared(key):
    def collate(left, right):
        a, b = key(left), key(right)
        return (a > b) - (a < b)
    return collate


def moment_key(text):
    days, ticks, offset = columns.moment(text)
    return days * columns.TICKS_A_DAY + ticks - offset * 60 * 10**7


def converted(value, kind, style):
    """CAST and CONVERT, as far as reads need them."""
    base = catalog.parts_of(kind.lower())[0]
    if value is None:
        return None
    if base in catalog.CHARACTER:
        text = ("0x" if style == 1 else "") + value.hex().upper() if isinstance(value, bytes) else str(value)
        length = catalog.parts_of(kind.lower())[1]
        return text[:int(length)] if length and length.isdigit() else text
    if base in ("int", "bigint", "smallint", "tinyint", "bit"):
        return int.from_bytes(value, "big") if isinstance(value, bytes) else int(decimal.Decimal(value))
    if base in ("binary", "varbinary") and isinstance(value, int):
        return value.to_bytes(8, "big")
    if base in ("binary", "varbinary") and isinstance(value, str):
        return columns.as_bytes(value) if style == 1 else value.encode()
    if base in ("float", "real"):
        return float(value)
    if base == "datetime2":
        return re.sub(r" ?[+-]\d\d:\d\d$", "", value)
    if base == "date":
        return value[:10]
    return value


class Database:
    """One for the server; thread-safe."""

    def __init__(self, data, folder):
        self.data, self.folder = data, folder
        self.lock = threading.Lock()
        self.tables = {(t["schema"].lower(), t["name"].lower()): t for t in data["tables"]}
        self.schemas = list(dict.fromkeys(["dbo", *(t["schema"] for t in data["tables"])]))
        self.write()

    def attach(self):
        db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        db.text_factory = lambda data: data.decode("utf-8", "surrogatepass")
        db.create_collation("tds_decimal", compared(decimal.Decimal))
        db.create_collation("tds_moment", compared(moment_key))
        for schema in [*self.schemas, "sys", "INFORMATION_SCHEMA"]:
            path = os.path.join(self.folder, schema + ".db")
            db.execute(f"ATTACH {transact.literal(path)} AS {quote(schema)}")
            db.execute(f"PRAGMA {quote(schema)}.journal_mode = WAL")
        return db

    def write(self):
        db = self.attach()
        db.execute("BEGIN")
        for table in self.data["tables"]:
            name = quote(table["schema"]) + "." + quote(table["name"])
            fields = [quote(c["name"]) + " " + declared(c) for c in table["columns"]]
            db.execute(f"CREATE TABLE {name} ({', '.join(fields)})")
            marks = ", ".join("?" * len(table["columns"]))
            db.executemany(f"INSERT INTO {name} VALUES ({marks})",
                           ([kept(c, v) for c, v in zip(table["columns"], row, strict=True)]
                            for row in table.get("rows", [])))
        for view, rows in catalog.rows_of(self.data).items():
            schema, name = view.split(".")
            names = ", ".join(quote(c) + " COLLATE NOCASE" for c in catalog.VIEWS[view])
            db.execute(f"CREATE TABLE {schema}.{name} ({names})")
            db.executemany(f"INSERT INTO {view} VALUES ({', '.join('?' * len(catalog.VIEWS[view]))})", rows)
        for view, (whole, where) in catalog.PARTS.items():
            db.execute(f"CREATE VIEW {view} AS SELECT * FROM {whole.split('.')[1]} WHERE {where}")
        db.execute("COMMIT")
        db.close()

    def mentioned(self, words):
        """The tables whose names are words of a statement."""
        names = {transact.name_of(word).lower() for word in words}
        return [table for (_, name), table in self.tables.items() if name in names]


def of_error(error):
    """SQLite's message as SQL Server's."""
    text = str(error)
    for pattern, number, form in (
            (r"no such table: (.*)", 208, "Invalid object name '{}'."),
            (r"no such column: (.*)", 207, "Invalid column name '{}'."),
            (r"no such function: (.*)", 195, "'{}' is not a recognized built-in function name."),
            (r'near "(.*)": syntax error', 102, "Incorrect syntax near '{}'.")):
        if match := re.match(pattern, text):
            return SqlError(number, form.format(match.group(1)))
    return SqlError(102, text)

"""Starts the server of this folder for a test, and makes its data from types.json."""
import json
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
USER, PASSWORD = "orch", "pass;word"


def skip_without_freetds():
    """Ends a test program as skipped (77) where the driver is not registered."""
    found = shutil.which("odbcinst") and subprocess.run(
        ["odbcinst", "-q", "-d", "-n", "FreeTDS"], capture_output=True, check=False).returncode == 0
    if not found:
        print("no FreeTDS here (package tdsodbc)")
        sys.exit(77)


def type_cases():
    """The cases of types.json, each with its type without parameters, and whether that is of bytes."""
    cases = json.loads((HERE / "types.json").read_text(encoding="utf-8"))
    for case in cases:
        case["base"] = re.match(r"\w+", case["type"]).group()
        case["binary"] = case["base"] in ("binary", "varbinary", "image", "rowversion")
    return cases


def whole(case, value):
    """A value of types.json: a text, a number or bytes."""
    text, times = (value["repeat"], value["times"]) if isinstance(value, dict) else (value, 1)
    return bytes.fromhex(text[2:]) * times if case["binary"] else text * times


def table_of(case, number):
    """A table with the column twice: where all have a value, and where the last row has none."""
    column = {"name": "v", "type": case["type"], "collation": case.get("collation")}
    values = [int(v) if case["type"] == "bigint" else v for v in case["values"]]
    rows = [[i, v, v] for i, v in enumerate(values, 1)]
    rows.append([len(rows) + 1, rows[0][1], None])
    return {"schema": "dbo", "name": f"type_{number:02}",
            "columns": [{"name": "id", "type": "int", "null": False}, {**column, "name": "always", "null": False},
                        {**column, "name": "sometimes"}],
            "key": ["id"], "rows": rows}


def data_of(tables, answers=(), **more):
    return {"database": "sales", "version": "16.0.1000", "logins": {USER: PASSWORD}, "snapshot_isolation": True,
            "tables": tables, "answers": list(answers), **more}


class Double:
    """A context: the running server, its port and what it was asked."""

    def __init__(self, folder, data):
        self.data_file, self.log_file = folder / "tds.json", folder / "tds.log"
        self.data_file.write_text(json.dumps(data), encoding="utf-8")
        self.log_file.write_text("")

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "server.py"), str(self.data_file), "--log", str(self.log_file)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()

    def log(self):
        with open(self.log_file, encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def statements(self):
        return [event["sql"] for event in self.log() if "sql" in event]

    def connection_string(self, password=PASSWORD, database="sales"):
        words = {"Driver": "FreeTDS", "Server": "127.0.0.1", "Port": self.port, "TDS_Version": "7.4",
                 "Database": database, "UID": USER, "PWD": "{" + password.replace("}", "}}") + "}",
                 "ClientCharset": "UTF-8"}
        return ";".join(f"{k}={v}" for k, v in words.items())

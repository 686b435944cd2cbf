#!/usr/bin/env python3
"""The recording driver through the driver manager, without orch.

    driver_test.py DRIVER.so
"""
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))

from odbc_client import Client, OdbcError, library  # noqa: E402
from recording import Recording  # noqa: E402

DECIMAL, WIDE, BINARY = 3, -9, -3
LINES = [
    {"info": {"dbms": "Oracle", "version": "19.00.0000"}},
    {"match": "FROM T$", "columns": [{"name": "ID", "type": DECIMAL, "size": 38, "type_name": "NUMBER"},
                                     {"name": "V", "type": WIDE, "size": 40}],
     "rows": [["1", "żółw 😀"], ["99999999999999999999999999999999999999", None],
              ["3", {"text": "abc", "times": 5000}]], "repeat": 2},
    {"match": "FROM B$", "columns": [{"name": "B", "type": BINARY}], "rows": [[{"hex": "00ff", "times": 3000}]]},
    {"match": "FROM ONCE$", "times": 1, "error": {"state": "HY000", "native": 1555, "message": "ORA-01555: old"}},
    {"match": "FROM ONCE$", "columns": [{"name": "X"}], "rows": [["later"]]},
    {"match": "FROM BROKEN$", "columns": [{"name": "X"}], "rows": [["1"]], "repeat": 9, "after_rows": 4, "drop": True},
]


class Driver(unittest.TestCase):
    def setUp(self):
        self.client = Client("DRIVER={A driver};UID=me;PWD={se;cret}")
        self.addCleanup(self.client.close)

    def test_values(self):
        names, rows = self.client.query("SELECT *\n  FROM T")
        self.assertEqual(names, ["ID", "V"])
        self.assertEqual(rows, [["1", "żółw 😀"], ["99999999999999999999999999999999999999", None],
                                ["3", "abc" * 5000]] * 2)
        self.assertEqual(self.client.query("SELECT B FROM B", (1,))[1], [[b"\x00\xff" * 3000]])

    def test_errors(self):
        with self.assertRaises(OdbcError) as caught:
            self.client.query("SELECT X FROM ONCE")
        self.assertEqual((caught.exception.state, caught.exception.native), ("HY000", 1555))
        self.assertEqual(self.client.query("SELECT X FROM ONCE")[1], [["later"]])
        with self.assertRaises(OdbcError) as caught:
            self.client.query("SELECT X FROM NOWHERE")
        self.assertEqual(caught.exception.state, "42000")
        with self.assertRaises(OdbcError) as caught:
            self.client.query("SELECT X FROM BROKEN")
        self.assertEqual(caught.exception.state, "08S01")
        with self.assertRaises(OdbcError):
            self.client.query("SELECT * FROM T")

    def test_the_log(self):
        RECORDING.log_file.write_text("")
        client = Client("DRIVER={A driver};UID=me;PWD={se}};cret}")
        client.autocommit(False)
        client.query("ALTER  SESSION SET x = 1")
        client.end()
        client.close()
        self.assertEqual(RECORDING.log(), [
            "connect DRIVER={A driver};UID=me;PWD=***", "connection attribute 102 = 0", "sql ALTER SESSION SET x = 1",
            "commit", "disconnect"])


if __name__ == "__main__":
    if library() is None:
        print("no driver manager here (package libodbc2)")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="orch-odbc.") as made:
        RECORDING = Recording(pathlib.Path(made), sys.argv.pop(), ["A driver"], LINES)
        os.environ.update(RECORDING.environment)
        unittest.main(verbosity=2)

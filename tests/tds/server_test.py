#!/usr/bin/env python3
"""The server of this folder against FreeTDS, without orch: what the exams build on must be right first."""
import decimal
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "harness")]

from double import Double, data_of, skip_without_freetds, table_of, type_cases, whole  # noqa: E402
from odbc_client import ROLLBACK, Client, OdbcError  # noqa: E402

EXACT = ("tinyint", "smallint", "int", "bigint", "bit", "decimal", "numeric", "money", "smallmoney")


def comparable(base, value):
    """FreeTDS writes .01 for a numeric, reals with few digits, and 1-01-01 for a date."""
    if base in EXACT:
        return decimal.Decimal(value)
    if base in ("real", "float"):
        return f"{float(value):.{5 if base == 'real' else 14}e}"
    if base.startswith("date") and base != "datetime":
        return value.rjust(len(value) + 4 - value.index("-"), "0")
    return value


NUMBERS = {"schema": "dbo", "name": "numbers", "columns": [{"name": "n", "type": "int", "null": False}],
           "rows": [[n] for n in range(5000)]}


class Server(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="orch-tds-test.")
        self.addCleanup(self.folder.cleanup)

    def double(self, tables, answers=(), **more):
        running = Double(pathlib.Path(self.folder.name), data_of(tables, answers, **more))
        self.enterContext(running)
        return running

    def client(self, running, **words):
        client = Client(running.connection_string(**words))
        self.addCleanup(client.close)
        return client

    def test_every_type(self):
        cases = type_cases()
        client = self.client(self.double([table_of(case, i) for i, case in enumerate(cases)]))
        for i, case in enumerate(cases):
            base, numbers = case["base"], (1, 2) if case["binary"] else ()
            _, rows = client.query(f"SELECT [always], [sometimes] FROM [dbo].[type_{i:02}] ORDER BY [id]", numbers)
            self.assertIsNone(rows[-1][1], case)
            for row, value in zip(rows, case["values"]):
                for found in row:
                    with self.subTest(type=case["type"], value=str(value)[:60]):
                        self.assertEqual(comparable(base, found), comparable(base, whole(case, value)))
    def test_rows_with_many_nulls(self):
        columns = [{"name": f"c{i}", "type": kind} for i, kind in enumerate(
            ["int", "nvarchar(max)", "text", "xml", "decimal(38,2)", "datetime2(7)", "bit", "varbinary(9)"] * 3)]
        rows = [[None] * 24, [i if i % 8 == 0 else None for i in range(24)], [None] * 23 + ["0x01"]]
        client = self.client(self.double([{"schema": "dbo", "name": "t", "columns": columns, "rows": rows}]))
        _, found = client.query("SELECT * FROM dbo.t", (24,))
        self.assertEqual(found, [[None] * 24, [str(i) if i % 8 == 0 else None for i in range(24)],
                                 [None] * 23 + [b"\x01"]])

    def test_types_of_the_server_alone(self):
        columns = [{"name": "shape", "type": "geography"}, {"name": "any", "type": "sql_variant"}]
        client = self.client(self.double([{"schema": "dbo", "name": "t", "columns": columns, "rows": [
            ["0x0102", {"type": "int", "value": 5}], [None, {"type": "nvarchar", "value": "żó"}], ["0xff", None]]}]))
        _, found = client.query("SELECT * FROM dbo.t", (1,))
        self.assertEqual(found, [[b"\x01\x02", "5"], [None, "żó"], [b"\xff", None]])

    def test_logins(self):
        running = self.double([])
        for words, native in ({"password": "wrong"}, 18456), ({"database": "other"}, 4060):
            with self.assertRaises(OdbcError) as caught:
                self.client(running, **words)
            self.assertIn(caught.exception.native, (native, 18456))
        self.assertEqual(self.client(running).query("SELECT DB_NAME() AS d")[1], [["sales"]])

    def test_errors_of_statements(self):
        client = self.client(self.double([NUMBERS, {**NUMBERS, "name": "secret", "denied": True}]))
        for sql, state, native in (("SELECT * FROM missing", "42S02", 208), ("SELECT nope FROM numbers", "42S22", 207),
                                   ("SELECT FROM", "42000", 102), ("SELECT * FROM secret", "42000", 229)):
            with self.assertRaises(OdbcError) as caught:
                client.query(sql)
            self.assertEqual((caught.exception.state, caught.exception.native), (state, native), sql)
        self.assertEqual(client.query("SELECT TOP 1 n FROM numbers")[1], [["0"]])

    def test_deadlock_in_mid_result(self):
        client = self.client(self.double([NUMBERS], [
            {"match": "FROM numbers", "times": 1, "after_rows": 700,
             "error": {"number": 1205, "severity": 13, "state": 51, "text": "You are the deadlock victim."}}]))
        with self.assertRaises(OdbcError) as caught:
            client.query("SELECT n FROM numbers")
        # FreeTDS has no SQLSTATE for it: the number of the server is what tells a deadlock.
        self.assertEqual((caught.exception.state, caught.exception.native), ("42000", 1205))
        self.assertEqual(len(client.query("SELECT n FROM numbers")[1]), 5000)

    def test_lost_connection(self):
        running = self.double([NUMBERS], [{"match": "FROM numbers", "times": 1, "after_rows": 700, "drop": True}])
        with self.assertRaises(OdbcError):
            self.client(running).query("SELECT n FROM numbers")
        self.assertEqual(len(self.client(running).query("SELECT n FROM numbers")[1]), 5000)

    def test_attention(self):
        client = self.client(self.double([NUMBERS]))
        for _ in range(3):
            _, rows = client.query("SELECT a.n FROM numbers a CROSS JOIN numbers b", stop_after=100)
            self.assertEqual(len(rows), 100)
            self.assertEqual(client.query("SELECT TOP (2) n FROM numbers ORDER BY n DESC")[1], [["4999"], ["4998"]])

    def test_snapshots_and_transactions(self):
        running = self.double([NUMBERS])
        reader, writer = self.client(running), self.client(running)
        count = "SELECT COUNT(*) AS c FROM numbers"
        reader.query("SET TRANSACTION ISOLATION LEVEL SNAPSHOT")
        reader.autocommit(False)
        self.assertEqual(reader.query(count)[1], [["5000"]])
        writer.query("DELETE FROM numbers WHERE n >= 4000")
        self.assertEqual(reader.query(count)[1], [["5000"]])
        self.assertEqual(writer.query(count)[1], [["4000"]])
        reader.end(ROLLBACK)
        self.assertEqual(reader.query(count)[1], [["4000"]])
        self.assertEqual([e["transaction"] for e in running.log() if "transaction" in e][:2], ["begin", "rollback"])

    def test_snapshots_where_they_are_not_allowed(self):
        client = self.client(self.double([NUMBERS], snapshot_isolation=False))
        client.query("SET TRANSACTION ISOLATION LEVEL SNAPSHOT; BEGIN TRANSACTION")
        with self.assertRaises(OdbcError) as caught:
            client.query("SELECT n FROM numbers")
        self.assertEqual(caught.exception.native, 3952)

    def test_prepared_statements(self):
        client = self.client(self.double([NUMBERS]))
        _, rows = client.query("SELECT n, 'x' AS t FROM [sales].[dbo].[numbers] WHERE n < 3", prepared=True)
        self.assertEqual(rows, [["0", "x"], ["1", "x"], ["2", "x"]])

    def test_catalog(self):
        client = self.client(self.double([table_of({"type": "decimal(9,2)", "values": ["1.00"]}, 1)]))
        _, rows = client.query(
            "SELECT s.name, o.name, c.name, TYPE_NAME(c.user_type_id) AS t, c.precision, c.scale, c.is_nullable, "
            "k.key_ordinal FROM sys.schemas AS s JOIN sys.tables AS o ON o.schema_id = s.schema_id "
            "JOIN sys.columns AS c ON c.object_id = o.object_id "
            "LEFT JOIN sys.indexes AS i ON i.object_id = o.object_id AND i.is_primary_key = 1 "
            "LEFT JOIN sys.index_columns AS k ON k.object_id = o.object_id AND k.index_id = i.index_id "
            "AND k.column_id = c.column_id WHERE o.object_id = OBJECT_ID(N'[dbo].[type_01]') ORDER BY c.column_id")
        self.assertEqual(rows, [
            ["dbo", "type_01", "id", "int", "10", "0", "0", "1"],
            ["dbo", "type_01", "always", "decimal", "9", "2", "0", None],
            ["dbo", "type_01", "sometimes", "decimal", "9", "2", "1", None]])


if __name__ == "__main__":
    skip_without_freetds()
    unittest.main(verbosity=2)

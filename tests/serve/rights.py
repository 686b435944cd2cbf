#!/usr/bin/env python3
"""The rights that a connection lacks, as GRANT statements: those of a trial and of a plan are complete, so that
running them is enough.

    rights.py --orch build/dev/orch"""
import argparse
import json
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from harness.databases import PostgresServer  # noqa: E402
from rest import ask  # noqa: E402
from server import serving  # noqa: E402

ORCH = None
SETUP = """
CREATE ROLE loader LOGIN;
CREATE SCHEMA app; CREATE SCHEMA mart;
CREATE TABLE app.orders (id integer PRIMARY KEY); CREATE TABLE app.parts (id integer PRIMARY KEY);
CREATE TABLE mart.orders (id integer PRIMARY KEY);
GRANT USAGE ON SCHEMA app TO loader; GRANT SELECT ON app.orders TO loader;
GRANT CREATE ON DATABASE rights TO loader;
"""


class Rights(unittest.TestCase):
    def setUp(self):
        postgres = PostgresServer()
        self.addCleanup(postgres.stop)
        self.database = postgres.database("rights")
        self.database.create()
        self.database.run(SETUP)
        url = self.database.url.replace("://postgres@", "://loader@", 1)
        if "://loader@" not in url:
            url = self.database.url + ("&" if "?" in self.database.url else "?") + "user=loader"
        entry = {"url": url}
        files = {"connections.json": {"version": 1, "connections": {"from": entry, "to": entry}},
                 "catalog.json": {"version": 1, "tables": [{"source": {"connection": "from", "schema": "app", "table": "orders"},
                                                            "target": {"connection": "to", "schema": "mart", "table": "orders"}}]},
                 "project.json": {"name": "rights"}}
        context = serving(ORCH, files={name: json.dumps(document) for name, document in files.items()})
        self.server = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        pipelines = self.server.folder / "pipelines"
        pipelines.mkdir()
        (pipelines / "copies.json").write_text(json.dumps({"workflow": "replicate", "input": {"catalog": "catalog.json"}}))
        done = self.server.run("deploy")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.secret = json.loads(ask(self.server, "GET", "/v1/session")[2])["csrf"]

    def call(self, method, target):
        status, _, answer = ask(self.server, method, target, "{}" if method == "POST" else None, {"X-Orch-CSRF": self.secret})
        self.assertEqual(status, 200, answer)
        return json.loads(answer)

    def test_statements(self):
        read = self.call("POST", "/v1/pipelines/copies/connections/from/test")["grants"]
        self.assertIn("GRANT SELECT ON app.parts TO loader", [each.replace('"', "") for each in read])
        write = self.call("POST", "/v1/pipelines/copies/connections/to/test")["grants"]
        [plan] = self.call("GET", "/v1/pipelines/copies/catalog/plan")["items"]
        self.assertIn("grants", plan, plan["problems"])
        self.assertTrue(all(each.startswith("GRANT ") for each in plan["grants"]), plan["grants"])
        self.assertLessEqual(set(plan["grants"]), set(write))
        said = self.server.run("connection", "test", "from").stderr
        self.assertIn("a right is missing: GRANT SELECT", said)
        self.database.run(";\n".join({*read, *write}))
        # What is in a schema is looked at only by who may use it.
        self.assertIn("GRANT USAGE ON SCHEMA mart TO loader", [each.replace('"', "") for each in write])
        write = self.call("POST", "/v1/pipelines/copies/connections/to/test")["grants"]
        self.assertTrue(any("ON mart.orders" in each.replace('"', "") for each in write), write)
        self.database.run(";\n".join(write))
        self.assertEqual(self.call("POST", "/v1/pipelines/copies/connections/from/test")["grants"], [])
        self.assertEqual(self.call("POST", "/v1/pipelines/copies/connections/to/test")["grants"], [])
        [plan] = self.call("GET", "/v1/pipelines/copies/catalog/plan")["items"]
        self.assertEqual((plan["problems"], plan.get("grants")), ([], None))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orch", required=True)
    options, rest = parser.parse_known_args()
    ORCH = str(pathlib.Path(options.orch).resolve())
    if not shutil.which("psql"):
        print("skipped: psql is not installed")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *rest])

#!/usr/bin/env python3
"""Kills orch with SIGKILL at every named point and at random instants, restarts it, and looks.

Each case: the target holds yesterday's ledger, a run brings today's. orch dies on the way, is started
again until the run has ended, and then:
  - the run succeeded, and its history has no gap;
  - every table of the target equals the source, row by row;
  - every table has exactly one evidence row of the run;
  - no staging table, no load, no temporary file is left, and the databases are sound;
  - a reader beside it (in the cases at random instants) saw yesterday's rows or today's, never others.

The points are collected from the sources (fault::point("...")), so a new one is covered without a
change here; one that no case reaches is an error.

  crash.py --orch BINARY --generator BINARY [--slow] [--seed N] [--only REGEX] [--keep]
"""
import argparse
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))

from databases import ROOT, PostgresServer, SqliteDatabase  # noqa: E402
from ledgers import postgres_ledgers, sqlite_ledgers  # noqa: E402
from project import KILLED, OK, Project  # noqa: E402

SCALE = 1  # percent of the ledger: some 8,000 rows in 23 tables


def fault_points():
    """Names of all points in the sources, with the folders of the engines that alone can pass them."""
    points = {}
    for folder in ("orchestrator", "workers"):
        for file in sorted((ROOT / folder).rglob("*.cpp")):
            for name in re.findall(r'fault::point\("([^"]+)"\)', file.read_text()):
                points.setdefault(name, set()).add(file.parent.name)
    return points


class Scenario:
    """One pair of engines, its baseline made once."""

    def __init__(self, label, folder, orch, ledgers, expected, target, baseline):
        self.label = label
        self.ledgers = ledgers
        self.expected = expected  # database whose rows the target must spell alike
        self.baseline = baseline
        self.project = Project(folder, orch, ledgers.before, target)
        self.tables = self.project.tables()
        self._number = 0
        self._make_baseline()
        self.rows = expected.rows(expected, self.tables)
        self.counts = (ledgers.before.counts(self.tables), ledgers.after.counts(self.tables))

    def _make_baseline(self):
        began = time.monotonic()
        target = self.project.target
        target.drop()
        if target.engine == "postgresql":
            target.create()
        code, _, err = self.project.call(*self.project.replicate("baseline"))
        if code != OK:
            raise SystemExit(f"{self.label}: the run without a crash failed ({code}):\n{err}")
        self.seconds = time.monotonic() - began
        self.baseline.become(target)

    def begin(self, empty_target):
        """Yesterday's target (or none at all), today's source, no runs."""
        self._number += 1
        project, target = self.project, self.project.target
        project.forget_runs()
        shutil.rmtree(project.folder / "reports", ignore_errors=True)
        if not empty_target:
            target.become(self.baseline)
        elif target.engine == "postgresql":
            target.create()
        else:
            target.drop()
        project.connect(self.ledgers.after.url)
        return f"crash{self._number}"

    def restart(self, name, fault=""):
        """Starts orch again as a user would: resume the run, or submit it when it is unknown."""
        project = self.project
        known = [row for row in project.runs() if row[1] == name]
        if known and known[0][2] == "SUCCEEDED":
            return OK, ""
        arguments = ("resume", name) if known else project.replicate(name)
        code, _, err = project.call(*arguments, fault=fault)
        return code, err

    def finish(self, name, reader=None):
        """Starts orch a last time; everything that is wrong after it."""
        code, err = self.restart(name)
        seen = reader.finish() if reader else []
        if code != OK:
            return seen + [f"after the restart orch ended with {code}:\n{err}"]
        return seen + self.look(name)

    def look(self, name):
        """Everything that is wrong now."""
        project, target = self.project, self.project.target
        runs = project.runs()
        wrong = []
        if [(row[1], row[2]) for row in runs] != [(name, "SUCCEEDED")]:
            wrong.append(f"runs: {runs}")
        wrong += project.history_gaps()
        found = target.rows(self.expected, self.tables)
        for table in self.tables:
            if found[table] != self.rows[table]:
                wrong.append(f"{table}: {len(found[table])} rows differ from the {len(self.rows[table])} expected")
        evidence = target.evidence(runs[0][0]) if runs else {}
        wrong += [f"{table}: {evidence.get(table, 0)} evidence rows" for table in self.tables
                  if evidence.get(table, 0) != 1]
        wrong += [f"left behind: {name}" for name in target.leftovers() + project.strangers()]
        if not (project.sound() and target.sound()):
            wrong.append("a database is not sound")
        return wrong


class Reader(threading.Thread):
    """Counts the target's rows again and again, as people's queries do."""

    def __init__(self, scenario):
        super().__init__(daemon=True)
        self.scenario = scenario
        self.wrong = []
        self.looks = 0
        self._end = threading.Event()

    def run(self):
        scenario = self.scenario
        while not self._end.wait(0.01):
            try:
                counts = scenario.project.target.counts(scenario.tables)
            except Exception as error:  # a reader may be told to wait, not to see wrong rows
                if "locked" not in str(error):
                    self.wrong.append(f"reader: {error}")
                continue
            self.looks += 1
            for table, count in counts.items():
                allowed = {state.get(table) for state in scenario.counts}
                if count not in allowed:
                    self.wrong.append(f"reader saw {count} rows in {table}, expected one of {allowed}")
            if len(counts) != len(scenario.tables):
                self.wrong.append(f"reader saw {len(counts)} tables")

    def finish(self):
        self._end.set()
        self.join()
        return self.wrong


class Harness:
    def __init__(self, options):
        self.options = options
        self.random = random.Random(options.seed)
        self.cases = 0
        self.failures = []
        self.reached = set()

    def report(self, scenario, case, wrong):
        self.cases += 1
        if wrong:
            self.failures.append(f"{scenario.label}, {case}")
            print(f"FAILED  {scenario.label}, {case}", *wrong, sep="\n        ", flush=True)
        elif self.options.verbose:
            print(f"ok      {scenario.label}, {case}", flush=True)

    def at_point(self, scenario, point, passes, again):
        """Dies at the given pass of `point`; with `again` once more while recovering."""
        case = f"{point}:{passes}" + (" twice" if again else "")
        name = scenario.begin(empty_target="migrate" in point)
        code, _, err = scenario.project.call(*scenario.project.replicate(name), fault=f"{point}:{passes}:kill")
        if code == OK:
            return False  # never came to so many passes
        if code != KILLED:
            self.report(scenario, case, [f"orch ended with {code}:\n{err}"])
            return True
        self.reached.add(point)
        if again:
            scenario.restart(name, fault=f"{point}:1:kill")
        self.report(scenario, case, scenario.finish(name))
        return True

    def at_points(self, scenario, points):
        for point in points:
            for passes in self.options.passes:
                if not self.at_point(scenario, point, passes, again=False):
                    break
            if self.options.slow:
                self.at_point(scenario, point, 1, again=True)

    def at_random(self, scenario, cases):
        for _ in range(cases):
            name = scenario.begin(empty_target=False)
            kills = self.random.randint(1, 3)
            instants = [self.random.uniform(0, scenario.seconds) for _ in range(kills)]
            reader = Reader(scenario)
            reader.start()
            for instant in instants:
                known = any(row[1] == name for row in scenario.project.runs())
                arguments = ("resume", name) if known else scenario.project.replicate(name)
                process = scenario.project.start(*arguments)
                try:
                    process.communicate(timeout=instant)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.communicate()
                if any(row[1:] == (name, "SUCCEEDED") for row in scenario.project.runs()):
                    break
            wrong = scenario.finish(name, reader)
            case = "killed after " + ", ".join(f"{instant:.3f} s" for instant in instants)
            self.report(scenario, case, wrong)


def scenarios(options, folder, server):
    """Those that were asked for, each made when its turn has come."""
    wanted = re.compile(options.only).search
    sqlite = sqlite_ledgers(options.generator, folder, SCALE)
    if wanted("sqlite to sqlite"):
        yield Scenario("sqlite to sqlite", folder / "ss", options.orch, sqlite, sqlite.after,
                       SqliteDatabase(folder / "ss" / "warehouse.db"), SqliteDatabase(folder / "ss.db"))
    postgres = postgres_ledgers(options.generator, server, SCALE)
    for label, ledgers in (("postgres to postgres", postgres), ("sqlite to postgres", sqlite)):
        if wanted(label):
            short = label[0] + "p"
            yield Scenario(label, folder / short, options.orch, ledgers, postgres.after,
                           server.database(f"warehouse_{short}"), server.database(f"baseline_{short}"))


def engines(scenario):
    """Folders of workers/ whose points the scenario cannot reach."""
    return {"sqlite"} if scenario.project.target.engine == "postgresql" else {"postgres"}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--orch", required=True, type=pathlib.Path)
    parser.add_argument("--generator", required=True, type=pathlib.Path)
    parser.add_argument("--slow", action="store_true", help="more passes, two crashes in a row, more instants")
    parser.add_argument("--seed", type=int, default=None, help="of the random instants")
    parser.add_argument("--only", default="", help="scenarios whose label matches this expression")
    parser.add_argument("--points", default="", help="points that match this expression")
    parser.add_argument("--keep", action="store_true", help="leave the working folder")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    options.orch, options.generator = options.orch.resolve(), options.generator.resolve()
    options.seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    options.passes = (1, 2, 3, 5, 8, 13, 21, 40) if options.slow else (1, 7)
    return options


def main():
    options = parse()
    print(f"seed {options.seed}", flush=True)
    points = fault_points()
    # The main job does not pass these: sql.* belongs to orch:sql; lake.* to tests/lake; landing.* to landing.py; service.* and results.* to serve_crash.py;
    # host.answer to command_crash.py; keeping.*, backup.* and restore.* to keeping_crash.py; alerts.* to tests/serve/alerts.py; webhook.* to tests/serve/webhooks.py; deploy.* to deploy.py; engine.fire to pipelines.py and pipelines_kill_test.cpp; the others to isolation_test.cpp, which throws at them.
    others = ("sql.", "lake.", "landing.", "service.", "results.", "reader.", "writer.", "alerts.", "webhook.", "deploy.", "keeping.", "backup.", "restore.", "host.answer", "machine.wait", "engine.break_off",
              "engine.child", "engine.fire", "engine.fold", "engine.long_decision", "engine.map_run", "engine.nested", "engine.reader",
              "engine.writer")
    wanted = [point for point in points if re.search(options.points, point) and not point.startswith(others)]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="orch-crash-"))
    server = PostgresServer()
    harness = Harness(options)
    reachable = set()
    began = time.monotonic()
    try:
        for scenario in scenarios(options, folder, server):
            mine = [point for point in wanted if points[point] - engines(scenario)]
            reachable.update(mine)
            if options.slow or scenario.label != "sqlite to postgres":
                harness.at_points(scenario, mine)
            if not options.points:
                harness.at_random(scenario, 60 if options.slow else 4)
            print(f"{scenario.label}: a run takes {scenario.seconds:.2f} s", flush=True)
    finally:
        server.stop()
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    for point in sorted(reachable - harness.reached):
        harness.failures.append(f"point {point} was never reached")
        print(f"FAILED  point {point} was never reached")
    print(f"{harness.cases} crashes at {len(harness.reached)} points in {time.monotonic() - began:.0f} s, "
          f"{len(harness.failures)} failures; --seed {options.seed} repeats the instants")
    return 1 if harness.failures else 0


if __name__ == "__main__":
    sys.exit(main())

"""A folder with everything a run of orch needs, and the runs made in it."""
import json
import os
import pathlib
import shutil
import signal
import subprocess

from databases import ROOT
from run_store import RunStore

KILLED = -signal.SIGKILL
# Exit codes of orch, as its manual says.
OK, ERROR, USAGE, RUN_FAILED, INTERRUPTED = 0, 1, 2, 3, 4


class Project:
    """Connections `ledger` (source) and `warehouse` (target), the ledger's catalog, a run store."""

    def __init__(self, folder, orch, source, target):
        self.folder = pathlib.Path(folder)
        self.orch = str(orch)
        self.source = source
        self.target = target
        self.folder.mkdir(parents=True, exist_ok=True)
        # With an id it is one catalog to its targets, also after the run store and the source have changed.
        catalog = json.loads((ROOT / "examples" / "ledger" / "catalog.json").read_text())
        self.write("catalog.json", {"id": "ledger", **catalog})
        shutil.copyfile(ROOT / "examples" / "ledger" / "orch.json", self.folder / "orch.json")
        self.connect(source.url)

    def connect(self, source, **target):
        """Rewrites the connections file: the source's URL, and the members of the target's entry if it
        is not to be the target's URL."""
        self.write("connections.json", {"version": 1, "connections": {
            "ledger": {"url": source}, "warehouse": target or {"url": self.target.url}}})

    @property
    def store(self):
        return self.folder / "runs.db"

    def write(self, name, document):
        (self.folder / name).write_text(json.dumps(document, indent=1))

    def tables(self):
        catalog = json.loads((self.folder / "catalog.json").read_text())
        return sorted(entry["source"]["table"] for entry in catalog["tables"])

    def forget_runs(self):
        for file in self.folder.glob("runs.db*"):
            file.unlink()

    def command(self, *arguments):
        return [self.orch, "--config", str(self.folder / "orch.json"), *arguments]

    def start(self, *arguments, fault="", **options):
        """Starts orch; `fault` is a rule for ORCH_FAULT."""
        environment = dict(os.environ, **({"ORCH_FAULT": fault} if fault else {}))
        return subprocess.Popen(self.command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, errors="replace", env=environment, cwd=self.folder, **options)

    def call(self, *arguments, fault="", timeout=120, **options):
        """Runs orch to its end: exit code, standard output, standard error."""
        process = self.start(*arguments, fault=fault, **options)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise AssertionError(f"orch {' '.join(arguments)} did not end in {timeout} s:\n{err}") from None
        return process.returncode, out, err

    def replicate(self, name, **settings):
        """The arguments of a run of the main job."""
        given = {"catalog": "catalog.json", "report_folder": "reports", **settings}
        return ("submit", "replicate", "--name", name, "--input", json.dumps(given))

    def runs(self):
        return RunStore(self.store).runs()

    def history_gaps(self):
        return RunStore(self.store).history_gaps()

    def sound(self):
        return RunStore(self.store).sound()

    def strangers(self):
        """Files in the folder that must not be there after a run."""
        known = {"catalog.json", "connections.json", "orch.json", "reports", "report.md", "report.json", "report.html",
                 "runs.db", "runs.db.lock",
                 "runs.db.sock", "runs.db.deciding"}  # of a killed owner; the next one replaces them
        return sorted(str(file.relative_to(self.folder)) for file in self.folder.rglob("*")
                      if file.name not in known and file.name not in self.own_files())

    def own_files(self):
        return {database.file.name for database in (self.source, self.target)
                if database.engine == "sqlite"}

"""The recording driver (tests/odbc_driver) under the names of real drivers, for one test."""
import json
import os


class Recording:
    """A folder with odbcinst.ini, the script and the log; `environment` leads a program there."""

    def __init__(self, folder, driver, names, lines):
        self.log_file = folder / "driver.log"
        script = folder / "script.jsonl"
        script.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        (folder / "odbcinst.ini").write_text("".join(f"[{name}]\nDriver={driver}\n" for name in names))
        self.log_file.write_text("")
        self.environment = {**os.environ, "ODBCSYSINI": str(folder), "ORCH_TEST_ODBC_SCRIPT": str(script),
                            "ORCH_TEST_ODBC_LOG": str(self.log_file)}

    def log(self):
        return self.log_file.read_text(encoding="utf-8").splitlines()


def of_drivers(folder):
    """Variables of orch for a test with drivers: a run store of its own, and no complaints of a sanitizer
    about what driver managers and drivers never free."""
    return {"ORCH_STORE": str(folder / "runs.db"), "ASAN_OPTIONS": "detect_leaks=0"}

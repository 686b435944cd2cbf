"""Answers of a data file that stand in for a statement's own: errors, delays, lost connections, results.

An entry of "answers": {"match": a regular expression on the text with single blanks, "times": how often it
holds (always), "delay": seconds, "after_rows": rows that are sent before (0), and some of
"write": SQL that another session runs then, "error": {"number", "text", "severity", "state"}, "drop": true,
"columns": [{"name", "type"}] with "rows"}.
"""
import re
import threading

import columns
from database import SqlError, kept
from results import Result


class Dropped(Exception):
    """The connection ends here."""


class Action:
    def __init__(self, entry, database):
        self.entry, self.database = entry, database

    def before(self, wire):
        """Delays, and answers in place of the statement."""
        if "delay" in self.entry:
            wire.flush()
            wire.wait(self.entry["delay"])
        if "columns" in self.entry:
            wanted = self.entry["columns"]
            types = [(c["name"], columns.parse(c["type"], c.get("collation")), c.get("null", True)) for c in wanted]
            rows = ([kept(c, v) for c, v in zip(wanted, row, strict=True)] for row in self.entry["rows"])
            return Result(types, rows)
        if self.entry.get("after_rows", 0) == 0:
            self.strike(wire)
        return None

    def at_row(self, count, wire):
        if self.entry.get("after_rows", 0) == count:
            self.strike(wire)

    def strike(self, wire):
        if "write" in self.entry:
            other = self.database.attach()
            other.execute(self.entry["write"])
            other.close()
        if self.entry.get("drop"):
            wire.flush()
            raise Dropped()
        if "error" in self.entry:
            error = self.entry["error"]
            raise SqlError(error["number"], error["text"], error.get("severity", 16), error.get("state", 1))


class Script:
    """Thread-safe: entries with "times" are counted for all sessions together."""

    def __init__(self, entries, database):
        self.entries, self.database = [dict(entry) for entry in entries], database
        self.lock = threading.Lock()

    def action(self, sql):
        text = " ".join(sql.split())
        with self.lock:
            for entry in self.entries:
                if entry.get("times", 1) > 0 and re.search(entry["match"], text, re.IGNORECASE):
                    if "times" in entry:
                        entry["times"] -= 1
                    return Action(entry, self.database)
        return Action({}, self.database)

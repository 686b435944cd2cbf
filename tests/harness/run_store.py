"""A run store, looked at from outside: what its tables say, whatever made them."""
import collections
import contextlib
import json
import pathlib
import sqlite3

ENDS = {"ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"}


class RunStore:
    def __init__(self, file):
        self.file = pathlib.Path(file)

    def ask(self, query, *values):
        with contextlib.closing(sqlite3.connect(self.file, timeout=30)) as db:
            return db.execute(query, values).fetchall()

    def runs(self):
        """(run id, name, status) of every run; nothing when there is no store yet."""
        if not self.file.exists():
            return []
        try:
            return self.ask("SELECT run_id, name, status FROM execution ORDER BY id")
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):  # killed before the store's first migration
                return []
            raise

    def history_gaps(self):
        """Places where an execution's event ids are not 1, 2, 3 …"""
        problems, ends = [], {}
        for execution, first, last, events in self.ask(
                "SELECT execution_id, first_id, last_id, json_array_length(events) FROM history "
                "ORDER BY execution_id, first_id"):
            before = ends.get(execution, 0)
            if first != before + 1 or last - before != events:
                problems.append(f"execution {execution}: {events} events {first} to {last} follow {before}")
            ends[execution] = last
        return problems

    def event_types(self):
        """The types of each execution's events in their order, by its id."""
        types = collections.defaultdict(list)
        for execution, events in self.ask("SELECT execution_id, events FROM history ORDER BY execution_id, first_id"):
            types[execution] += [event["type"] for event in json.loads(events)]
        return types

    def sound(self):
        return self.ask("PRAGMA integrity_check") == [("ok",)]

"""A run store, looked at from outside: what its tables say, whatever made them."""
import collections
import contextlib
import ctypes
import json
import pathlib
import sqlite3

ENDS = {"ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"}


def unpack(frames):
    return unpack_bytes(frames).decode()


def unpack_bytes(frames):
    """The content of Zstandard frames, one after the other, that hold their sizes."""
    zstd = ctypes.CDLL("libzstd.so.1")
    zstd.ZSTD_getFrameContentSize.restype = ctypes.c_ulonglong
    zstd.ZSTD_findFrameCompressedSize.restype = ctypes.c_size_t
    zstd.ZSTD_decompress.restype = ctypes.c_size_t
    text = b""
    while frames:
        size = zstd.ZSTD_getFrameContentSize(frames, ctypes.c_size_t(len(frames)))
        length = zstd.ZSTD_findFrameCompressedSize(frames, ctypes.c_size_t(len(frames)))
        part = ctypes.create_string_buffer(size)
        if zstd.ZSTD_decompress(part, ctypes.c_size_t(size), frames, ctypes.c_size_t(length)) != size:
            raise ValueError("no Zstandard frame")
        text += part.raw
        frames = frames[length:]
    return text


class RunStore:
    def __init__(self, file):
        self.file = pathlib.Path(file)

    def ask(self, query, *values):
        with contextlib.closing(sqlite3.connect(self.file, timeout=30)) as db:
            return db.execute(query, values).fetchall()

    def runs(self):
        """(run id, name, status) of every run."""
        return self.ask_if_made("SELECT run_id, name, status FROM execution ORDER BY id")

    def set_aside(self):
        """(run id, reason) of the runs that rest until they are resumed, as the engine could not continue them."""
        return self.ask_if_made("SELECT run_id, set_aside FROM execution WHERE status = 'RUNNING' AND set_aside IS NOT NULL")

    def ask_if_made(self, query):
        """Nothing when there is no store yet."""
        if not self.file.exists():
            return []
        try:
            return self.ask(query)
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):  # killed before the store's first migration
                return []
            raise

    def batches(self):
        """(execution, first id, last id, events) of all rows with events, packed ones too."""
        rows = self.ask("SELECT execution_id, first_id, last_id, events FROM history UNION ALL "
                        "SELECT execution_id, first_id, last_id, events FROM packed_history ORDER BY 1, 2")
        return [(execution, first, last, json.loads(unpack(events) if isinstance(events, bytes) else events))
                for execution, first, last, events in rows]

    def history_gaps(self):
        """Places where an execution's event ids are not 1, 2, 3 …"""
        problems, ends = [], {}
        for execution, first, last, events in self.batches():
            before = ends.get(execution, 0)
            if first != before + 1 or last - before != len(events):
                problems.append(f"execution {execution}: {len(events)} events {first} to {last} follow {before}")
            ends[execution] = last
        return problems

    def event_types(self):
        """The types of each execution's events in their order, by its id."""
        types = collections.defaultdict(list)
        for execution, _, _, events in self.batches():
            types[execution] += [event["type"] for event in events]
        return types

    def sound(self):
        return self.ask("PRAGMA integrity_check") == [("ok",)]
